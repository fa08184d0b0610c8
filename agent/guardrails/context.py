"""What the gate is told about a case, and the one way in: a JSON-shaped mapping.

The product builds that mapping from live state; integrators send it as a line of JSON. Absent or null means unknown,
never yes. Knows nothing about the rules that will read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from agent.channels import ChannelRules, QuietHours, rules_for
from agent.domain import Channel, Consent, Purpose
from agent.errors import InputError


class MissingInput(InputError):
    """A key that every message needs is not there. `key` is its path."""

    code = "input_missing"

    def __init__(self, key: str) -> None:
        super().__init__(f"The input lacks {key}.", f"Give {key}.")
        self.key = key


class InvalidInput(InputError):
    """A key is there with a value that cannot be. `key` is its path."""

    code = "input_invalid"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"The input {key} cannot be used: {reason}.", f"Correct {key}.")
        self.key = key


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The row's standing in the ledger. None means that nothing was said; `unanswered` names what came back empty."""

    remaining_budget: Decimal | None
    customer_uses_left: Decimal | None
    margin_after_pct: Decimal | None
    margin_floor_pct: Decimal | None
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """The reserved coupon row, money in major units. `ledger_given` tells an unanswered ledger from an absent one."""

    kind: str
    value: Decimal
    currency: str
    code: str | None
    min_spend: Decimal
    expires_on: date | None
    exclusions: str
    stackable: bool | None
    max_uses: int | None
    ledger: LedgerState | None
    ledger_given: bool


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One clause that may be quoted."""

    id: str
    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """The brand as the text may name it."""

    name: str
    aliases: tuple[str, ...] = ()
    signature: str = ""
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    postal_address: str = ""
    competitors: tuple[str, ...] = ()
    unsubscribe_url: str = ""
    sign_off: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in (self.name, self.signature, *self.aliases) if name))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the message is for. `suppressed` None means nobody looked."""

    name: str | None
    first_name: str | None
    language: str
    timezone: str | None
    consent: Mapping[Channel, Consent]
    suppressed: bool | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A case of this customer; `details` are all its texts."""

    type: str
    status: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status.casefold() not in {"closed", "resolved", "done", "已关闭", "已解决", "cancelled"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Lengths, hours and cap that hold for this message."""

    max_per_7_days: int
    quiet: QuietHours | None
    sms_max_segments: int
    push_title: int
    push_body: int
    subject: int


@dataclass(frozen=True, slots=True)
class GateContext:
    """All inputs of the rules beside the words. `now` is the only clock."""

    channel: Channel
    purpose: Purpose
    customer: Recipient
    brand: Sender
    now: datetime
    limits: Limits
    channel_rules: ChannelRules
    offer: OfferTerms | None = None
    policy: tuple[PolicyText, ...] = ()
    sent_last_7_days: int | None = None
    open_ticket: OpenTicket | None = None
    jurisdiction: str | None = None
    acts: tuple[str, ...] = ()
    templates: tuple[str, ...] | None = None
    price_history: Any = None

    @property
    def local_now(self) -> datetime:
        """The clock where the customer is; where that is unknown, the clock as it was given."""
        zone = self.customer.timezone
        return self.now.astimezone(ZoneInfo(zone)) if zone else self.now


HOUSE_CAP = 4  # messages in seven days over all channels


# --- from JSON --------------------------------------------------------------------------------------------------------


def context_from_json(context: Mapping[str, Any], channel: str | None = None) -> GateContext:
    """Read the `context` object of the gate contract; the channel stands beside it, or in it as `channel`.

    Raises MissingInput or InvalidInput with the path of the key.
    """
    way = _enum(Channel, channel if channel is not None else _need(context, "channel", ""), "channel")
    customer = _recipient(_mapping(_need(context, "customer", "context."), "context.customer"))
    jurisdiction = _text(context.get("jurisdiction"), "context.jurisdiction") or None
    rules = rules_for(way, customer.language, customer.timezone, jurisdiction)
    history = _mapping(context.get("history") or {}, "context.history")
    return GateContext(
        channel=way,
        purpose=_enum(Purpose, _need(context, "purpose", "context."), "context.purpose"),
        customer=customer,
        brand=_sender(_mapping(_need(context, "brand", "context."), "context.brand")),
        now=_moment(_need(context, "now", "context."), "context.now"),
        limits=_limits(_mapping(context.get("limits") or {}, "context.limits"), rules, jurisdiction),
        channel_rules=rules,
        offer=_offer(context.get("offer")),
        policy=_policies(context.get("policy") or ()),
        sent_last_7_days=_whole(history.get("sent_last_7_days"), "context.history.sent_last_7_days"),
        open_ticket=_ticket(history.get("open_ticket")),
        jurisdiction=jurisdiction,
        acts=_texts(context.get("acts") or (), "context.acts"),
        templates=_templates(context.get("templates")),
        price_history=context.get("price_history"),
    )


def _recipient(data: Mapping[str, Any]) -> Recipient:
    path = "context.customer."
    language = _text(_need(data, "language", path), path + "language").casefold()[:2]
    if language not in ("zh", "en"):
        raise InvalidInput(path + "language", "only zh and en are served")
    zone = _text(data.get("timezone"), path + "timezone") or None
    suppressed = data.get("suppressed")
    if suppressed is not None and not isinstance(suppressed, bool):
        raise InvalidInput(path + "suppressed", "it must be true or false")
    return Recipient(
        name=_text(data.get("name"), path + "name") or None,
        first_name=_text(data.get("first_name"), path + "first_name") or None,
        language=language,
        # a zone that nobody knows is as good as none: a person looks
        timezone=zone if zone in _zones() else None,
        consent=_consents(_mapping(data.get("consent") or {}, path + "consent")),
        suppressed=suppressed,
        facts=_mapping(data.get("facts") or {}, path + "facts"),
    )


_ZONES: set[str] = set()


def _zones() -> set[str]:
    if not _ZONES:
        _ZONES.update(available_timezones())
    return _ZONES


def _consents(data: Mapping[str, Any]) -> dict[Channel, Consent]:
    found = {}
    for key, value in data.items():
        path = f"context.customer.consent.{key}"
        if key not in Channel.__members__.values():
            continue
        if isinstance(value, Mapping):
            granted = value.get("granted")
            at = value.get("at")
            found[Channel(key)] = Consent(
                granted=granted if isinstance(granted, bool) else None,
                at=_moment(at, path + ".at") if at else None,
                proof=_text(value.get("proof"), path + ".proof") or None,
                purpose=_text(value.get("purpose"), path + ".purpose") or None,
            )
        elif value is None or isinstance(value, bool):
            found[Channel(key)] = Consent(value)
        else:
            raise InvalidInput(path, "it must be true, false, null or an object")
    return found


def _sender(data: Mapping[str, Any]) -> Sender:
    path = "context.brand."
    return Sender(
        name=_text(_need(data, "name", path), path + "name"),
        aliases=_texts(data.get("aliases") or (), path + "aliases"),
        signature=_text(data.get("signature"), path + "signature").strip("【】[] "),
        domains=tuple(name.casefold().strip(". ") for name in _texts(data.get("domains") or (), path + "domains")),
        phones=_texts(data.get("phones") or (), path + "phones"),
        postal_address=_text(data.get("postal_address"), path + "postal_address"),
        competitors=_texts(data.get("competitors") or (), path + "competitors"),
        unsubscribe_url=_text(data.get("unsubscribe_url"), path + "unsubscribe_url"),
        sign_off=_text(data.get("sign_off"), path + "sign_off"),
    )


_KINDS = {"shipping": "free_shipping", "freeship": "free_shipping", "free-shipping": "free_shipping", "fixed": "amount"}


def _offer(data: Any) -> OfferTerms | None:
    if data is None:
        return None
    path = "context.offer."
    row = _mapping(data, "context.offer")
    kind = _text(_need(row, "kind", path), path + "kind").casefold()
    value = row.get("value")
    if value is None and kind in ("percent", "amount", "points"):
        raise MissingInput(path + "value")
    expires = row.get("expires_on")
    uses = row.get("max_uses")
    exclusions = row.get("exclusions")
    if isinstance(exclusions, list | tuple):
        exclusions = "；".join(str(part) for part in exclusions)
    stackable = row.get("stackable")
    return OfferTerms(
        kind=_KINDS.get(kind, kind),
        value=_decimal(value if value is not None else 0, path + "value"),
        currency=_text(row.get("currency"), path + "currency").upper(),
        code=_text(row.get("code"), path + "code") or None,
        min_spend=_decimal(row.get("min_spend") or 0, path + "min_spend"),
        expires_on=_day(expires, path + "expires_on") if expires else None,
        exclusions=_text(exclusions, path + "exclusions"),
        stackable=stackable if isinstance(stackable, bool) else None,
        max_uses=_whole(uses, path + "max_uses"),
        ledger=_ledger(row.get("ledger")),
        ledger_given="ledger" in row,
    )


def _ledger(data: Any) -> LedgerState | None:
    if not isinstance(data, Mapping):
        return None
    keys = ("remaining_budget", "customer_uses_left", "margin_after_pct", "margin_floor_pct")
    numbers = [None if data.get(key) is None else _decimal(data[key], f"context.offer.ledger.{key}") for key in keys]
    budget, uses, margin, floor = numbers
    return LedgerState(
        budget, uses, margin, floor, unanswered=tuple(key for key in keys if key in data and data[key] is None)
    )


def _policies(data: Any) -> tuple[PolicyText, ...]:
    found = []
    for at, item in enumerate(_list(data, "context.policy")):
        path = f"context.policy[{at}]."
        row = _mapping(item, path.rstrip("."))
        start, end = row.get("valid_from"), row.get("valid_to")
        found.append(
            PolicyText(
                id=_text(row.get("id"), path + "id"),
                text=_text(_need(row, "text", path), path + "text"),
                valid_from=_day(start, path + "valid_from") if start else None,
                valid_to=_day(end, path + "valid_to") if end else None,
                acts=_texts(row.get("acts") or (), path + "acts"),
            )
        )
    return tuple(found)


def _ticket(data: Any) -> OpenTicket | None:
    if data is None:
        return None
    row = _mapping(data, "context.history.open_ticket")
    return OpenTicket(str(row.get("type") or ""), str(row.get("status") or "open"), row)


def _templates(data: Any) -> tuple[str, ...] | None:
    if data is None:
        return None
    return tuple(
        str(item.get("text", "")) if isinstance(item, Mapping) else str(item)
        for item in _list(data, "context.templates")
    )


def _limits(data: Mapping[str, Any], rules: ChannelRules, jurisdiction: str | None) -> Limits:
    path = "context.limits."

    def whole(key: str, default: int) -> int:
        given = _whole(data.get(key), path + key)
        return default if given is None else given

    return Limits(
        max_per_7_days=whole("max_per_7_days", HOUSE_CAP),
        quiet=_quiet(data, rules, jurisdiction),
        sms_max_segments=whole("sms_max_segments", rules.max_segments or 2),
        push_title=whole("push_title", 50),
        push_body=whole("push_body", 150),
        subject=whole("subject", 78),
    )


def _quiet(data: Mapping[str, Any], rules: ChannelRules, jurisdiction: str | None) -> QuietHours | None:
    """The stricter of what was given and what the channel and the recipient's region say."""
    start, end = data.get("quiet_start"), data.get("quiet_end")
    own = rules.stricter_quiet.get((jurisdiction or "").upper(), rules.quiet)
    if start is None or end is None:
        return own
    given = QuietHours(_clock(start, "context.limits.quiet_start"), _clock(end, "context.limits.quiet_end"))
    regional = rules.stricter_quiet.get((jurisdiction or "").upper())
    if regional is None or given.start <= given.end:
        return given
    return QuietHours(min(given.start, regional.start), max(given.end, regional.end))


def _need(data: Mapping[str, Any], key: str, path: str) -> Any:
    value = data.get(key)
    if value is None:
        raise MissingInput(path + key)
    return value


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(key, "it must be an object")
    return value


def _list(value: Any, key: str) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInput(key, "it must be a list")
    return value


def _text(value: Any, key: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(key, "it must be text")
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    return tuple(_text(item, key) for item in _list(value, key))


def _whole(value: Any, key: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise InvalidInput(key, "it must be a whole number")
    return int(value)


def _decimal(value: Any, key: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise InvalidInput(key, "it must be a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise InvalidInput(key, "it must be a number") from None
    if not number.is_finite():
        raise InvalidInput(key, "it must be a finite number")
    return number


_Closed = TypeVar("_Closed", Channel, Purpose)


def _enum(kind: type[_Closed], value: Any, key: str) -> _Closed:
    try:
        return kind(value)
    except ValueError:
        raise InvalidInput(key, f"it must be one of {', '.join(kind)}") from None


def _moment(value: Any, key: str) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(key, "it must be a time like 2026-09-15T10:30:00+08:00") from None
    if moment.tzinfo is None:
        raise InvalidInput(key, "it must carry its offset from UTC")
    return moment


def _day(value: Any, key: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InvalidInput(key, "it must be a day like 2026-09-30") from None


def _clock(value: Any, key: str) -> time:
    try:
        return value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(key, "it must be a time of day like 21:00") from None
