"""Events that arrive one by one: kept at once, seen by the gate at once, moved into the event log in bulk.

A tracked event is one row in the database, so that it is safe before we answer and a doubled message changes nothing.
A worker moves what has gathered into the Parquet log; whoever dies in between leaves rows that are in both, and the log
takes each event id once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from agent import feedback
from agent.domain import Money
from agent.errors import HoldfastError, NotFound
from agent.inbound import Arrival
from agent.money import to_minor
from agent.outcomes import OutcomeRow
from api.people import NOBODY, bare_customer, customers_from_rows
from api.segment import Refused, Said, message_id, read_message, require_size, who

if TYPE_CHECKING:
    import pandas as pd

    from api.bootstrap import Workshop

AT_ONCE = 20_000
TRAITS = (
    "name", "gender", "age", "email", "phone", "push_token", "chat_id", "tier", "points", "timezone", "language",
    "country",
)  # fmt: skip
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of some messages. `refused` names each that could not be used by its place, key and reason;
    `ignored` the traits that could not be read in messages whose other traits were kept."""

    accepted: int = 0
    known: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[dict[str, Any]] = field(default_factory=list)


def take_in(messages: Sequence[Message], workshop: Workshop) -> TakenIn:
    """Keep every message that can be used; the others are set aside with their reason."""
    now = workshop.clock.now()
    said: list[Said] = []
    aside: list[Arrival] = []
    told = TakenIn()
    about_people = 0
    for place, message in enumerate(messages):
        try:
            if message.get("type", "track") in ("track", "page", "screen"):
                said.append(read_message(message, now))
            else:
                told.ignored.extend({"index": place, **trait} for trait in _about_person(message, workshop))
                about_people += 1
        except (Refused, ValueError, OverflowError, NotImplementedError) as fault:
            why = fault if isinstance(fault, Refused) else Refused("traits", "a value is beyond what can be kept")
            told.refused.append({"index": place, "field": why.field, "message": why.reason})
            aside.append(_set_aside(message, why, now))
    fresh = _keep(said, workshop, now)
    workshop.store.arrivals.add(aside)
    _act_on(said, workshop)
    return replace(told, accepted=fresh + about_people, known=len(said) - fresh)


def _keep(said: Sequence[Said], workshop: Workshop, now: datetime) -> int:
    arrivals = _arrivals(said, workshop, now)
    with workshop.store.write():
        _meet([arrival.customer_id for arrival in arrivals if arrival.customer_id], workshop)
        return workshop.store.arrivals.add(arrivals)


def _about_person(message: Message, workshop: Workshop) -> list[dict[str, str]]:
    """identify, alias or group; the traits that could not be read."""
    require_size(message)
    kind = message.get("type")
    if kind == "identify":
        return identify(message, workshop)
    if kind == "alias":
        alias(message, workshop)
    elif kind != "group":  # which company somebody belongs to is nothing that we use
        raise Refused("type", f"{str(kind)[:40]!r} is none of track, identify, page, screen, alias, group")
    return []


def _arrivals(said: Sequence[Said], workshop: Workshop, now: datetime) -> list[Arrival]:
    strangers = [x.anonymous_id for x in said if x.customer_id is None and x.anonymous_id]
    known = workshop.store.arrivals.known_as(strangers) if strangers else {}
    return [
        Arrival(x.message_id, x.customer_id or known.get(x.anonymous_id or ""), x.anonymous_id, now, x.rows)
        for x in said
    ]


def _set_aside(message: Message, why: Refused, now: datetime) -> Arrival:
    """Kept as it came, so that nothing is lost: a message that was too large keeps only its beginning."""
    text = json.dumps(message, ensure_ascii=True, default=str)  # as text: no database minds what stands in it
    kept = {"raw": text if why.field != "message" else text[:2_000]}
    return Arrival(message_id(message), None, None, now, [kept], refused=f"{why.field}: {why.reason}")


def _meet(ids: Sequence[str], workshop: Workshop) -> None:
    """Customers who are new become bare records, so that they can be scored."""
    wanted = sorted(set(ids))
    strangers = set(wanted) - workshop.store.people.known(wanted)
    if strangers:
        brand = workshop.brand
        bare = (bare_customer(name, None, brand, brand.made_up) for name in sorted(strangers))
        workshop.store.people.put(bare, workshop.clock.now(), source="events")


def _act_on(said: Sequence[Said], workshop: Workshop) -> None:
    """What must not wait: an unsubscribe ends marketing now, a coupon at the till is redeemed now."""
    strangers = [x.anonymous_id for x in said if x.kind == "unsubscribe" and not x.customer_id and x.anonymous_id]
    known = workshop.store.arrivals.known_as(strangers) if strangers else {}
    for x in said:
        customer_id = x.customer_id or known.get(x.anonymous_id or "")
        if x.kind == "unsubscribe" and customer_id:
            with suppress(NotFound):
                feedback.unsubscribe(customer_id, x.at, "event", workshop.house)
        if x.coupon and x.kind in ("order", "coupon_used"):
            with suppress(HoldfastError):  # somebody else's coupon, or one of ours that was redeemed before
                row = OutcomeRow("redeemed", x.at, code=x.coupon, amount=_total(x, workshop))
                feedback.record(row, workshop.house, "event")


def _total(said: Said, workshop: Workshop) -> Money | None:
    total = sum(Decimal(str(row.get("unit_price") or 0)) * Decimal(str(row.get("quantity") or 1)) for row in said.rows)
    return to_minor(Decimal(total), workshop.brand.currency) if total else None


# --- who somebody is --------------------------------------------------------------------------------------------------


def identify(message: Message, workshop: Workshop) -> list[dict[str, str]]:
    """Traits onto the customer's record: what is not said stays as it was. Returns the traits that cannot be read.

    Raises Refused when nobody is named, or a trait is no text at all.
    """
    import pandas as pd

    from scoring.customers import read_customers

    customer_id, anonymous_id = who(message)
    if customer_id is None:
        return []  # traits of somebody who is still nobody: there is no record to keep them on
    row = _row_of(message.get("traits") or {}, message.get("context") or {})
    batch = read_customers(pd.DataFrame([{"customer_id": customer_id, **row}]), now=workshop.clock.now())
    people, brand = workshop.store.people, workshop.brand
    unread = batch.quarantine.to_dict("records")
    carried = batch.carried - {str(fault["column"]) for fault in unread}  # what cannot be read changes nothing
    with workshop.store.write():
        people.lock_many([customer_id])  # a withdrawal that comes in meanwhile is seen, or waits
        stored = people.get_many([customer_id]) or NOBODY
        people.put(customers_from_rows(batch.customers, brand, brand.made_up, stored, carried), workshop.clock.now())
        if anonymous_id is not None:
            workshop.store.arrivals.identify(anonymous_id, customer_id)
    return [{"field": f"traits.{row['column']}", "message": str(row["code"]).replace("_", " ")} for row in unread]


def alias(message: Message, workshop: Workshop) -> None:
    """previousId was this customer before we knew."""
    customer_id, _ = who(message)
    previous = message.get("previousId")
    if customer_id is None or not isinstance(previous, str) or not previous:
        raise Refused("previousId", "an alias needs userId and previousId")
    _meet([customer_id], workshop)
    workshop.store.arrivals.identify(previous, customer_id)


def _row_of(traits: Any, context: Any) -> dict[str, Any]:
    """Segment's reserved traits under our names; `consent_email` and its kin as they are."""
    if not isinstance(traits, Mapping):
        raise Refused("traits", "it must be an object")
    row = {name: traits[name] for name in TRAITS if _said(traits.get(name))}
    first, last = traits.get("firstName"), traits.get("lastName")
    if _said(first):
        row["given_name"] = first
        row.setdefault("name", f"{first} {last}" if _said(last) else first)
    address = traits.get("address")
    if isinstance(address, Mapping) and _said(address.get("country")):
        row.setdefault("country", address["country"])
    if _said(traits.get("createdAt")):
        row["member_since"] = traits["createdAt"]
    if isinstance(context, Mapping):
        if _said(context.get("timezone")):
            row.setdefault("timezone", context["timezone"])
        if _said(context.get("locale")):
            row.setdefault("language", context["locale"])
        device = context.get("device")
        if isinstance(device, Mapping) and _said(device.get("token")):
            row.setdefault("push_token", device["token"])
    row |= {name: value for name, value in traits.items() if str(name).startswith("consent_") and _said(value)}
    if str(traits.get("unsubscribed")).casefold() in ("true", "1", "yes"):
        row["suppressed"] = "yes"
    return {name: _plain(name, value) for name, value in row.items()}


def _said(value: Any) -> bool:
    return value is not None and value != ""


def _plain(name: str, value: Any) -> str:
    if isinstance(value, Mapping | list):
        raise Refused(f"traits.{name}", "it must be text or a number")
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if "\x00" in text or len(text) > 500 or any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused(f"traits.{name}", "it has more than 500 characters, or one that is no text")
    return text


# --- into the event log -----------------------------------------------------------------------------------------------


def move(workshop: Workshop) -> int:
    """What has gathered, into the event log; how many messages that were. Safe to run twice, and to be killed in."""
    moved = 0
    while waiting := workshop.store.arrivals.waiting(AT_ONCE):
        workshop.log.append(as_table(waiting))
        workshop.store.arrivals.remove([arrival.number for arrival in waiting])
        moved += len(waiting)
    return moved


def as_table(arrivals: Sequence[Arrival]) -> pd.DataFrame:
    """The events of these messages in the columns of the event log."""
    import pandas as pd

    from scoring.events import EVENT_COLUMNS, empty_events

    rows = [
        {**{name: _whole(value) for name, value in row.items()}, "customer_id": arrival.customer_id}
        for arrival in arrivals
        for row in arrival.rows
    ]
    table = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    table["at"] = pd.to_datetime(table["at"], utc=True, format="ISO8601")
    like = empty_events()
    return table.astype({name: like[name].dtype for name in EVENT_COLUMNS})


def _whole(value: Any) -> Any:
    """Half an emoji, where a sender cut a text in the middle of one, becomes the sign for what cannot be read.

    Parquet takes no half characters, and one of them would keep everybody's events from the log.
    """
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
