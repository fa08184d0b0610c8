"""The table of all slots (slots.toml): type, meaning in both languages, other names a model may use for them.

Takes the TOML file, gives SlotSpec records. Which forms a type has is code (FORMS), because each form is code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from agent.domain import Language, SlotType
from agent.resources import kept, package_data

FORMS: Mapping[SlotType, tuple[str, ...]] = {
    SlotType.NAME: ("poss",),
    SlotType.ITEM: ("your", "the", "a"),
    SlotType.DATE: ("short",),
    SlotType.DAYS: ("count",),
    SlotType.COUNT: ("count",),
    SlotType.OFFER: ("np", "gift", "gerund", "verb"),
    SlotType.TEXT: ("clause",),
    SlotType.SALUTATION: ("short",),
}


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One row of the table. `measure` is the word that `|count` adds: in English the singular and the plural."""

    name: str
    type: SlotType
    meaning: Mapping[Language, str]
    aliases: tuple[str, ...]
    measure: Mapping[Language, tuple[str, ...]]
    max_uses: int

    @property
    def forms(self) -> tuple[str, ...]:
        return FORMS.get(self.type, ())


@kept
def _shipped() -> Mapping[str, SlotSpec]:
    return read_slots(package_data("agent.slots"))


def slot_table(root: Traversable | None = None) -> Mapping[str, SlotSpec]:
    """All slots by name, in the order of the file."""
    return read_slots(root) if root is not None else _shipped()


def read_slots(root: Traversable) -> Mapping[str, SlotSpec]:
    rows = tomllib.loads((root / "slots.toml").read_text(encoding="utf-8"))
    return {name: _spec(name, row) for name, row in rows.items()}


def _spec(name: str, row: Mapping[str, object]) -> SlotSpec:
    measure = row.get("measure", {})
    assert isinstance(measure, Mapping)
    aliases = row.get("aliases", [])
    assert isinstance(aliases, list)
    uses = row.get("max_uses", 1)
    assert isinstance(uses, int)
    return SlotSpec(
        name=name,
        type=SlotType(str(row["type"])),
        meaning={language: str(row[language.value]) for language in Language},
        aliases=tuple(aliases),
        measure={Language(key): tuple(words) for key, words in measure.items()},
        max_uses=uses,
    )
