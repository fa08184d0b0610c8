"""Two TOML files → the catalogue. A file that cannot be meant is refused, naming file, entry and key.

Our own files are package data, so a firm's file of the same name under `overrides/agent/data` takes their place, and so
does one in the home folder, before both.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from agent.catalogue.records import Catalogue, CatalogueOffer, Strategy, Trial
from agent.catalogue.steering import CatalogueError, refuse_steering
from agent.domain import MONEY_KINDS, Language, OfferKind
from agent.errors import InputError
from agent.money import to_minor
from agent.resources import package_data
from scoring.records import RiskBand

OFFERS, STRATEGIES = "offers.toml", "strategies.toml"
TOP_KEYS = frozenset(
    "currency save_rate cooldown_days margin_floor_pct gone_after_days gaming_days offers strategies test".split()
)
OFFER_KEYS = frozenset(
    "id kind value cost budget codes min_spend valid_days per_customer_days min_orders tiers exclusions stackable "
    "starts_on ends_on".split()
)
STRATEGY_KEYS = frozenset("reason situation help acts first".split())
TRIAL_KEYS = frozenset("name reasons offer customer says situation".split())
CUSTOMER_KEYS = frozenset("tier orders spent risk band silent_days".split())
LISTS = frozenset({"help", "acts", "tiers", "reasons"})
NONE = "none"
"""The word of a trial for no offer."""

Refused = Callable[["Entry", CatalogueError], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a file: which file, which kind of table, its place in the file (from 1), and its keys."""

    file: str
    kind: str
    line: int
    keys: Mapping[str, Any]

    @property
    def name(self) -> str:
        own = next((self.keys[key] for key in ("id", "reason", "name") if key in self.keys), "(without a name)")
        return f"{self.kind} {str(own)!r}"

    @property
    def where(self) -> str:
        return f"{self.file}, {self.name}"


@dataclass(frozen=True, slots=True)
class Texts:
    """The two files as they are written."""

    offers: str
    strategies: str


def texts_of(home: Path | None = None) -> Texts:
    """Both files as they count now."""
    return Texts(_text(OFFERS, home), _text(STRATEGIES, home))


def entries_of(texts: Texts) -> list[Entry]:
    """Every table of both files. Raises CatalogueError for a file that is no TOML."""
    both = ((OFFERS, texts.offers), (STRATEGIES, texts.strategies))
    return [entry for file, text in both for entry in _entries(_toml(text, file), text, file)]


def load_catalogue(currency: str, home: Path | None = None) -> Catalogue:
    """Read both files; a file of the same name in `home` takes the place of ours. Raises InputError."""
    return read_catalogue(texts_of(home), currency)


def read_catalogue(texts: Texts, currency: str, refused: Refused | None = None) -> Catalogue:
    """Raises InputError for the first entry that cannot be meant; with `refused`, tells it each and leaves it out.

    A file that is no TOML, or is in another currency, is raised all the same.
    """
    offers = _toml(texts.offers, OFFERS)
    if (stated := offers.get("currency", currency)) != currency:
        raise InputError(
            f"{OFFERS} is in {stated}, the brand is in {currency}", "one currency a brand: change one of the two"
        )
    lines: dict[str, CatalogueOffer] = {}
    plans: dict[str, Strategy] = {}
    trials: list[Trial] = []
    for entry in entries_of(texts):
        try:
            _read_entry(entry, currency, lines, plans, trials)
        except CatalogueError as error:
            if refused is None:
                raise
            refused(entry, error)
    return Catalogue(
        currency,
        lines,
        plans,
        save_rate=_decimal(offers.get("save_rate", "0.15"), OFFERS, "save_rate"),
        cooldown_days=_whole(offers, OFFERS, "cooldown_days", 90),
        margin_floor_pct=_decimal(offers.get("margin_floor_pct", 0), OFFERS, "margin_floor_pct"),
        gone_after_days=_whole(offers, OFFERS, "gone_after_days", 365),
        gaming_days=_whole(offers, OFFERS, "gaming_days", 365),
        trials=tuple(trials),
    )


def start_catalogue(home: Path) -> None:
    """Both files for a firm to edit, where it has none: ours, with every budget at 0, so nothing is offered yet."""
    for name in (OFFERS, STRATEGIES):
        text = (package_data("agent.data") / name).read_text(encoding="utf-8")
        if name == OFFERS:
            text = re.sub(r"(?m)^budget = \d+$", "budget = 0", text)
        if not (home / name).exists():
            (home / name).write_text(text, encoding="utf-8")


def _text(name: str, home: Path | None) -> str:
    own = home / name if home is not None and (home / name).is_file() else package_data("agent.data") / name
    return own.read_text(encoding="utf-8")


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        read = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file}: {error}", "correct the line, or delete the file to use ours", "") from error
    refuse_steering({key: value for key, value in read.items() if not isinstance(value, list)}, file)
    _known(read, TOP_KEYS, file)
    return read


def _entries(read: Mapping[str, Any], text: str, file: str) -> Iterator[Entry]:
    """Every table of a file with its line: offers and strategies before the trials that name them."""
    for table, kind in (("offers", "offer"), ("strategies", "reason"), ("test", "test")):
        rows = read.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise CatalogueError(f"{file}: {table} is no list of tables", f"begin each with [[{table}]]", table)
        heads = [match.start() for match in re.finditer(rf"(?m)^[ \t]*\[\[[ \t]*{table}[ \t]*\]\]", text)]
        lines = [text.count("\n", 0, at) + 1 for at in heads]
        for number, row in enumerate(rows):
            yield Entry(file, kind, lines[number] if number < len(lines) else 1, row)


def _read_entry(
    entry: Entry, currency: str, lines: dict[str, CatalogueOffer], plans: dict[str, Strategy], trials: list[Trial]
) -> None:
    """Raises CatalogueError for an entry that cannot be meant, also for one that is there already."""
    refuse_steering(entry.keys, entry.where)
    for key in LISTS & entry.keys.keys():
        if not isinstance(entry.keys[key], list) or not all(isinstance(one, str) for one in entry.keys[key]):
            raise CatalogueError(f"{entry.where}: {key} is no list of names", f'write {key} = ["…"]', key)
    if entry.kind == "offer":
        offer = _offer(entry, currency)
        _once(entry, "id", offer.id, lines)
        lines[offer.id] = offer
    elif entry.kind == "reason":
        plan = _strategy(entry, lines)
        _once(entry, "reason", plan.reason, plans)
        plans[plan.reason] = plan
    else:
        trial = _trial(entry, lines)
        _once(entry, "name", trial.name, {one.name: one for one in trials})
        trials.append(trial)


def _offer(entry: Entry, currency: str) -> CatalogueOffer:
    keys, where = entry.keys, entry.where
    _known(keys, OFFER_KEYS, where)
    _need(entry, "id", "kind")
    try:
        kind = OfferKind(keys["kind"])
    except ValueError as error:
        remedy = f"use one of {', '.join(OfferKind)}"
        raise CatalogueError(f"{where}: kind {keys['kind']!r} is unknown", remedy, "kind") from error
    value = _decimal(keys.get("value", 0), where, "value")
    if value < 0 or (kind is OfferKind.PERCENT and not 0 < value < 100):
        raise CatalogueError(f"{where}: value {value} cannot be", "percent is percent off, between 0 and 100", "value")
    cost = to_minor(_decimal(keys.get("cost", 0), where, "cost"), currency)
    if kind in MONEY_KINDS and cost.minor <= 0:
        remedy = "add cost = … in major units: the ledger holds it for each"
        raise CatalogueError(f"{where}: what does one cost?", remedy, "cost")
    return CatalogueOffer(
        id=str(keys["id"]),
        kind=kind,
        value=value,
        cost=cost,
        budget=to_minor(_decimal(keys.get("budget", 0), where, "budget"), currency),
        min_spend=_decimal(keys.get("min_spend", 0), where, "min_spend"),
        valid_days=_whole(keys, where, "valid_days", 14, least=1, most=366),
        codes=bool(keys.get("codes", kind in MONEY_KINDS)),
        per_customer_days=_whole(keys, where, "per_customer_days", 90),
        min_orders=_whole(keys, where, "min_orders", 0),
        tiers=tuple(keys.get("tiers", ())),
        exclusions=_exclusions(keys.get("exclusions", {}), where),
        stackable=bool(keys.get("stackable", False)),
        starts_on=_day(keys, where, "starts_on"),
        ends_on=_day(keys, where, "ends_on"),
    )


def _strategy(entry: Entry, offers: Mapping[str, CatalogueOffer]) -> Strategy:
    keys, where = entry.keys, entry.where
    _known(keys, STRATEGY_KEYS, where)
    _need(entry, "reason", "situation")
    for name in keys.get("help", ()):
        if name not in offers:
            remedy = "add the offer or remove it"
            raise CatalogueError(f"{where}: help names {name!r}, which no offer has as id", remedy, "help")
    return Strategy(
        keys["reason"],
        keys["situation"],
        tuple(keys.get("help", ())),
        tuple(keys.get("acts", ())),
        bool(keys.get("first", False)),
    )


def _trial(entry: Entry, offers: Mapping[str, CatalogueOffer]) -> Trial:
    keys, where = entry.keys, entry.where
    _known(keys, TRIAL_KEYS, where)
    _need(entry, "name", "reasons", "offer")
    customer = keys.get("customer", {})
    _known(customer, CUSTOMER_KEYS, f"{where}, customer")
    offer = None if keys["offer"] == NONE else str(keys["offer"])
    if offer is not None and offer not in offers:
        raise CatalogueError(f"{where}: no offer has the id {offer!r}", f'name one, or "{NONE}"', "offer")
    risk = _decimal(customer.get("risk", "0.7"), where, "risk")
    if not 0 <= risk <= 1:
        raise CatalogueError(f"{where}: risk {risk} cannot be", "a probability, from 0 to 1", "risk")
    return Trial(
        name=str(keys["name"]),
        reasons=tuple(map(str, keys["reasons"])),
        offer=offer,
        tier=str(customer["tier"]) if "tier" in customer else None,
        orders=_whole(customer, where, "orders", 5),
        spent=_decimal(customer["spent"], where, "spent") if "spent" in customer else None,
        risk=float(risk),
        band=_band(customer, where),
        silent_days=_whole(customer, where, "silent_days", 60),
        says=keys.get("says"),
        situation=keys.get("situation"),
    )


def _exclusions(said: Any, where: str) -> dict[Language, str]:
    if not isinstance(said, dict) or not set(said) <= set(Language):
        remedy = f"write exclusions.{' and exclusions.'.join(Language)} = …"
        raise CatalogueError(f"{where}: exclusions are in no language that is served", remedy, "exclusions")
    return {Language(key): str(text) for key, text in said.items()}


def _once(entry: Entry, key: str, name: str, known: Mapping[str, object]) -> None:
    if name in known:
        raise CatalogueError(f"{entry.where} is there twice", f"give one of them another {key}, or remove it", key)


def _need(entry: Entry, *keys: str) -> None:
    for key in keys:
        if key not in entry.keys:
            raise CatalogueError(f"{entry.where}: {key} is missing", f"add {key} = …", key)


def _known(keys: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := set(keys) - known:
        key = sorted(unknown)[0]
        raise CatalogueError(f"{where}: unknown key {key!r}", f"known keys: {', '.join(sorted(known))}", key)


def _decimal(value: Any, where: str, key: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise CatalogueError(f"{where}: {key} {value!r} is not a number", "write it like 12.50", key) from error
    if not number.is_finite():
        raise CatalogueError(f"{where}: {key} {value!r} is not a number", "write it like 12.50", key)
    return number


def _whole(keys: Mapping[str, Any], where: str, key: str, default: int, least: int = 0, most: int = 36_600) -> int:
    value = keys.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise CatalogueError(f"{where}: {key} {value!r} cannot be", f"use a whole number, {least} to {most}", key)
    return value


def _band(keys: Mapping[str, Any], where: str) -> RiskBand:
    try:
        return RiskBand(keys.get("band", "high"))
    except ValueError as error:
        raise CatalogueError(f"{where}: band {keys['band']!r} is unknown", "low, medium or high", "band") from error


def _day(keys: Mapping[str, Any], where: str, key: str) -> date | None:
    value = keys.get(key)
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise CatalogueError(f"{where}: {key} {value!r} is no day", f"write {key} = 2026-12-31, without quotes", key)
    return value
