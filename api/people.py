"""Imported customer rows → Customer records, with the brand's stated defaults where a row is silent.

Whatever is filled from a default is named in `assumed`, so that nobody mistakes it for the customer's own word. What
has no default stays unknown, and then a person looks. A customer who is known already changes only where the file has
something to say: a column that it does not carry, and a consent that it is silent about, stay as they are stored; a
withdrawal gives way to a later yes alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from agent.domain import Brand, Channel, Consent, Customer, Language
from api.zones import may_be_in, zone_of_country
from scoring.countries import country_code

TRIAL_PROOF = "none: made up for a trial"
ASSUMED = ("language", "timezone")
"""Fields with a default: a blank cell is silence, or the default would take the place of what is known."""
NOBODY: Mapping[str, Customer] = {}
FIELDS = (
    "name given_name gender language timezone country email phone push_token chat_id age tier points member_since "
    "account_status"
).split()


def customers_from_rows(
    table: pd.DataFrame,
    brand: Brand,
    made_up: bool,
    stored: Mapping[str, Customer] = NOBODY,
    carried: frozenset[str] = frozenset(),
) -> Iterator[Customer]:
    """One Customer a row of `scoring.customers.read_customers`; who is `stored` is merged with what is `carried`."""
    for raw in table.to_dict("records"):
        row = {str(key): _known(value) for key, value in raw.items()}
        known = stored.get(str(row["customer_id"]))
        yield customer_from(row, brand, made_up) if known is None else merge(known, row, carried, brand, made_up)


def merge(stored: Customer, row: Mapping[str, Any], carried: frozenset[str], brand: Brand, made_up: bool) -> Customer:
    """What is stored, changed by what the row says. Defaults are assumed anew, and never in the place of an answer.

    What was invented for a trial goes as soon as the customer turns out to be real.
    """
    made_up = stored.made_up and made_up
    kept = {name: getattr(stored, name) for name in FIELDS if name not in stored.assumed}
    said = {
        name: value for name, value in row.items() if name in carried and (value is not None or name not in ASSUMED)
    }
    fresh = customer_from({**kept, **said, "customer_id": stored.id}, brand, made_up)
    if made_up:
        invented = {name: getattr(stored, name) for name in ("email", "timezone") if getattr(fresh, name) is None}
        fresh = replace(fresh, **invented, assumed=(*fresh.assumed, *(n for n in invented if n in stored.assumed)))
    return replace(
        _with_stored_consents(fresh, stored, said),
        suppressed=stored.suppressed or fresh.suppressed,
        flags=stored.flags,
    )


def _with_stored_consents(fresh: Customer, stored: Customer, said: Mapping[str, Any]) -> Customer:
    consents, assumed = dict(fresh.consents), set(fresh.assumed)
    for channel, old in stored.consents.items():
        mark = f"consent.{channel}"
        new = fresh.consents.get(channel, Consent(None))
        if said.get(f"consent_{channel}") is not None and mark not in stored.assumed and is_kept_withdrawal(old, new):
            consents[channel] = old
        elif said.get(f"consent_{channel}") is not None:
            same = old.granted == new.granted and mark not in stored.assumed
            consents[channel] = replace(new, at=new.at or old.at, proof=new.proof or old.proof) if same else new
        elif stored.made_up and not fresh.made_up and mark in stored.assumed:
            consents[channel] = new
        elif old.granted is not None:
            consents[channel] = old
            assumed = assumed | {mark} if mark in stored.assumed else assumed - {mark}
    ordered = dict.fromkeys((*fresh.assumed, *stored.assumed))
    return replace(fresh, consents=consents, assumed=tuple(name for name in ordered if name in assumed))


def is_kept_withdrawal(old: Consent, new: Consent) -> bool:
    """Whether a "no" stands against this "yes": unless both are dated and the yes is the later, nobody can know.

    GDPR art. 7(3), PIPL art. 15: a withdrawal holds until somebody agrees anew; an export of before says nothing new.
    """
    if old.granted is not False or new.granted is not True:
        return False
    return old.at is None or new.at is None or new.at <= old.at


def withdrawals_kept(table: pd.DataFrame, stored: Mapping[str, Customer]) -> int:
    """How many consents of the table are a yes that does not undo the withdrawal on record."""
    kept = 0
    for raw in table.to_dict("records"):
        row = {str(key): _known(value) for key, value in raw.items()}
        if (known := stored.get(str(row["customer_id"]))) is None:
            continue
        fresh = dict(_consents(row))
        kept += sum(
            is_kept_withdrawal(old, fresh.get(channel, Consent(None)))
            for channel, old in known.consents.items()
            if f"consent.{channel}" not in known.assumed
        )
    return kept


def unproven_yeses(table: pd.DataFrame, stored: Mapping[str, Customer]) -> dict[Channel, int]:
    """How many say yes without its date or its proof, and have neither on record; channels without one are left out."""
    counts: Counter[Channel] = Counter()
    for raw in table.to_dict("records"):
        row = {str(key): _known(value) for key, value in raw.items()}
        known = stored.get(str(row["customer_id"]))
        for channel, consent in _consents(row):
            old = known.consents.get(channel) if known is not None else None
            at, proof = (old.at, old.proof) if old is not None and old.granted else (None, None)
            counts[channel] += bool(consent.granted and not ((consent.at or at) and (consent.proof or proof)))
    return {channel: counts[channel] for channel in Channel if counts[channel]}


def bare_customer(customer_id: str, country: str | None, brand: Brand, made_up: bool) -> Customer:
    """Somebody of whom we only have orders: everything else is assumed or unknown.

    For a trial (`made_up`) an address and consents are invented, so that the whole way can be walked: the address ends
    in `.invalid`, which nothing can ever be delivered to, and every invented field is named in `assumed`.
    """
    customer = customer_from({"customer_id": customer_id, "country": country}, brand, made_up)
    if not made_up:
        return customer
    missing = {channel: Consent(True, None, TRIAL_PROOF, "marketing") for channel in Channel}
    return replace(
        customer,
        email=f"{customer_id}@trial.invalid",
        timezone=customer.timezone or brand.timezone,
        consents=missing,
        assumed=(*customer.assumed, "email", "timezone", *(f"consent.{channel}" for channel in Channel)),
    )


def customer_from(row: Mapping[str, Any], brand: Brand, made_up: bool) -> Customer:
    assumed: list[str] = []
    language = row.get("language")
    if language is None:
        language = brand.assumed_language or brand.languages[0]
        assumed.append("language")
    zone = row.get("timezone")
    if zone is None and (zone := _assumed_zone(row.get("country"), brand)) is not None:
        assumed.append("timezone")
    consents = dict(_consents(row))
    for channel, proof in brand.assumed_consent.items():
        if consents.get(channel, Consent(None)).granted is None:
            consents[channel] = Consent(True, None, proof, "marketing")
            assumed.append(f"consent.{channel}")
    return Customer(
        id=str(row["customer_id"]),
        brand_id=brand.id,
        name=row.get("name"),
        language=Language(language),
        given_name=row.get("given_name"),
        gender=row.get("gender"),
        timezone=zone,
        country=country_code(row.get("country")),
        email=row.get("email"),
        phone=row.get("phone"),
        push_token=row.get("push_token"),
        chat_id=row.get("chat_id"),
        age=int(row["age"]) if row.get("age") is not None else None,
        tier=row.get("tier"),
        points=int(row["points"]) if row.get("points") is not None else None,
        member_since=_day(row.get("member_since")),
        consents=consents,
        suppressed=bool(row.get("suppressed") or False),
        account_status=row.get("account_status") or "active",
        assumed=tuple(assumed),
        made_up=made_up,
    )


def _assumed_zone(country: str | None, brand: Brand) -> str | None:
    """The country's, else the brand's where it may be: which law's rules hold rests on it, so nobody is put abroad."""
    if (zone := zone_of_country(country)) is not None:
        return zone
    stated = brand.assumed_timezone
    return stated if stated is not None and may_be_in(stated, country) else None


def _consents(row: Mapping[str, Any]) -> Iterator[tuple[Channel, Consent]]:
    for channel in Channel:
        granted = row.get(f"consent_{channel}")
        if granted is None:
            continue
        at = row.get(f"consent_{channel}_at")
        proof = row.get(f"consent_{channel}_proof")
        yield channel, Consent(bool(granted), _moment(at), str(proof) if proof else None, "marketing")


def _known(value: Any) -> Any:
    return None if value is None or (not isinstance(value, list | dict) and pd.isna(value)) else value


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = pd.Timestamp(value).to_pydatetime()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: Any) -> date | None:
    return pd.Timestamp(value).date() if value is not None else None
