"""Trains Rasa's model and runs its server as a child process, in Rasa's own environment."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import SetupError
from bot.rasa.client import Rasa, open_rasa
from bot.settings import ROOT, inherited_environment

log = logging.getLogger(__name__)

STARTS_WITHIN = 180.0  # seconds; a slow disk that reads TensorFlow for the first time
TRAINED_FROM = ("nlu_data", "dialogues", "bot/vn", "content/places")
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_HOST": "127.0.0.1",
    "PYTHONWARNINGS": "ignore",
    "POSTGRESQL_SCHEMA": "rasa",
    "OMP_NUM_THREADS": "1",
    "RASA_MAX_CACHE_SIZE": "0",  # its cache does not see that our own model code has changed
}


def python_of_rasa(var: Path) -> Path:
    """Return the interpreter of Rasa's environment; raise SetupError when it is not installed."""
    python = var / "rasa-env" / "bin" / "python"
    if not python.exists():
        raise SetupError("Rasa is not installed; run `make install`.")
    return python


def fingerprint(root: Path = ROOT) -> str:
    """Return a digest of everything the model is trained from; it names the model's file."""
    digest = hashlib.sha256()
    for folder in TRAINED_FROM:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".yml", ".yaml", ".py", ".lock"} and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path(var: Path) -> Path:
    """Return where the model of today's data lies, whether or not it is trained."""
    return var / "models" / f"an-sinh-{fingerprint()}.tar.gz"


async def train(var: Path, *, anew: bool = False) -> Path:
    """Train the model if the data changed; return its path."""
    model = model_path(var)
    if model.exists() and not anew:
        return model
    print("Training the model from nlu_data/ and dialogues/ (about a minute) …", file=sys.stderr, flush=True)  # noqa: T201
    arguments = [
        "train", "--config", "dialogues/config.yml", "--domain", "dialogues/domain", "--data", "nlu_data", "dialogues/rules",
        "--out", str(model.parent), "--fixed-model-name", model.name.removesuffix(".tar.gz"), "--force", "--quiet",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        python_of_rasa(var), "-m", "rasa", *arguments, cwd=ROOT, env=_environment({}),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode or not model.exists():
        raise SetupError(f"Rasa did not train:\n{output.decode(errors='replace')[-3000:]}")
    for old in model.parent.glob("an-sinh-*.tar.gz"):
        if old != model:
            old.unlink()
    return model


def server_command(var: Path, model: Path, port: int) -> list[str]:
    """Return the command line of the Rasa server."""
    return [
        str(python_of_rasa(var)), "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port),
        "--model", str(model), "--endpoints", "dialogues/endpoints.yml", "--credentials", "dialogues/credentials.yml",
    ]  # fmt: skip


def server_environment(*, database_url: str, internal_url: str, secret: str) -> dict[str, str]:
    """Return the environment of the Rasa server: whom it calls and where it keeps dialogues."""
    return _environment(
        {"DATABASE_URL": database_url, "AN_SINH_INTERNAL_URL": internal_url, "AN_SINH_RASA_SECRET": secret}
    )


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**inherited_environment(), **_QUIET, "PYTHONPATH": str(ROOT), **more}


async def wait_until_ready(
    url: str, *, alive: asyncio.subprocess.Process | None = None, seconds: float = STARTS_WITHIN
) -> None:
    """Return when Rasa answers with a model loaded; raise SetupError when it ends or takes too long."""
    async with open_rasa(url) as http:
        rasa = Rasa(http)
        deadline = asyncio.get_running_loop().time() + seconds
        while not await rasa.ready():
            if alive is not None and alive.returncode is not None:
                raise SetupError("Rasa ended while starting; see var/rasa.log.")
            if asyncio.get_running_loop().time() > deadline:
                raise SetupError(f"Rasa did not answer within {seconds:.0f} seconds; see var/rasa.log.")
            await asyncio.sleep(0.25)


@asynccontextmanager
async def running_rasa(var: Path, port: int, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Run a Rasa server for the time of the block; yield its URL."""
    model = await train(var)
    process = await asyncio.create_subprocess_exec(
        *server_command(var, model, port), cwd=ROOT, env=dict(environment),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        await wait_until_ready(url, alive=process)
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()
