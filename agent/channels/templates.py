"""Texts that a provider approved, with typed variables: read from `templates.toml`, matched, filled.

A template is what the recipient reads without the signature 【…】, which the provider puts in front. The same template
that fills a text also reads it back: whoever sends finds the parameters in the words that were judged, and needs no
second copy of them that could differ. Knows nothing of customers, facts or the gate.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from agent.channels.physics import LINK, objections
from agent.channels.providers import Links, ProviderRules, VariableType, provider_rules
from agent.domain import Language, Purpose, Words
from agent.errors import InputError

PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,24})\}")
ALPHABET: Mapping[VariableType, str] = {
    VariableType.TEXT: r"[^\r\n【】{}]",
    VariableType.NUMBER: r"[0-9]",
    VariableType.DATE: r"[0-9年月日/.\- ]",
    VariableType.TIME: r"[0-9年月日时分秒点:/.\- ]",
    VariableType.CODE: r"[A-Za-z0-9_-]",
    VariableType.MONEY: r"[0-9.,]",
}
LONGEST_OF_OURS = 20
KEYS = frozenset(
    {
        "id", "provider", "provider_id", "language", "purpose", "situations", "text", "variables", "approved_on",
        "valid_to",
    }
)  # fmt: skip
VARIABLE_KEYS = frozenset({"type", "max", "slot"})


@dataclass(frozen=True, slots=True)
class Hole:
    """`{name}` of a text: which characters may stand there, and how many."""

    name: str
    type: VariableType = VariableType.TEXT
    longest: int = LONGEST_OF_OURS

    @property
    def pattern(self) -> str:
        return f"{ALPHABET[self.type]}{{1,{self.longest}}}"

    def takes(self, value: str) -> bool:
        """Whether this value is of the type and not too long. A link is never a value."""
        return re.fullmatch(self.pattern, value) is not None and not LINK.search(value)


@dataclass(frozen=True)
class ApprovedText:
    """A text with places for values. Raises KeyError for a place that is not described."""

    text: str
    holes: tuple[Hole, ...] = ()

    def __post_init__(self) -> None:
        known = {hole.name: hole for hole in self.holes}
        pieces = PLACE.split(self.text) if known else [self.text]
        pattern = "".join(f"({known[piece].pattern})" if n % 2 else re.escape(piece) for n, piece in enumerate(pieces))
        object.__setattr__(self, "_pattern", re.compile(pattern))

    def fill(self, values: Mapping[str, str]) -> str | None:
        """The text with these values; None where one is missing, of another type or too long."""
        if any(not hole.takes(values.get(hole.name, "")) for hole in self.holes):
            return None
        return PLACE.sub(lambda place: values[place[1]], self.text) if self.holes else self.text

    def read(self, text: str) -> dict[str, str] | None:
        """The values that give exactly this text, in the order of their places; None when no values do."""
        match: re.Match[str] | None = self._pattern.fullmatch(text)  # type: ignore[attr-defined]
        if match is None:
            return None
        values = dict(zip((hole.name for hole in self.holes), match.groups(), strict=True))
        return values if self.fill(values) == text else None

    def says(self, text: str) -> bool:
        return self.read(text) is not None


@dataclass(frozen=True, slots=True)
class Variable(Hole):
    """`slot` says which fact fills it, with its form (`last_item`, `offer|np`)."""

    slot: str = ""


@dataclass(frozen=True)
class ApprovedTemplate:
    """One approved text of one provider. `situations` empty: it fits any. `valid_to` is its last day."""

    id: str
    provider: str
    provider_id: str
    language: Language
    purpose: Purpose
    text: str
    variables: tuple[Variable, ...] = ()
    situations: frozenset[str] = frozenset()
    approved_on: date | None = None
    valid_to: date | None = None

    @cached_property
    def wording(self) -> ApprovedText:
        return ApprovedText(self.text, self.variables)

    def holds_on(self, day: date) -> bool:
        return (self.approved_on is None or self.approved_on <= day) and (self.valid_to is None or day <= self.valid_to)

    def is_for(self, purpose: Purpose, on: date) -> bool:
        """Whether it holds on this day and was approved for this kind of message.

        A text approved for notices is never used for marketing, nor the other way round: carriers charge, route and
        punish them differently.
        """
        return self.holds_on(on) and (self.purpose is Purpose.MARKETING) is (purpose is Purpose.MARKETING)

    def fill(self, values: Mapping[str, str]) -> str | None:
        """The text with these values; None where one is missing, of another type or too long."""
        return self.wording.fill(values)

    def read(self, text: str) -> dict[str, str] | None:
        """The values that give exactly this text, in the order of the template; None when no values do."""
        return self.wording.read(text)


@dataclass(frozen=True, slots=True)
class Templates:
    """Everything in `templates.toml`."""

    all: tuple[ApprovedTemplate, ...] = ()

    def usable(
        self,
        market: str,
        purpose: Purpose,
        language: Language,
        situation: str | None,
        on: date,
        provider: str | None = None,
    ) -> tuple[ApprovedTemplate, ...]:
        """Those that fit this occasion, made for this very situation first. None as situation or provider: any."""
        fitting = [
            template
            for template in self.of(market, provider)
            if template.is_for(purpose, on)
            and template.language is language
            and (not template.situations or situation is None or situation in template.situations)
        ]
        return tuple(sorted(fitting, key=lambda template: not template.situations))

    def of(self, market: str, provider: str | None = None) -> tuple[ApprovedTemplate, ...]:
        """All for one market, of one provider or of any."""
        return tuple(
            template
            for template in self.all
            if provider in (None, template.provider) and provider_rules(template.provider).serves(market)
        )


NO_TEMPLATES = Templates()


def read_templates(path: Path) -> Templates:
    """What the home's file says; no file, no templates. Raises InputError naming template and key.

    A template that its provider would not carry is refused here, before anybody relies on it.
    """
    if not path.is_file():
        return NO_TEMPLATES
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("template", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}", "correct the line that it names") from error
    if not isinstance(rows, list):
        raise InputError(f"{path}: templates are a list", "begin each with [[template]]")
    found = [_template(row, f"{path}: template {n}") for n, row in enumerate(rows, 1)]
    names = [template.id for template in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path}: two templates are called {twice[0]!r}", "give each an id of its own")
    return Templates(tuple(found))


def _template(row: Any, where: str) -> ApprovedTemplate:
    if not isinstance(row, dict):
        raise InputError(f"{where} is no table", "begin it with [[template]]")
    where = f"{where} ({row.get('id', 'without an id')})"
    if missing := [key for key in ("id", "provider", "provider_id", "language", "purpose", "text") if not row.get(key)]:
        raise InputError(f"{where}: {missing[0]} is missing", f"add {missing[0]} = …")
    if unknown := set(row) - KEYS:
        raise InputError(f"{where}: unknown key {sorted(unknown)[0]!r}", f"known: {', '.join(sorted(KEYS))}")
    rules = provider_rules(str(row["provider"]))
    try:
        template = ApprovedTemplate(
            id=str(row["id"]),
            provider=rules.key,
            provider_id=str(row["provider_id"]),
            language=Language(row["language"]),
            purpose=Purpose(row["purpose"]),
            text=str(row["text"]),
            variables=_variables(str(row["text"]), row.get("variables", {}), where),
            situations=frozenset(str(name) for name in row.get("situations", ())),
            approved_on=_day(row.get("approved_on"), where),
            valid_to=_day(row.get("valid_to"), where),
        )
    except ValueError as error:
        raise InputError(f"{where}: {error}", "language is zh or en; purpose marketing, service or reply") from error
    if faults := faults_of(template, rules):
        raise InputError(f"{where}: {faults[0]}", "correct it as the provider approved it, or leave it out")
    return template


def _variables(text: str, rows: Any, where: str) -> tuple[Variable, ...]:
    """In the order in which they stand in the text: providers that count them rely on it."""
    names = PLACE.findall(text)
    if set("{}") & set(PLACE.sub("", text)):
        raise InputError(f"{where}: there are braces that name no variable", "write {name}, in letters and digits")
    if len(set(names)) < len(names):
        raise InputError(f"{where}: a variable stands twice in the text", "providers fill each place once")
    if not isinstance(rows, dict) or set(rows) != set(names):
        raise InputError(
            f"{where}: the variables of the text and those described are not the same",
            f"describe each of: {', '.join(names) or 'none'}",
        )
    return tuple(_variable(name, rows[name], where) for name in names)


def _variable(name: str, row: Any, where: str) -> Variable:
    if not isinstance(row, dict) or not row.get("slot") or set(row) - VARIABLE_KEYS:
        raise InputError(f"{where}: {name} needs slot, and may have type and max", 'slot = "last_item", type = "text"')
    longest = row.get("max", LONGEST_OF_OURS)
    if not isinstance(longest, int) or not 1 <= longest <= 500:
        raise InputError(f"{where}: max of {name} is no length", "write it like max = 20")
    return Variable(name, VariableType(row.get("type", "text")), longest, str(row["slot"]))


def faults_of(template: ApprovedTemplate, rules: ProviderRules) -> list[str]:
    """What speaks against this template in its provider's own rules."""
    faults, allowed = [], rules.variables
    signature = "【品牌】" if rules.signed else ""
    sample = template.fill({variable.name: _sample(variable) for variable in template.variables})
    if sample is None:
        return ["a variable can never be filled"]
    if template.variables and template.purpose not in allowed.purposes:
        faults.append(f"{rules.key} takes no variables in {template.purpose} templates")
    if allowed.most is not None and len(template.variables) > allowed.most:
        faults.append(f"{rules.key} takes at most {allowed.most} variables")
    for variable in template.variables:
        longest = allowed.longest.get(variable.type)
        if longest is not None and variable.longest > longest:
            faults.append(f"{rules.key} takes at most {longest} characters in {variable.name}")
    if not allowed.adjacent and re.search(r"\}\s*\{", template.text):
        faults.append(f"{rules.key} takes no two variables side by side")
    if rules.links is Links.CONSTANT and re.search(r"(?:https?://|www\.)\S*\{", template.text):
        faults.append(f"{rules.key} takes no variable within a link")
    faults += objections(rules, Words(None, f"{signature}{sample}"), template.purpose, template.language.value)
    return faults


def _sample(variable: Variable) -> str:
    return "1" * min(variable.longest, LONGEST_OF_OURS)


def _day(value: Any, where: str) -> date | None:
    if value is not None and type(value) is not date:
        raise InputError(f"{where}: {value!r} is no day", "write it like 2026-11-27, without quotation marks")
    return value
