"""Log lines: a constant message, named values, one line each; libraries stay quiet."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator

import pytest

from bot.logs import set_up_logging
from tests.test_architecture import SOURCES

LIBRARIES = ("procrastinate", "httpx", "httpcore", "apscheduler", "sqlalchemy")


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    """Put back what set_up_logging changes for the whole process."""
    loggers = [logging.getLogger(name) for name in ("", "bot", *LIBRARIES)]
    levels, handlers = [logger.level for logger in loggers], logging.root.handlers[:]
    for handler in handlers:
        logging.root.removeHandler(handler)
    yield
    logging.root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_a_line_is_a_message_and_its_named_values_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("bot.outbox").warning("A message failed", extra={"row": 7, "attempt": 2})
    line = capsys.readouterr().err
    assert line.endswith(" WARNING bot.outbox: A message failed attempt=2 row=7\n")
    assert line.count("\n") == 1


def test_a_line_without_values_is_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("bot.web").info("Ready")
    assert capsys.readouterr().err.endswith(" INFO bot.web: Ready\n")


def test_a_value_of_several_lines_stays_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("bot.rasa").warning("Rasa is away", extra={"reason": "first\nsecond"})
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("level", "heard"), [("debug", True), ("DEBUG", True), ("INFO", False), ("ERROR", False)])
def test_the_level_is_that_of_our_own_lines(capsys: pytest.CaptureFixture[str], level: str, heard: bool) -> None:
    set_up_logging(level)
    logging.getLogger("bot.web").debug("Detail")
    assert ("Detail" in capsys.readouterr().err) is heard


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_whose_lines_may_hold_messages_are_quiet(capsys: pytest.CaptureFixture[str], library: str) -> None:
    set_up_logging("DEBUG")
    logging.getLogger(f"{library}.part").warning("text of a citizen")
    logging.getLogger(f"{library}.part").error("broken")
    shown = capsys.readouterr().err
    assert "text of a citizen" not in shown
    assert "broken" in shown


def test_setting_up_twice_does_not_say_everything_twice(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    set_up_logging("INFO")
    logging.getLogger("bot.web").info("Ready")
    assert capsys.readouterr().err.count("Ready") == 1


def log_calls() -> list[tuple[str, ast.Call]]:
    """Every call log.debug … log.exception in bot/."""
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    return [
        (f"{path}:{node.lineno}", node)
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    ]


def test_every_message_is_constant() -> None:
    assert not [where for where, call in log_calls() if not isinstance(call.args[0], ast.Constant) or call.args[1:]]


def test_no_value_takes_the_name_of_a_field_of_the_record() -> None:
    taken = {*vars(logging.makeLogRecord({})), "message", "asctime"}  # logging raises KeyError for these
    for where, call in log_calls():
        for keyword in call.keywords:
            if keyword.arg == "extra":
                assert isinstance(keyword.value, ast.Dict), where
                named = {key.value for key in keyword.value.keys if isinstance(key, ast.Constant)}
                assert not named & taken, where
