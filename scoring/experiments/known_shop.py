"""Our estimate beside the truth: experiments on a simulated shop in which both lives of every customer are known.

Takes a `Truth`; each customer is put into one arm by lot and answers once. The estimate sees that answer alone; the
truth is the mean over everybody of the answer with the contact minus the answer without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.experiments.difference import difference
from scoring.experiments.sample import Sample, share_of
from scoring.simulation import Answer, Truth

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contact:
    """One way of writing to a customer; `offer` None is nobody writing. See `Truth.outcomes`."""

    name: str
    offer: str | None
    channel: str | None = None
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One question: the true difference and our estimate of it with its 95 % interval, as shares of customers."""

    question: str
    customers: int
    truth: float
    estimate: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        return self.low <= self.truth <= self.high

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "inside": self.inside}


NOBODY = Contact("nobody writes", None)
COUPON = Contact("a coupon", "percent")
ASKED: tuple[tuple[str, Contact, Contact, Callable[[Answer], bool]], ...] = (
    ("stay: a percent coupon", COUPON, NOBODY, lambda answer: answer.stayed),
    ("stay: free shipping", Contact("shipping", "free_shipping"), NOBODY, lambda answer: answer.stayed),
    ("stay: points", Contact("points", "points"), NOBODY, lambda answer: answer.stayed),
    ("stay: something to read", Contact("content", "content"), NOBODY, lambda answer: answer.stayed),
    ("stay: a call by a person", Contact("call", "human_call"), NOBODY, lambda answer: answer.stayed),
    ("stay: a coupon, all of it by SMS", Contact("sms", "percent", "sms"), NOBODY, lambda answer: answer.stayed),
    ("stay: a coupon as third message of the month", Contact("third", "percent", earlier=2), NOBODY,
     lambda answer: answer.stayed),
    ("stay: nobody writes after two coupons (they wait)", Contact("weaned", None, earlier=2), NOBODY,
     lambda answer: answer.stayed),
    ("redeem: a percent coupon", COUPON, NOBODY, lambda answer: answer.redeemed),
    ("unsubscribe: a percent coupon", COUPON, NOBODY, lambda answer: answer.unsubscribed),
    ("complain: a percent coupon", COUPON, NOBODY, lambda answer: answer.complained),
)  # fmt: skip


def compare(truth: Truth, seed: int) -> list[Row]:
    """Each question asked of its own lottery: half in one arm, half in the other."""
    ids = [str(customer) for customer in truth.table.index]
    answers = _answers(truth, ids)
    rows = []
    for number, (question, treated, control, happened) in enumerate(ASKED):
        with_it, without = (np.array([happened(a) for a in answers[each.name]]) for each in (treated, control))
        lot = np.random.default_rng([seed, number]).random(len(ids)) < 0.5
        found = difference(_share(with_it[lot]), _share(without[~lot]))
        true = float(with_it.mean() - without.mean())
        rows.append(Row(question, len(ids), true, found.lift, found.low, found.high))
    return rows


def _answers(truth: Truth, ids: list[str]) -> dict[str, list[Answer]]:
    contacts = {each.name: each for _, treated, control, _ in ASKED for each in (treated, control)}
    return {
        name: [truth.outcomes(customer, each.offer, each.channel, each.earlier) for customer in ids]
        for name, each in contacts.items()
    }


def _share(happened: Bools) -> Sample:
    return share_of(len(happened), int(happened.sum()))
