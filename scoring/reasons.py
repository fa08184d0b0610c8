"""From numbers to sentences: which contributions stand behind a score, told as facts.

Takes a feature, its value and its contribution; gives a Reason with the rep's sentence in both languages and, where the
code allows it, a sentence fit for the customer. The words live in reason_codes.toml. No sentence says why somebody
leaves: a score shows what goes together, not what causes what.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from scoring.records import Reason

LANGUAGES = ("en", "zh")
SLOT = re.compile(r"\{value\|(\w+)\}")
UNKNOWN = {"en": "unknown", "zh": "未知"}
#: A contribution smaller than this rounds to nothing on every screen.
NEGLIGIBLE = 1e-12


NAME = "reason_codes.toml"
_overrides: Path | None = None


@dataclass(frozen=True)
class Rule:
    """How one feature is told while its value lies within the bounds."""

    feature: str
    code: str
    text: Mapping[str, str]
    bounds: Mapping[str, float]

    def fits(self, value: float) -> bool:
        tests = {
            "at_most": value <= self.bounds.get("at_most", math.inf),
            "at_least": value >= self.bounds.get("at_least", -math.inf),
            "below": value < self.bounds.get("below", math.inf),
            "above": value > self.bounds.get("above", -math.inf),
        }
        return all(tests.values())


@dataclass(frozen=True)
class Codebook:
    """The content of reason_codes.toml."""

    rules: Mapping[str, tuple[Rule, ...]]
    customer: Mapping[str, Mapping[str, str]]
    units: Mapping[str, Any]
    missing: Mapping[str, tuple[str, Mapping[str, str]]]


def explain(feature: str, value: float | str | None, contribution: float, book: Codebook | None = None) -> Reason:
    """One contribution as a Reason."""
    book = book or codebook()
    rule = _rule(book, feature, value)
    if _missing(value) and feature in book.missing:
        code, text = book.missing[feature]
    elif rule is None:
        code, text = f"column:{feature}", _plain_text(feature, value)
    else:
        code, text = rule.code, {language: _fill(rule.text[language], value, language, book) for language in LANGUAGES}
    if contribution <= NEGLIGIBLE and feature in book.rules:
        code = f"strength:{feature}"
    return Reason(code, feature, value, contribution, text, book.customer.get(code))


@cache
def codebook() -> Codebook:
    """The words that ship with the package, or a firm's own in their place."""
    own = _overrides / NAME if _overrides is not None else None
    return read_codebook(own if own is not None and own.is_file() else resources.files("scoring").joinpath(NAME))


def use_overrides(folder: Path | None) -> None:
    """Read reason_codes.toml from this folder from now on, where it has one; None goes back to ours."""
    global _overrides
    _overrides = folder
    codebook.cache_clear()


def read_codebook(source: Traversable | Path) -> Codebook:
    """The words in a file of the same shape as reason_codes.toml."""
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    rules: dict[str, tuple[Rule, ...]] = {}
    for one in data["rule"]:
        bounds = {name: float(one[name]) for name in ("at_most", "at_least", "below", "above") if name in one}
        rule = Rule(one["feature"], one["code"], {language: one[language] for language in LANGUAGES}, bounds)
        rules[rule.feature] = (*rules.get(rule.feature, ()), rule)
    said = {
        code: {language: words[language] for language in LANGUAGES if language in words}
        for code, words in data["code"].items()
        if not words.get("never", False)
    }
    missing = {name: (one["code"], {lang: one[lang] for lang in LANGUAGES}) for name, one in data["missing"].items()}
    return Codebook(rules, said, data["unit"], missing)


def _rule(book: Codebook, feature: str, value: float | str | None) -> Rule | None:
    rules = book.rules.get(feature, ())
    if not rules or not isinstance(value, int | float) or math.isnan(value):
        return None
    return next((rule for rule in rules if rule.fits(value)), rules[-1])


def _missing(value: float | str | None) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain_text(feature: str, value: float | str | None) -> dict[str, str]:
    """A column of a plain table, whose meaning only the shop knows: name and value."""
    if _missing(value):
        return {"en": f"{feature}: {UNKNOWN['en']}", "zh": f"{feature}：{UNKNOWN['zh']}"}
    shown = _number(float(value)) if isinstance(value, int | float) else str(value)
    return {"en": f"{feature}: {shown}", "zh": f"{feature}：{shown}"}


def _fill(pattern: str, value: float | str | None, language: str, book: Codebook) -> str:
    number = float(value) if isinstance(value, int | float) else 0.0
    filled = SLOT.sub(lambda match: _say(number, match[1], language, book), pattern)
    # Spaces stand around figures only; "less than a day" begins with a character.
    return filled.replace(" 不到", "不到")


def _say(value: float, unit: str, language: str, book: Codebook) -> str:
    """A number with its unit: "1 day", "67 days", "67 天". Signs are told by the sentence around it."""
    size = abs(value)
    if unit == "money":
        return f"{size:,.2f}"
    if unit == "percent":
        return f"{100 * size:.0f}%"
    if unit == "number":
        return _number(round(size, 1 if size >= 1 else 2))
    words = book.units[unit]
    if unit == "day" and size < 1:
        return "less than a day" if language == "en" else "不到 1 天"
    count = math.floor(size)
    if language == "zh":
        return f"{count}{words['zh']}"
    return f"{count:,} {words['en'][0] if count == 1 else words['en'][1]}"


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value)}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}".rstrip("0").rstrip(".")
