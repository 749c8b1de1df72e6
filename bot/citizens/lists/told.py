"""What became of a list, in the words of those who brought it in."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answers.library import Library
from bot.citizens.lists.service import Report, Task
from bot.vn import show

_COUNTED = (
    "rows", "new", "merged", "unchanged", "consent_given", "consent_known", "consent_none", "consent_refused",
    "consent_stopped",
)  # fmt: skip


def told(library: Library, task: Task, report: Report) -> Iterator[str]:
    """Yield the lines of a summary: how many were new, merged, unchanged, and refused for which reason."""
    yield library.text(f"people_report_{_head(task, report)}").filled(file=task.path.name).strip()
    for name in _COUNTED:
        if name == "rows" or name in report.counts and not report.before:
            yield library.text(f"people_report_{name}").filled(count=show.grouped(report.counts[name])).strip()
    for name, count in sorted(report.counts.items()):
        kind, _, code = name.partition(":")
        if kind in ("refused", "note"):
            why = library.text(f"people_fault_{code}").text.strip()
            yield library.text(f"people_report_{kind}").filled(count=show.grouped(count), why=why).strip()
    if report.unused:
        yield library.text("people_report_unused").filled(columns=", ".join(report.unused)).strip()
    if report.refused:
        yield library.text("people_report_faults").filled(file=task.faults).strip()


def _head(task: Task, report: Report) -> str:
    if task.dry:
        return "dry"
    return "before" if report.before else "done"
