"""Rulebooks: which rules hold where, and how hard. House rules first, the law of the recipient's place over them.

A book is a TOML file that a lawyer or a manager can read and change (`books/`, overridden file by file). It may make a
rule harder or softer or switch it off with a reason; what protects people and money may only be made harder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from agent.domain import Finding, Severity
from agent.errors import InputError
from agent.resources import kept, package_data, toml_texts

HOUSE = "house"
HARDNESS = {Severity.WARN: 0, Severity.FIX: 1, Severity.HUMAN: 2, Severity.BLOCK: 3}
# What no file may soften or switch off: permission, the way out, other people's data, the truth of the offer.
LOCKED = frozenset(
    "SUPPRESSED CONSENT_CHANNEL OPTOUT_MISSING OPTOUT_OBSTRUCT HOLD_ACCOUNT MINOR PII_LEAK CREDENTIAL_REQUEST "
    "OFFER_NONE OFFER_AMOUNT OFFER_CURRENCY OFFER_CODE OFFER_EXPIRY OFFER_LEDGER LINK_DOMAIN CANCEL_DARK "
    "INVISIBLE_CHARS MIXED_SCRIPT".split()
)


@dataclass(frozen=True, slots=True)
class Book:
    """How hard each rule is in one place. `off` keeps the reason why a rule does not hold there."""

    id: str
    title: str
    checked_on: date
    sources: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)

    def applied(self, findings: Iterable[Finding]) -> Iterable[Finding]:
        """The findings as this book sees them. A softer book softens only what is harder than it says."""
        for finding in findings:
            if finding.rule in self.off:
                continue
            said = self.severity.get(finding.rule)
            yield finding if said is None else replace(finding, severity=said)


def book_for(jurisdiction: str | None, timezone: str | None) -> Book:
    """The book of a place: the stated jurisdiction, else the country of the zone; unknown: the strictest of all."""
    return _combined(jurisdiction_of(jurisdiction, timezone))


@kept
def _combined(place: str | None) -> Book:
    books = read_books()
    house = books[HOUSE]
    if place is None:
        return _strictest(house, [book for key, book in books.items() if key != HOUSE])
    local = books.get(place)
    if local is None:
        return house
    severity = {**house.severity, **local.severity}
    off = {rule: why for rule, why in {**house.off, **local.off}.items() if rule not in local.severity}
    return replace(local, id=f"{HOUSE}+{place}", severity=severity, off=off)


def _strictest(house: Book, others: Iterable[Book]) -> Book:
    """A rule is off only where every book has it off, and as hard as the hardest book has it."""
    severity = dict(house.severity)
    for book in others:
        for rule, said in book.severity.items():
            if rule not in severity or HARDNESS[said] > HARDNESS[severity[rule]]:
                severity[rule] = said
    return replace(house, id="strictest", severity=severity)


# --- where somebody is ------------------------------------------------------------------------------------------------

_EU = frozenset("AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO EU".split())


def jurisdiction_of(stated: str | None, timezone: str | None) -> str | None:
    """cn, us, eu, uk, or another country's code; None where nobody knows."""
    code = stated.upper()[:2] if stated else _country_of(timezone)
    if code is None:
        return None
    if code in ("GB", "UK"):
        return "uk"
    return "eu" if code in _EU else code.lower()


def _country_of(timezone: str | None) -> str | None:
    return _countries().get(timezone) if timezone else None


@cache
def _countries() -> dict[str, str]:
    """Zone → country, from the zone database; a zone of several countries belongs to the first that it lists."""
    lines = files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    older = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    rows += [line.split("\t") for line in older if line and not line.startswith("#")]
    found: dict[str, str] = {"PRC": "CN", "Asia/Chongqing": "CN", "Asia/Harbin": "CN", "Asia/Chungking": "CN"}
    for codes, _, zone, *_rest in rows:
        found.setdefault(zone, codes.split(",")[0])
    return {**found, "Asia/Urumqi": "CN", "Asia/Kashgar": "CN"}


# --- the files --------------------------------------------------------------------------------------------------------


def read_books(root: Traversable | Path | None = None) -> dict[str, Book]:
    """All books by id; `root` is another folder of the same shape. Raises InputError that names file and key."""
    return dict(_shipped()) if root is None else _read(root)


@kept
def _shipped() -> dict[str, Book]:
    return _read(package_data("agent.guardrails") / "books")


def _read(root: Traversable | Path) -> dict[str, Book]:
    found = {key: _parse(key, text) for key, text in toml_texts(root)}
    if HOUSE not in found:
        raise InputError("There is no rulebook house.toml.", "Put it back, or delete books/ from your overrides.")
    return found


def _parse(key: str, text: str) -> Book:
    try:
        data: Mapping[str, Any] = tomllib.loads(text)
        book = Book(
            id=key,
            title=str(data["title"]),
            checked_on=data["checked_on"],
            sources=tuple(data.get("sources", ())),
            severity={rule: Severity(said) for rule, said in data.get("severity", {}).items()},
            off={rule: str(why) for rule, why in data.get("off", {}).items()},
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise InputError(
            f"The rulebook {key}.toml cannot be used: {problem}.", "Compare it with the shipped file of that name."
        ) from problem
    _complain(book)
    return book


def _complain(book: Book) -> None:
    """An unknown id would silently guard nothing; a locked rule may not be softened."""
    # the rules read a context, and a context knows its book: only here does a book look at the rules
    from agent.guardrails.rulebook import all_rules

    known = {rule.id: rule.severity for rule in all_rules()}
    for rule in (*book.severity, *book.off):
        if rule not in known:
            raise InputError(f"The rulebook {book.id}.toml names the rule {rule}, which does not exist.", _SEE)
    for rule, said in book.severity.items():
        if rule in LOCKED and HARDNESS[said] < HARDNESS[known[rule]]:
            raise InputError(f"The rulebook {book.id}.toml makes {rule} softer, which no book may.", _TAKE_OUT)
    if locked := LOCKED.intersection(book.off):
        raise InputError(f"The rulebook {book.id}.toml switches off {min(locked)}, which no book may.", _TAKE_OUT)


_SEE = "See the ids: holdfast rules list"
_TAKE_OUT = "Take the line out; it protects people or money."
