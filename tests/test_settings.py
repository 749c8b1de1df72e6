"""Reading the environment: what is wrong is refused by the name of the variable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SetupError
from bot.settings import ROOT, Settings, inherited_environment, parse_moment, read_settings


def test_an_empty_environment_gives_the_settings_of_a_single_machine() -> None:
    assert read_settings({}) == Settings()
    assert (Settings().host, Settings().port, Settings().var) == ("127.0.0.1", 8000, ROOT / "var")


def test_every_setting_is_read() -> None:
    found = read_settings(
        {
            "DATABASE_URL": "postgresql://x/y",
            "AN_SINH_RASA_URL": "http://rasa:5005",
            "AN_SINH_PORT": " 8080 ",
            "AN_SINH_VAR": "/srv/an-sinh",
            "AN_SINH_NOW": "2027-01-05",
            "AN_SINH_LOG_LEVEL": "DEBUG",
            "PATH": "/bin",
        }
    )
    assert found == Settings(
        database_url="postgresql://x/y",
        rasa_url="http://rasa:5005",
        port=8080,
        var=Path("/srv/an-sinh"),
        now="2027-01-05",
        log_level="DEBUG",
    )


def test_a_setting_left_empty_keeps_its_default() -> None:
    assert read_settings({"AN_SINH_PORT": "", "AN_SINH_HOST": "  ", "DATABASE_URL": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AN_SINH_PROT", "8000"),
        ("AN_SINH_PORT", "0"),
        ("AN_SINH_PORT", "65536"),
        ("AN_SINH_PORT", "-1"),
        ("AN_SINH_PORT", "http"),
        ("AN_SINH_PORT", "²"),
        ("AN_SINH_MOST_APPOINTMENTS", "0"),
        ("AN_SINH_MOST_APPOINTMENTS", "21"),
        ("AN_SINH_MOST_APPOINTMENTS", "ba"),
        ("AN_SINH_NOW", "tomorrow"),
        ("AN_SINH_NOW", "2027-02-30"),
        ("AN_SINH_LOG_LEVEL", "LOUD"),
        ("AN_SINH_SMS_REFUSE_BY", "gọi 8077"),
        ("AN_SINH_SMS_REFUSE_BY", "123456789012"),
        ("AN_SINH_SMS_ADVERTISING_TYPE", "QC"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(variable: str, value: str) -> None:
    with pytest.raises(SetupError, match=variable):
        read_settings({variable: value})


def test_all_unknown_settings_are_named_at_once() -> None:
    with pytest.raises(SetupError, match="AN_SINH_A, AN_SINH_B"):
        read_settings({"AN_SINH_B": "1", "AN_SINH_A": "1"})


names = st.text(alphabet=st.characters(categories=("L", "N", "P"), exclude_characters="\x00"), min_size=1, max_size=20)


@given(
    st.builds(
        Settings,
        database_url=names,
        rasa_url=names,
        rasa_secret=names,
        internal_url=names,
        host=names,
        port=st.integers(min_value=1, max_value=65535),
        now=st.sampled_from(["", "2027-01-05", "2027-01-05T09:00"]),
    )
)
def test_a_child_process_reads_the_same_settings_from_the_environment_it_is_given(settings: Settings) -> None:
    assert read_settings(settings.environment()) == settings


def test_a_single_machine_makes_its_own_secret_and_address() -> None:
    first, second = Settings(port=8080).prepared(), Settings(port=8080).prepared()
    assert first.internal_url == "http://127.0.0.1:8080"
    assert len(first.rasa_secret) >= 24
    assert first.rasa_secret != second.rasa_secret


def test_what_was_chosen_is_kept() -> None:
    chosen = Settings(rasa_secret="s", internal_url="http://web:8000")
    assert chosen.prepared() == chosen


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-05", datetime(2027, 1, 4, 17, tzinfo=UTC)),
        ("2027-01-05T09:00", datetime(2027, 1, 5, 2, tzinfo=UTC)),
        ("2027-01-05T09:00+00:00", datetime(2027, 1, 5, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_without_a_zone_is_meant_in_vietnam(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment
    assert parse_moment(text).utcoffset() in (timedelta(hours=7), timedelta(0))


def test_a_child_process_inherits_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AN_SINH_RASA_SECRET", "s")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x/y")
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    inherited = inherited_environment()
    assert inherited["LANG"] == "vi_VN.UTF-8"
    assert not [name for name in inherited if name.startswith(("AN_SINH_", "DATABASE_URL"))]
