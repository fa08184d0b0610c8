"""The one way in: a JSON-shaped mapping becomes a GateContext.

The product builds that mapping from live state; integrators send it as a line of JSON. Absent or null means unknown,
never yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from agent.channels import ChannelRules, QuietHours, VariableType, rules_for
from agent.channels.templates import ApprovedText, Hole
from agent.domain import Channel, Consent, Purpose
from agent.guardrails.context import (
    GateContext,
    LedgerState,
    Limits,
    OfferTerms,
    OpenTicket,
    PolicyText,
    Recipient,
    Sender,
)
from agent.guardrails.values import (
    InvalidInput,
    MissingInput,
    clock,
    day,
    decimal,
    listed,
    mapping,
    member,
    moment,
    need,
    text,
    texts,
    whole,
)

HOUSE_CAP = 4  # messages in seven days over all channels


def context_from_json(context: Mapping[str, Any], channel: str | None = None) -> GateContext:
    """Read the `context` object of the gate contract; the channel stands beside it, or in it as `channel`.

    Raises MissingInput or InvalidInput with the path of the key.
    """
    way = member(Channel, channel if channel is not None else need(context, "channel", ""), "channel")
    customer = _recipient(mapping(need(context, "customer", "context."), "context.customer"))
    jurisdiction = text(context.get("jurisdiction"), "context.jurisdiction") or None
    rules = rules_for(way, customer.language, customer.timezone, jurisdiction)
    history = mapping(context.get("history") or {}, "context.history")
    return GateContext(
        channel=way,
        purpose=member(Purpose, need(context, "purpose", "context."), "context.purpose"),
        customer=customer,
        brand=_sender(mapping(need(context, "brand", "context."), "context.brand")),
        now=moment(need(context, "now", "context."), "context.now"),
        limits=_limits(mapping(context.get("limits") or {}, "context.limits"), rules, jurisdiction),
        channel_rules=rules,
        offer=_offer(context.get("offer")),
        policy=_policies(context.get("policy") or ()),
        sent_last_7_days=whole(history.get("sent_last_7_days"), "context.history.sent_last_7_days"),
        open_ticket=_ticket(history.get("open_ticket")),
        jurisdiction=jurisdiction,
        acts=texts(context.get("acts") or (), "context.acts"),
        templates=_templates(context.get("templates")),
        templates_alone=_flag(context.get("templates_alone"), "context.templates_alone"),
        price_history=context.get("price_history"),
        sent_texts=texts(history.get("sent_texts") or (), "context.history.sent_texts"),
        headers=_headers(context.get("headers")),
        ai_disclosed=_flag(context.get("ai_disclosed"), "context.ai_disclosed"),
    )


def _recipient(data: Mapping[str, Any]) -> Recipient:
    path = "context.customer."
    language = text(need(data, "language", path), path + "language").casefold()[:2]
    if language not in ("zh", "en"):
        raise InvalidInput(path + "language", "only zh and en are served")
    zone = text(data.get("timezone"), path + "timezone") or None
    suppressed = data.get("suppressed")
    if suppressed is not None and not isinstance(suppressed, bool):
        raise InvalidInput(path + "suppressed", "it must be true or false")
    return Recipient(
        name=text(data.get("name"), path + "name") or None,
        first_name=text(data.get("first_name"), path + "first_name") or None,
        language=language,
        # a zone that nobody knows is as good as none: a person looks
        timezone=zone if zone in _zones() else None,
        consent=_consents(mapping(data.get("consent") or {}, path + "consent")),
        suppressed=suppressed,
        facts=mapping(data.get("facts") or {}, path + "facts"),
    )


@cache
def _zones() -> set[str]:
    return available_timezones()


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
                at=moment(at, path + ".at") if at else None,
                proof=text(value.get("proof"), path + ".proof") or None,
                purpose=text(value.get("purpose"), path + ".purpose") or None,
            )
        elif value is None or isinstance(value, bool):
            found[Channel(key)] = Consent(value)
        else:
            raise InvalidInput(path, "it must be true, false, null or an object")
    return found


def _sender(data: Mapping[str, Any]) -> Sender:
    path = "context.brand."
    return Sender(
        name=text(need(data, "name", path), path + "name"),
        aliases=texts(data.get("aliases") or (), path + "aliases"),
        signature=text(data.get("signature"), path + "signature").strip("【】[] "),
        domains=tuple(name.casefold().strip(". ") for name in texts(data.get("domains") or (), path + "domains")),
        phones=texts(data.get("phones") or (), path + "phones"),
        postal_address=text(data.get("postal_address"), path + "postal_address"),
        competitors=texts(data.get("competitors") or (), path + "competitors"),
        unsubscribe_url=text(data.get("unsubscribe_url"), path + "unsubscribe_url"),
        sign_off=text(data.get("sign_off"), path + "sign_off"),
    )


_KINDS = {"shipping": "free_shipping", "freeship": "free_shipping", "free-shipping": "free_shipping", "fixed": "amount"}


def _offer(data: Any) -> OfferTerms | None:
    if data is None:
        return None
    path = "context.offer."
    row = mapping(data, "context.offer")
    kind = text(need(row, "kind", path), path + "kind").casefold()
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
        value=decimal(value if value is not None else 0, path + "value"),
        currency=text(row.get("currency"), path + "currency").upper(),
        code=text(row.get("code"), path + "code") or None,
        min_spend=decimal(row.get("min_spend") or 0, path + "min_spend"),
        expires_on=day(expires, path + "expires_on") if expires else None,
        exclusions=text(exclusions, path + "exclusions"),
        stackable=stackable if isinstance(stackable, bool) else None,
        max_uses=whole(uses, path + "max_uses"),
        ledger=_ledger(row.get("ledger")),
        ledger_given="ledger" in row,
    )


def _ledger(data: Any) -> LedgerState | None:
    if not isinstance(data, Mapping):
        return None
    keys = ("remaining_budget", "customer_uses_left", "margin_after_pct", "margin_floor_pct")
    numbers = [None if data.get(key) is None else decimal(data[key], f"context.offer.ledger.{key}") for key in keys]
    budget, uses, margin, floor = numbers
    return LedgerState(
        budget, uses, margin, floor, unanswered=tuple(key for key in keys if key in data and data[key] is None)
    )


def _policies(data: Any) -> tuple[PolicyText, ...]:
    found = []
    for at, item in enumerate(listed(data, "context.policy")):
        path = f"context.policy[{at}]."
        row = mapping(item, path.rstrip("."))
        start, end = row.get("valid_from"), row.get("valid_to")
        found.append(
            PolicyText(
                id=text(row.get("id"), path + "id"),
                text=text(need(row, "text", path), path + "text"),
                valid_from=day(start, path + "valid_from") if start else None,
                valid_to=day(end, path + "valid_to") if end else None,
                acts=texts(row.get("acts") or (), path + "acts"),
            )
        )
    return tuple(found)


def _ticket(data: Any) -> OpenTicket | None:
    if data is None:
        return None
    row = mapping(data, "context.history.open_ticket")
    return OpenTicket(str(row.get("type") or ""), str(row.get("status") or "open"), row)


def _templates(data: Any) -> tuple[ApprovedText, ...] | None:
    """A text alone is constant, braces and all; one with `variables` has a place for each of them."""
    if data is None:
        return None
    return tuple(_template(item, f"context.templates[{n}]") for n, item in enumerate(listed(data, "context.templates")))


def _template(item: Any, path: str) -> ApprovedText:
    if not isinstance(item, Mapping):
        return ApprovedText(str(item))
    given = mapping(item.get("variables") or {}, f"{path}.variables")
    try:
        return ApprovedText(
            str(item.get("text", "")),
            tuple(Hole(name, VariableType(row["type"]), int(row["max"])) for name, row in given.items()),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInput(f"{path}.variables", "each needs a type and a max, and a place in the text") from error


def _headers(data: Any) -> dict[str, str] | None:
    if data is None:
        return None
    return {str(key): str(value) for key, value in mapping(data, "context.headers").items()}


def _flag(value: Any, path: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(path, "it must be true or false")
    return value


def _limits(data: Mapping[str, Any], rules: ChannelRules, jurisdiction: str | None) -> Limits:
    path = "context.limits."

    def limit(key: str, default: int) -> int:
        given = whole(data.get(key), path + key)
        return default if given is None else given

    return Limits(
        max_per_7_days=limit("max_per_7_days", HOUSE_CAP),
        quiet=_quiet(data, rules, jurisdiction),
        sms_max_segments=limit("sms_max_segments", rules.max_segments or 2),
        push_title=limit("push_title", 50),
        push_body=limit("push_body", 150),
        subject=limit("subject", 78),
    )


def _quiet(data: Mapping[str, Any], rules: ChannelRules, jurisdiction: str | None) -> QuietHours | None:
    """The stricter of what was given and what the channel and the recipient's region say."""
    start, end = data.get("quiet_start"), data.get("quiet_end")
    own = rules.stricter_quiet.get((jurisdiction or "").upper(), rules.quiet)
    if start is None or end is None:
        return own
    given = QuietHours(clock(start, "context.limits.quiet_start"), clock(end, "context.limits.quiet_end"))
    regional = rules.stricter_quiet.get((jurisdiction or "").upper())
    if regional is None or given.start <= given.end:
        return given
    return QuietHours(min(given.start, regional.start), max(given.end, regional.end))
