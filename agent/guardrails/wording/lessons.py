"""The sentences to learn from: `lessons/HAND/LANGUAGE/RULE.bad.txt` and `.good.txt`, one a line.

A hand is one writer: a and c had not read the rules, b had, r are the examples of the rules themselves, p what of the
phrasebook was taken for a break before. Bad ones break the rule that names the file; good ones are as near to it as a
decent writer comes, or ordinary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.language.normalise import Reading

HERE = Path(__file__).parent / "lessons"


@dataclass(frozen=True, slots=True)
class Lesson:
    hand: str
    rule: str
    is_bad: bool
    text: str


def read_lessons(language: str) -> Iterator[Lesson]:
    """Folded as the gate folds what it reads, in the order of hands and names."""
    for file in sorted(HERE.glob(f"*/{language}/*.txt")):
        rule, side, _ = file.name.split(".")
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield Lesson(file.parts[-3], rule, side == "bad", Reading(line.strip()).tight.text)
