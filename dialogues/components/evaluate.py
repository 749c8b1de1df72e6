"""`make eval`: how well topics are understood, by topic and by spelling, on questions left out of training.

Cross-validated on nlu_data/, then measured on tests/cases: dev_questions.yaml, by which thresholds were set, and
heldout_questions.yaml, which nobody looks at while tuning. Writes var/eval.md.
"""

from __future__ import annotations

import collections
import random
import sys
from pathlib import Path
from typing import Callable, Dict, Iterable, List, NamedTuple, Sequence, Tuple

import numpy as np
import yaml

from bot.vn.noise import as_typed, plain
from dialogues.components.topic_model import TopicModel

ROOT = Path(__file__).resolve().parents[2]
OUT = "out_of_domain"
FOLDS = 3
SPELLINGS: Dict[str, Callable[[str, random.Random], str]] = {
    "as written": lambda text, _: text,
    "no diacritics": plain,
    "hastily typed": as_typed,
}


class Guess(NamedTuple):
    """What the model made of one question."""

    style: str
    topic: str
    guessed: str
    sure: float
    doubt: bool

    @property
    def refused(self) -> bool:
        return self.doubt or self.guessed == OUT


def main() -> None:
    settings = yaml.safe_load((ROOT / "dialogues" / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    model_settings = {key: value for key, value in settings[0].items() if key != "name"}
    threshold, gap = settings[2]["threshold"], settings[2]["ambiguity_threshold"]
    examples = list(read_nlu(ROOT / "nlu_data"))
    parts = [
        f"# Understanding\n\n{len(examples)} examples, {len({topic for topic, _ in examples})} intents; "
        f"asked back or refused below {threshold} or within {gap} of the next.\n"
    ]
    tell(f"Cross-validating in {FOLDS} folds …")
    guesses = cross_validated(examples, model_settings, threshold, gap)
    parts += ["## Cross-validation on nlu_data\n", by_style(guesses), by_topic(guesses)]
    tell("Training on everything …")
    model = fitted(examples, model_settings)
    for name in ("dev_questions", "heldout_questions"):
        questions = yaml.safe_load((ROOT / "tests" / "cases" / f"{name}.yaml").read_text(encoding="utf-8"))
        found = [guess(model, q["style"], q["topic"], q["text"], threshold, gap) for q in questions]
        parts += [f"## tests/cases/{name}.yaml\n", by_style(found), by_topic(found)]
    out = ROOT / "var" / "eval.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(parts), encoding="utf-8")
    print("\n".join(part for part in parts if not part.startswith("| topic")))
    tell(f"Written to {out.relative_to(ROOT)}")


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def read_nlu(folder: Path) -> Iterable[Tuple[str, str]]:
    """Yield (topic, text) of every example."""
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.strip():
                    yield block["intent"], line.strip()[2:].strip()


def fitted(examples: Sequence[Tuple[str, str]], settings: Dict[str, object]) -> TopicModel:
    return TopicModel(**settings).fit([text for _, text in examples], [topic for topic, _ in examples])  # type: ignore[arg-type]


def guess(model: TopicModel, style: str, topic: str, text: str, threshold: float, gap: float) -> Guess:
    (first, sure), (_, next_sure) = model.rank(text)[:2]
    return Guess(style, topic, first, sure, sure < threshold or sure - next_sure < gap)


def cross_validated(
    examples: Sequence[Tuple[str, str]], settings: Dict[str, object], threshold: float, gap: float
) -> List[Guess]:
    part_of = np.random.RandomState(1).permutation(len(examples)) % FOLDS
    guesses: List[Guess] = []
    for part in range(FOLDS):
        model = fitted([e for e, p in zip(examples, part_of) if p != part], settings)
        rng = random.Random(20261122 + part)
        left = [e for e, p in zip(examples, part_of) if p == part]
        guesses += [
            guess(model, style, topic, spell(text, rng), threshold, gap)
            for style, spell in SPELLINGS.items()
            for topic, text in left
        ]
        tell(f"  fold {part + 1} of {FOLDS} done")
    return guesses


def by_style(guesses: Sequence[Guess]) -> str:
    """Return a table: top-1 of good questions, how many of them are refused, how many foreign ones are."""
    lines = [
        "| spelling | questions | top-1 | answered and right | asked back or refused | out-of-domain | of it refused |",
        "|---|---|---|---|---|---|---|",
    ]
    for style in [*dict.fromkeys(g.style for g in guesses), "all"]:
        ours = [g for g in guesses if style in (g.style, "all")]
        good, foreign = [g for g in ours if g.topic != OUT], [g for g in ours if g.topic == OUT]
        cells = [
            style,
            str(len(good)),
            share(g.guessed == g.topic for g in good),
            share(g.guessed == g.topic and not g.refused for g in good),
            share(g.refused for g in good),
            str(len(foreign)),
            share(g.refused for g in foreign),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def by_topic(guesses: Sequence[Guess]) -> str:
    """Return a table by topic: top-1 per spelling and what it is taken for most often."""
    styles = list(dict.fromkeys(g.style for g in guesses))
    lines = ["| topic | " + " | ".join(styles) + " | most often taken for |", "|---" * (len(styles) + 2) + "|"]
    for topic in sorted({g.topic for g in guesses}):
        ours = [g for g in guesses if g.topic == topic]
        wrong = collections.Counter(g.guessed for g in ours if g.guessed != topic).most_common(2)
        cells = [share(g.guessed == topic for g in ours if g.style == style) for style in styles]
        lines.append("| " + " | ".join([topic, *cells, ", ".join(f"{name} ({n})" for name, n in wrong)]) + " |")
    return "\n".join(lines) + "\n"


def share(hits: Iterable[bool]) -> str:
    found = list(hits)
    return f"{sum(found) / len(found):.3f}" if found else "–"


if __name__ == "__main__":
    main()
