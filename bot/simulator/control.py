"""The control of the simulator, as JSON: clock, switches, faults, citizens and what they do, the truth; and the page for people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.errors import SetupError
from bot.simulator.switches import moment_from
from bot.simulator.wire import BadCall, json_object
from bot.simulator.world import FACES, SETTABLE, Citizen
from bot.simulator.zalo_templates import template_from

if TYPE_CHECKING:
    from bot.simulator.app import Simulator

HERE = Path(__file__).parent
FIXED = {"seed", "start", "truth_file"}  # they make a world, so they are given at a reset
MOST_AT_ONCE, MOST_LINES, FARTHEST = 500_000, 1_000_000, 10 * 366 * 24 * 3600.0
ADDRESS = {
    "telegram": r"-?[1-9]\d{0,14}", "zalo_bot": r"[0-9A-Za-z]{1,40}", "zalo_oa": r"[1-9]\d{0,18}", "sms": r"84\d{9}",
}  # fmt: skip
Given = dict[str, Any]


def control_app(simulator: Simulator) -> Starlette:
    """Return the routes for tests, scripts and people."""
    control = Control(simulator)

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        yield
        await simulator.end()

    posts = {
        "reset": control.reset,
        "clock": control.clock,
        "switches": control.switches,
        "faults": control.add_fault,
        "calm": control.calm,
        "citizens": control.citizens,
        "said": control.said,
        "templates": control.add_template,
        "revoke": control.revoke,
    }
    return Starlette(
        routes=[
            Route("/", control.page),
            Route("/page.js", _file("page.js")),
            Route("/page.css", _file("page.css")),
            Route("/control/state", control.state),
            Route("/control/truth", control.truth),
            Route("/control/conversation", control.conversation),
            Route("/control/file/{key}", control.file),
            *(Route(f"/control/{name}", _json(work), methods=["POST"]) for name, work in posts.items()),
        ],
        lifespan=living,
    )


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(_: Request) -> Response:
        return FileResponse(HERE / name)

    return serve


def _json(work: Callable[[Given], Awaitable[object]]) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a function over JSON; what it cannot use is answered 400 with the reason."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await work(json_object(await request.body() or b"{}")))
        except (SetupError, BadCall) as error:
            return JSONResponse({"error": str(error)}, 400)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint


@dataclass(frozen=True)
class Control:
    """What may be asked of a running simulator."""

    simulator: Simulator

    async def reset(self, given: Given) -> object:
        """Begin a new world, with these switches changed."""
        switches = self.simulator.world.switches.with_changes(given)
        await self.simulator.end()
        self.simulator.begin(switches)
        return {"now": self.simulator.world.clock.now()}

    async def clock(self, given: Given) -> object:
        """Move the clock: {"advance": seconds}, {"set": moment}, {"speed": factor}, in this order."""
        clock = self.simulator.world.clock
        leap = float(given.get("advance", 0))
        if "set" in given:
            leap = moment_from(str(given["set"])) - clock.now()
        if not abs(leap) < FARTHEST:
            raise SetupError("The clock does not leap that far.")
        clock.leap(leap)
        if "speed" in given:
            await self.switches({"speed": given["speed"]})
        return {"now": clock.now()}

    async def switches(self, given: Given) -> object:
        """Change switches; limits begin anew."""
        if FIXED & given.keys():
            raise SetupError(f"{', '.join(sorted(FIXED & given.keys()))}: only at a reset.")
        world = self.simulator.world
        world.switches = world.switches.with_changes(given)
        if "speed" in given:
            world.clock.run_at(world.switches.speed)
        self.simulator.telegram.messages.begin_limits()
        return asdict(world.switches)

    async def add_fault(self, given: Given) -> object:
        """Put a fault in force."""
        world = self.simulator.world
        return {"number": world.faults.add(given, world.clock.now()).number}

    async def calm(self, _: Given) -> object:
        """End every fault."""
        self.simulator.world.faults.clear()
        return {}

    async def citizens(self, given: Given) -> object:
        """Make or change citizens: one by "address", or "count" from the number "first" on; "wrote": they wrote before."""
        face, world = _face(given), self.simulator.world
        first, count = int(given.get("first", 1)), int(given.get("count", 1))
        if not 0 < count <= MOST_AT_ONCE:
            raise SetupError(f"Between 1 and {MOST_AT_ONCE} citizens at once.")
        names = [str(given["address"])] if "address" in given else [str(first + n) for n in range(count)]
        flags = {name: given[name] for name in SETTABLE if name in given}
        for address in names:
            citizen = world.meet(face, _address(face, address))
            self._change(citizen, flags)
            if given.get("wrote", True):
                citizen.wrote_at = citizen.wrote_at if citizen.wrote_at is not None else world.clock.now()
        return {"count": len(names)}

    def _change(self, citizen: Citizen, flags: Given) -> None:
        for name, value in flags.items():
            if type(value) is not type(getattr(citizen, name)):
                raise SetupError(f"A citizen's {name} is not {value!r}.")
            setattr(citizen, name, value)

    async def said(self, given: Given) -> object:
        """Let citizens do something: one event, or several in "events"; return the providers' ids."""
        events = given.get("events", [given])
        return {"ids": [self._said(event) for event in events]}

    def _said(self, event: Given) -> str:
        face = _face(event)
        address = _address(face, str(event["address"]))
        known = self.simulator.world.citizen(face, address)
        citizen = known or Citizen(face, address)
        number = self.simulator.faces[face].said(citizen, event)
        self.simulator.world.citizens[face, address] = citizen  # who could not do it does not exist
        return number

    async def add_template(self, given: Given) -> object:
        """Register a template message of Zalo."""
        template = template_from(given)
        self.simulator.zalo_oa.templates.known[template.id] = template
        return {"id": template.id}

    async def revoke(self, _: Given) -> object:
        """End Zalo OA's access tokens."""
        self.simulator.zalo_oa.tokens.revoke()
        return {}

    async def state(self, _: Request) -> Response:
        """Tell where everything stands."""
        world = self.simulator.world
        return JSONResponse(
            {
                "now": world.clock.now(),
                "local": self.simulator.zalo_oa.templates.local().isoformat(timespec="seconds"),
                "switches": asdict(world.switches),
                "counts": dict(world.counts),
                "pending": {name: face.pending() for name, face in self.simulator.faces.items()},
                "acknowledged": _spread(world.acknowledged),
                "faults": [
                    {"number": rule.number, "kind": rule.kind, "met": rule.met, "struck": rule.struck}
                    for rule in world.faults.rules
                ],
                "zalo_oa_tokens": self.simulator.zalo_oa.tokens.first,
                "truth": len(world.truth.lines),
            }
        )

    async def truth(self, request: Request) -> Response:
        """Return lines of the truth: ?face=&kind=&after=&limit=."""
        query = request.query_params
        numbers = [query.get("after", "-1"), query.get("limit", str(MOST_LINES))]
        if not all(re.fullmatch(r"-?\d{1,9}", number, re.ASCII) for number in numbers):
            return JSONResponse({"error": "after and limit are whole numbers"}, 400)
        after, limit = map(int, numbers)
        lines = self.simulator.world.truth.select(query.get("face", ""), query.get("kind", ""), after, max(0, limit))
        return JSONResponse([asdict(line) for line in lines])

    async def conversation(self, request: Request) -> Response:
        """Return what one citizen said and got: ?face=&address=."""
        query = request.query_params
        lines = self.simulator.world.truth.of(query.get("face", ""), query.get("address", ""))
        return JSONResponse([asdict(line) for line in lines])

    async def file(self, request: Request) -> Response:
        """Return a file that a bot sent; never as something a browser would run."""
        file = self.simulator.telegram.messages.files.get(request.path_params["key"])
        if file is None:
            return Response(status_code=404)
        picture = file.body.startswith((b"\x89PNG", b"\xff\xd8\xff"))
        kind = ("image/png" if file.body[:1] == b"\x89" else "image/jpeg") if picture else "application/octet-stream"
        return Response(file.body, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})

    async def page(self, _: Request) -> Response:
        """Return the page on which a person chats as any citizen."""
        environment = Environment(loader=FileSystemLoader(HERE), undefined=StrictUndefined, autoescape=True)
        known = list(self.simulator.world.citizens.values())[:200]
        return HTMLResponse(environment.get_template("page.html").render(citizens=known))


def _face(given: Given) -> str:
    face = given.get("face")
    if face not in FACES:
        raise SetupError(f"A face is one of {', '.join(FACES)}.")
    return str(face)


def _address(face: str, address: str) -> str:
    if not re.fullmatch(ADDRESS[face], address, re.ASCII):
        raise SetupError(f"Nobody on {face} has the address {address!r}.")
    return address


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    at = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return (
        {name: ordered[min(len(ordered) - 1, int(len(ordered) * part))] for name, part in at.items()} if ordered else {}
    )
