"""The customers of a simulated shop as they go on living while it works: what they buy, redeem and ask to be spared.

Answers only what a shop could see, as rows of the tables that its importers read; keeps what nobody but a simulation
knows, which is what each customer would have bought had nobody written.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from agent.domain import Case
from scoring.simulation.truth import OFFER_KINDS, Answer, Truth

Row = dict[str, str]
WINDOW = timedelta(days=90)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Contact:
    """One message as it reached somebody, and the answer that it will find."""

    customer_id: str
    case_id: str
    at: datetime
    code: str | None
    answer: Answer


class World:
    """`orders` are those that come, `untouched` those that would have come without a word from us."""

    def __init__(self, shop: Path) -> None:
        self._truth = Truth.load(shop)
        self.untouched: dict[str, list[Row]] = defaultdict(list)
        for row in read_rows(shop / "future_orders.csv"):
            self.untouched[row["customer_id"]].append(row)
        self.orders = {customer: list(rows) for customer, rows in self.untouched.items()}
        self.contacts: list[Contact] = []

    def contacted(self, case: Case, at: datetime) -> None:
        """A message arrived: from now on this customer lives as the truth says of somebody so contacted."""
        customer, offer = case.customer_id, case.decision.offer if case.decision else None
        kind = offer.kind.value if offer and offer.kind.value in OFFER_KINDS else "content"
        earlier = sum(one.customer_id == customer and at - one.at <= MONTH for one in self.contacts)
        answer = self._truth.outcomes(customer, kind, case.channel.value, earlier)
        self.contacts.append(Contact(customer, case.case_id, at, offer.code if offer else None, answer))
        coming = [row for row in self.orders.get(customer, []) if moment(row["at"]) > at]
        if coming and not answer.stayed:
            self.orders[customer] = [row for row in self.orders[customer] if moment(row["at"]) <= at]
        elif not coming and answer.stayed and answer.order_day is not None:
            self.orders.setdefault(customer, []).append(self._order(customer, at + timedelta(answer.order_day, 3600)))

    def _order(self, customer: str, at: datetime) -> Row:
        goods = {"item_id": "T101", "item": "龙井绿茶 100克", "quantity": "1", "unit_price": "61.2", "currency": "CNY"}
        return {"customer_id": customer, "at": at.isoformat(), "order_id": f"K{len(self.contacts):06}", **goods}

    def orders_between(self, after: datetime, until: datetime) -> list[Row]:
        rows = [row for rows in self.orders.values() for row in rows if after < moment(row["at"]) <= until]
        return sorted(rows, key=lambda row: (row["at"], row["order_id"]))

    def outcomes_between(self, after: datetime, until: datetime) -> list[Row]:
        """An unsubscribe an hour after the message, a code with the first order after it."""
        return [row for one in self.contacts for row in self._outcomes(one) if after < moment(row["at"]) <= until]

    def _outcomes(self, contact: Contact) -> Iterator[Row]:
        if contact.answer.unsubscribed:
            yield outcome("unsubscribed", contact, contact.at + timedelta(hours=1))
        later = [moment(row["at"]) for row in self.orders.get(contact.customer_id, ())]
        first = min((at for at in later if at > contact.at), default=None)
        if contact.code and contact.answer.redeemed and first is not None:
            yield outcome("redeemed", contact, first + timedelta(minutes=1))

    def effect(self, customers: list[str], since: datetime) -> float:
        """How many more of these bought within the window than would have, as a share."""

        def bought(rows: list[Row] | None) -> bool:
            return any(since < moment(row["at"]) <= since + WINDOW for row in rows or ())

        more = sum(bought(self.orders.get(one)) - bought(self.untouched.get(one)) for one in customers)
        return more / len(customers)


def outcome(kind: str, contact: Contact, at: datetime) -> Row:
    return {"kind": kind, "at": at.isoformat(), "case_id": contact.case_id}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[Row]) -> None:
    """Nothing for nothing: a shop exports no empty table."""
    if not rows:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
