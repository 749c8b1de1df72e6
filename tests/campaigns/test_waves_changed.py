"""Waves that are changed: a plan as a file and what another would change, an entry corrected, a report handed in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.campaigns.waves import handed, reports, service, store
from bot.campaigns.waves.changes import changes
from bot.campaigns.waves.figures import wave_figures
from bot.campaigns.waves.read import parse
from bot.campaigns.waves.rules import Measure, Refused, What
from bot.campaigns.waves.written import as_file
from bot.settings import ROOT
from tests.campaigns.wave_world import CAN_THO, FIRST, NOW, VINH_PHUC, Waves, given, joined, waves_of

SAMPLE = ROOT / "bot" / "console" / "static" / "wave_sample.yaml"
PDF = b"%PDF-1.7 signed"


@pytest.fixture
async def waves(database_url: str) -> AsyncIterator[Waves]:
    async with waves_of(database_url) as found:
        await found.load()
        yield found


@pytest.mark.parametrize("path", [CAN_THO, VINH_PHUC, SAMPLE], ids=lambda path: path.stem)
def test_a_wave_written_as_a_file_is_read_back_to_the_same(path: Path) -> None:
    for wave in parse(path.read_text(encoding="utf-8"), str(path)):
        [again] = parse(as_file(wave), "again")
        assert again == wave
        assert changes(wave, again) == ()


def test_what_a_file_would_change_is_named_fact_by_fact() -> None:
    wave = parse(CAN_THO.read_text(encoding="utf-8"), "x")[0]
    more = replace(wave.targets[0], number=wave.targets[0].number + 1)
    after = replace(wave, name="Đợt một", targets=(more, *wave.targets[1:-1]), due_days=wave.due_days[1:])
    found = {change.place: (change.before, change.after) for change in changes(wave, after)}
    gone, due = wave.targets[-1], wave.due_days[0]
    assert found == {
        ("name",): ("Đợt 1", "Đợt một"),
        ("target", more.unit, "", "advice_groups"): ("10", "11"),
        ("target", gone.unit, gone.organisation or "", gone.measure): (f"{gone.number}*", None),
        ("due", due.what, due.level): (f"{due.last_day:%d/%m/%Y}", None),
    }
    assert {change.before for change in changes(None, wave)} == {None}


async def test_looking_at_a_file_writes_nothing(waves: Waves) -> None:
    wave = parse(CAN_THO.read_text(encoding="utf-8"), "x")[0]
    async with waves.go() as connection:
        [same, new] = await service.look(connection, [wave, replace(wave, key="another")], "x")
    assert same.before is not None and same.changes == () and new.before is None and new.changes
    assert len(await waves.rows("SELECT FROM wave")) == 3


async def test_a_correction_leaves_the_old_entry_and_counts_the_person_once(waves: Waves) -> None:
    number = await waves.enter(given(Measure.VOLUNTARY, 1, person=joined(1)))
    assert number is not None
    right = given(Measure.VOLUNTARY, 1, "o_mon", agent="a2", note="ghi nhầm quận")
    async with waves.go() as connection:
        corrected = await service.correct(connection, number, right, now=NOW)
    assert [(row.id, row.unit, row.count, row.counters) for row in await waves.rows("SELECT * FROM wave_entry ORDER BY id")] == [
        (number, "ninh_kieu", 1, None), (number + 1, "ninh_kieu", -1, number), (corrected, "o_mon", 1, None),
    ]  # fmt: skip
    assert await waves.done("can_tho", Measure.VOLUNTARY) == 1
    with pytest.raises(Refused, match="twice"):
        await waves.enter(given(Measure.VOLUNTARY, 1, person=joined(1)))
    async with waves.go() as connection:
        with pytest.raises(Refused, match="countered"):
            await service.correct(connection, number, right, now=NOW)


async def test_a_correction_that_cannot_be_entered_takes_nothing_back(waves: Waves) -> None:
    number = await waves.enter(given())
    assert number is not None
    for wrong in (given(unit="ninh_kieu", count=0, note="x"), given(note=""), given(note="hỏi 0912345678")):
        with pytest.raises(Refused):
            async with waves.go() as connection:
                await service.correct(connection, number, wrong, now=NOW)
    assert await waves.done("ninh_kieu", Measure.ADVICE_GROUPS) == 3


async def hand_in(waves: Waves, what: What, paper: handed.Paper | None, by: str = "lan") -> None:
    async with waves.go() as connection:
        await handed.hand_in(connection, FIRST, what, "o_mon", by=by, now=NOW, paper=paper)


async def test_what_is_handed_in_is_kept_to_the_letter_and_the_first_day_stands(waves: Waves) -> None:
    await hand_in(waves, What.REPORT, handed.paper_of(PDF))
    await hand_in(waves, What.REPORT, handed.paper_of(PDF + b" again"), by="minh")
    async with waves.go() as connection:
        kept = await store.get(connection, FIRST)
        assert kept is not None
        gone = (await handed.of_wave(connection, kept.id))[What.REPORT, "o_mon"]
        assert (gone.by, [file.by for file in gone.files]) == ("lan", ["minh", "lan"])
        assert await handed.file(connection, kept.id, gone.files[1].id) == ("o_mon", "pdf", PDF)
        assert await handed.file(connection, kept.id + 1, gone.files[1].id) is None, "it is of another wave"
    with pytest.raises(Exception, match="append-only"):
        await waves.do("UPDATE wave_handed_file SET data = ''")


async def test_a_list_with_names_is_not_kept(waves: Waves) -> None:
    with pytest.raises(Refused, match="no_paper"):
        await hand_in(waves, What.LIST, handed.paper_of(PDF))
    await hand_in(waves, What.LIST, None)
    assert await waves.rows("SELECT FROM wave_handed_file") == []


async def test_a_report_that_was_made_here_is_handed_in_as_it_was(waves: Waves, library: Library) -> None:
    async with waves.go() as connection:
        figures = await wave_figures(connection, FIRST, unit="o_mon", now=NOW)
        number = await reports.keep(connection, figures, by="lan", now=NOW)
    await waves.enter(given(unit="o_mon"))
    async with waves.go() as connection:
        paper = await handed.made_here(connection, library, FIRST, "o_mon", number)
        for key, unit in ((FIRST, "ninh_kieu"), ("can_tho_2023_2", "o_mon")):
            with pytest.raises(Refused):
                await handed.made_here(connection, library, key, unit, number)
    assert paper.data == reports.made(library, figures, number, ".pdf")
    await hand_in(waves, What.REPORT, paper)


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def test_a_file_is_known_by_what_it_is() -> None:
    assert handed.paper_of(zipped("xl/workbook.xml")).form == "xlsx"
    assert handed.paper_of(zipped("word/document.xml")).form == "docx"
    wrong = [
        b"",
        b"<html>",
        b"MZ\x90",
        b"PK\x03\x04 broken",
        zipped("x.exe"),
        zipped("word/document.xml", "word/vbaProject.bin"),
    ]
    for data in wrong:
        with pytest.raises(Refused, match="paper"):
            handed.paper_of(data)
    with pytest.raises(Refused, match="paper_large"):
        handed.paper_of(PDF + b"x" * handed.LARGEST)
