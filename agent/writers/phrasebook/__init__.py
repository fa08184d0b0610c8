"""The phrasebook as records: for each language and situation the sentences of each move, and what all of them share.

Takes the TOML files beside it (zh/*.toml, en/*.toml), gives Phrases and Common. Text that a marketer may correct; no
logic. A sentence may use slots; a part in square brackets is left out when one of its facts is not known; a sentence
that starts with <slot> is used only with that fact, with <!slot> only without it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from agent.domain import Language, Tone
from agent.resources import kept, package_data

Lines = tuple[str, ...]
FALLBACK = "general_care"


@dataclass(frozen=True, slots=True)
class Phrases:
    """One situation in one language.

    `subject` serves all tones but lively, `ease` takes the pressure off at the end, `short` and `title` serve SMS and
    push. `lead` brings in a present in the spirit of this situation; empty where the shared ones do, or none should.
    """

    situation: str
    subject: Lines
    subject_lively: Lines
    open: Mapping[Tone, Lines]
    body: Lines
    ease: Lines
    short: Lines
    title: Lines
    lead: Lines = ()


@dataclass(frozen=True, slots=True)
class Common:
    """What all situations of one language share. `lead` by offer kind, `terms` by coupon, points and short."""

    subject_offer: Lines
    subject_plain: Lines
    lead: Mapping[str, Lines]
    terms: Mapping[str, Lines]
    help: Mapping[str, Lines]
    close: Mapping[Tone, Lines]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    situations: Mapping[tuple[Language, str], Phrases]
    common: Mapping[Language, Common]
    revision: str

    def phrases(self, language: Language, situation: str) -> Phrases:
        """The situation's own sentences, or those of general care for a situation nobody has written for yet."""
        return self.situations.get((language, situation)) or self.situations[language, FALLBACK]


@kept
def _shipped() -> Phrasebook:
    return read_phrasebook(package_data("agent.writers.phrasebook"))


def phrasebook(root: Traversable | None = None) -> Phrasebook:
    return read_phrasebook(root) if root is not None else _shipped()


def read_phrasebook(root: Traversable) -> Phrasebook:
    digest = hashlib.sha256()
    situations: dict[tuple[Language, str], Phrases] = {}
    common: dict[Language, Common] = {}
    for language in Language:
        for path in sorted((root / language.value).iterdir(), key=lambda entry: entry.name):
            if not path.name.endswith(".toml"):
                continue
            text = path.read_text(encoding="utf-8")
            digest.update(f"{language.value}/{path.name}\n{text}".encode())
            name = path.name.removesuffix(".toml")
            if name == "common":
                common[language] = _common(tomllib.loads(text))
            else:
                situations[language, name] = _phrases(name, tomllib.loads(text))
    return Phrasebook(situations, common, digest.hexdigest()[:12])


def _phrases(name: str, rows: Mapping[str, Any]) -> Phrases:
    return Phrases(
        situation=name,
        subject=tuple(rows["subject"]),
        subject_lively=tuple(rows["subject_lively"]),
        open={tone: tuple(rows["open"][tone.value]) for tone in Tone},
        body=tuple(rows["body"]),
        ease=tuple(rows["ease"]),
        short=tuple(rows["short"]),
        title=tuple(rows["title"]),
        lead=tuple(rows.get("lead", ())),
    )


def _common(rows: Mapping[str, Any]) -> Common:
    return Common(
        subject_offer=tuple(rows["subject_offer"]),
        subject_plain=tuple(rows["subject_plain"]),
        lead={kind: tuple(block["lead"]) for kind, block in rows["offer"].items()},
        terms={kind: tuple(lines) for kind, lines in rows["terms"].items()},
        help={kind: tuple(lines) for kind, lines in rows["help"].items()},
        close={tone: tuple(rows["close"][tone.value]) for tone in Tone},
    )
