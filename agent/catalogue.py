"""What we may offer, and which help fits which reason: two TOML files that a marketer edits.

`offers.toml` lists offers with their limits and what one of them costs us; `strategies.toml` says for each reason code
what we would write about (the situation) and which offers are adequate help, lightest first. A file that cannot be
meant is refused at load, naming the entry and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from agent.domain import MONEY_KINDS, Language, Money, OfferKind
from agent.errors import InputError
from agent.money import to_minor
from agent.resources import package_data

OFFER_KEYS = frozenset(
    "id kind value cost budget codes min_spend valid_days "
    "per_customer_days min_orders tiers exclusions stackable".split()
)
STRATEGY_KEYS = frozenset("reason situation help acts first".split())


@dataclass(frozen=True, slots=True)
class CatalogueOffer:
    """One line of the catalogue. `cost` is what the ledger holds for each; `budget` all of them together."""

    id: str
    kind: OfferKind
    value: Decimal
    cost: Money
    budget: Money
    min_spend: Decimal = Decimal(0)
    valid_days: int = 14
    codes: bool = False
    per_customer_days: int = 90
    min_orders: int = 0
    tiers: tuple[str, ...] = ()
    exclusions: Mapping[Language, str] = field(default_factory=dict)
    stackable: bool = False

    @property
    def is_money(self) -> bool:
        return self.kind in MONEY_KINDS


@dataclass(frozen=True, slots=True)
class Strategy:
    """What to do about one reason. `help` names offers, lightest adequate first; empty means words alone.

    `first`: something went wrong; it is put right before any weaker or stronger reason is acted on.
    """

    reason: str
    situation: str
    help: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`save_rate` is the firm's stated guess of how many leavers a fitting offer keeps; outcomes replace it later."""

    currency: str
    offers: Mapping[str, CatalogueOffer]
    strategies: Mapping[str, Strategy]
    save_rate: Decimal = Decimal("0.15")
    cooldown_days: int = 90

    def strategy_for(self, reasons: Sequence[str]) -> Strategy | None:
        """What went wrong comes first; else the strategy of the strongest reason that has one."""
        known = [self.strategies[code] for code in reasons if code in self.strategies]
        return next((plan for plan in known if plan.first), known[0] if known else None)


def load_catalogue(currency: str, home: Path | None = None) -> Catalogue:
    """Read both files; a file of the same name in `home` takes the place of ours. Raises InputError."""
    offers = _read("offers.toml", home)
    strategies = _read("strategies.toml", home)
    if (stated := offers.get("currency", currency)) != currency:
        raise InputError(
            f"offers.toml is in {stated}, the brand is in {currency}", "one currency a brand: change one of the two"
        )
    lines = {line.id: line for line in (_offer(entry, currency) for entry in offers.get("offers", []))}
    plans = {plan.reason: plan for plan in (_strategy(entry, lines) for entry in strategies.get("strategies", []))}
    return Catalogue(
        currency,
        lines,
        plans,
        save_rate=_decimal(offers.get("save_rate", "0.15"), "offers.toml", "save_rate"),
        cooldown_days=int(offers.get("cooldown_days", 90)),
    )


def start_catalogue(home: Path) -> None:
    """Both files for a firm to edit, where it has none: ours, with every budget at 0, so nothing is offered yet."""
    for name in ("offers.toml", "strategies.toml"):
        text = (package_data("agent.data") / name).read_text(encoding="utf-8")
        if name == "offers.toml":
            text = re.sub(r"(?m)^budget = \d+$", "budget = 0", text)
        if not (home / name).exists():
            (home / name).write_text(text, encoding="utf-8")


def _read(name: str, home: Path | None) -> dict[str, Any]:
    path = home / name if home is not None and (home / name).is_file() else package_data("agent.data") / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {error}", "correct the line, or delete the file to use ours") from error


def _offer(entry: dict[str, Any], currency: str) -> CatalogueOffer:
    where = f"offers.toml, offer {entry.get('id', '(without id)')!r}"
    _known(entry, OFFER_KEYS, where)
    for key in ("id", "kind"):
        if key not in entry:
            raise InputError(f"{where}: {key} is missing", f"add {key} = …")
    try:
        kind = OfferKind(entry["kind"])
    except ValueError as error:
        raise InputError(f"{where}: kind {entry['kind']!r} is unknown", f"use one of {', '.join(OfferKind)}") from error
    value = _decimal(entry.get("value", 0), where, "value")
    if value < 0 or (kind is OfferKind.PERCENT and not 0 < value < 100):
        raise InputError(f"{where}: value {value} cannot be", "percent is percent off, between 0 and 100")
    cost = to_minor(_decimal(entry.get("cost", 0), where, "cost"), currency)
    if kind in MONEY_KINDS and cost.minor <= 0:
        raise InputError(f"{where}: what does one cost?", "add cost = … in major units: the ledger holds it for each")
    if not 1 <= int(entry.get("valid_days", 14)) <= 366:
        raise InputError(f"{where}: valid_days {entry['valid_days']} cannot be", "use 1 to 366")
    return CatalogueOffer(
        id=str(entry["id"]),
        kind=kind,
        value=value,
        cost=cost,
        budget=to_minor(_decimal(entry.get("budget", 0), where, "budget"), currency),
        min_spend=_decimal(entry.get("min_spend", 0), where, "min_spend"),
        valid_days=int(entry.get("valid_days", 14)),
        codes=bool(entry.get("codes", kind in MONEY_KINDS)),
        per_customer_days=int(entry.get("per_customer_days", 90)),
        min_orders=int(entry.get("min_orders", 0)),
        tiers=tuple(entry.get("tiers", ())),
        exclusions={Language(key): str(text) for key, text in entry.get("exclusions", {}).items()},
        stackable=bool(entry.get("stackable", False)),
    )


def _strategy(entry: dict[str, Any], offers: Mapping[str, CatalogueOffer]) -> Strategy:
    where = f"strategies.toml, reason {entry.get('reason', '(without reason)')!r}"
    _known(entry, STRATEGY_KEYS, where)
    for key in ("reason", "situation"):
        if key not in entry:
            raise InputError(f"{where}: {key} is missing", f"add {key} = …")
    for name in entry.get("help", ()):
        if name not in offers:
            raise InputError(f"{where}: help names {name!r}, which no offer has as id", "add the offer or remove it")
    return Strategy(
        entry["reason"],
        entry["situation"],
        tuple(entry.get("help", ())),
        tuple(entry.get("acts", ())),
        bool(entry.get("first", False)),
    )


def _known(entry: dict[str, Any], keys: frozenset[str], where: str) -> None:
    if unknown := set(entry) - keys:
        raise InputError(f"{where}: unknown key {sorted(unknown)[0]!r}", f"known keys: {', '.join(sorted(keys))}")


def _decimal(value: Any, where: str, key: str) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise InputError(f"{where}: {key} {value!r} is not a number", "write it like 12.50") from error
