"""What only a simulation knows: who leaves when nobody writes, whom which contact would keep, who is better left alone.

Draws it from the customers' lives, and answers for one customer at a time. Never read by anything that learns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.simulation.behaviour import FUTURE_DAYS, TROUBLES, Bools, Floats, Lives

OFFER_KINDS = (
    "percent",
    "amount",
    "free_shipping",
    "points",
    "content",
    "engagement",
    "service_act",
    "human_call",
)
MONEY = frozenset({"percent", "amount", "free_shipping", "points"})


@dataclass(frozen=True, slots=True)
class Answer:
    """How a customer answers one contact. `stayed` is a purchase within 90 days; `order_day` counts
    from the contact."""

    opened: bool
    clicked: bool
    redeemed: bool
    unsubscribed: bool
    stayed: bool
    order_day: int | None
    complained: bool = False


CHANNELS = ("email", "sms", "push", "chat")
_FAVOURITE = (0.45, 0.65, 0.85, 1.0)
ELSEWHERE = 0.7
"""What is left of a contact's chances on a channel that is not the customer's own."""
TIRED = 0.8
"""What is left of them for each earlier contact in the last month."""
HUNTS_FROM = 0.75
"""Price sensitivity from which a customer who would buy anyway takes every coupon, and learns to wait for the next."""
LEARNS_AFTER = 2


def draw_truth(lives: Lives, ids: list[str], bought_later: Bools, dice: np.random.Generator) -> pd.DataFrame:
    """One row a customer: the outcome without contact, chances with each kind of contact, and the stratum."""
    count = len(ids)
    chances = _chances(lives)
    resistance = dice.random(count)
    dog = bought_later & (dice.random(count) < 0.10 * (1 - lives.engagement))
    moved = {kind: ~bought_later & (resistance < chance) for kind, chance in chances.items()}
    by = [",".join(kind for kind in OFFER_KINDS if moved[kind][at]) for at in range(count)]
    stratum = np.select(
        [dog, bought_later, np.array([bool(kinds) for kinds in by])],
        ["sleeping_dog", "sure_thing", "persuadable"],
        "lost_cause",
    )
    truth = pd.DataFrame(
        {
            "customer_id": ids,
            "would_leave": np.where(bought_later, 0, 1),
            "stratum": stratum,
            "persuadable_by": by,
            "cause": np.where(lives.leaves_at < FUTURE_DAYS, lives.cause, ""),
            "price_sensitivity": lives.price_sensitivity.round(4),
            "engagement": lives.engagement.round(4),
            "resistance": resistance.round(6),
            "luck": dice.random(count).round(6),
        }
    )
    for kind, chance in chances.items():
        truth[f"p_kept_{kind}"] = chance.round(4)
    return truth


def _chances(lives: Lives) -> dict[str, Floats]:
    """How likely a contact keeps somebody who would leave: less, the longer they have been gone."""
    gone_for = np.clip(-np.minimum(lives.leaves_at, FUTURE_DAYS), 0, None)
    warm = np.exp(-gone_for / 140)
    price, heart = lives.price_sensitivity, lives.engagement
    hurt = np.isin(lives.cause, TROUBLES)
    raw = {
        "percent": 0.08 + 0.66 * price,
        "amount": 0.07 + 0.62 * price,
        "free_shipping": 0.05 + 0.40 * price,
        "points": 0.04 + 0.26 * heart,
        "content": 0.05 + 0.28 * heart,
        "engagement": 0.05 + 0.30 * heart,
        "service_act": np.where(hurt, 0.15 + 0.50 * heart, 0.03),
        "human_call": np.where(hurt, 0.22 + 0.52 * heart, 0.08),
    }
    return {kind: np.clip(chance * warm, 0, 0.95) for kind, chance in raw.items()}


class Truth:
    """The truth of one simulated shop."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table.set_index("customer_id", drop=False)
        self._rows: dict[str, dict[str, Any]] = {
            str(row["customer_id"]): {str(name): value for name, value in row.items()}
            for row in table.to_dict("records")
        }

    @classmethod
    def load(cls, folder: Path) -> Truth:
        text = {"customer_id": str, "stratum": str, "persuadable_by": str, "cause": str}
        return cls(pd.read_csv(folder / "truth.csv", dtype=text, keep_default_na=False))

    def outcomes(
        self, customer_id: str, contacted_with: str | None, channel: str | None = None, earlier: int = 0
    ) -> Answer:
        """How this customer answers a contact (None: nobody writes). The same question has the same answer.

        `channel` None is the customer's favourite one. `earlier`: contacts of the last month, with coupons where
        `contacted_with` is one: each tires, and after a few a coupon hunter buys no more without.
        """
        row = self._rows[customer_id]
        leaves, dog = bool(row["would_leave"]), row["stratum"] == "sleeping_dog"
        hunter = row["stratum"] == "sure_thing" and row["price_sensitivity"] > HUNTS_FROM
        if contacted_with is None:
            waits = leaves or (hunter and earlier >= LEARNS_AFTER)
            return Answer(False, False, False, False, not waits, None if waits else self._day(row))
        if contacted_with not in OFFER_KINDS:
            raise ValueError(f"{contacted_with!r} is none of {', '.join(OFFER_KINDS)}")
        reached = TIRED**earlier * (1.0 if channel in (None, self.favourite(customer_id)) else ELSEWHERE)
        moved = leaves and float(row["resistance"]) < float(row[f"p_kept_{contacted_with}"]) * reached
        coupon = contacted_with in MONEY
        waits = hunter and earlier >= LEARNS_AFTER and not coupon
        stayed = moved or (not leaves and not dog and not waits)
        opened = moved or self._dice(row, contacted_with, "open") < (0.15 + 0.6 * row["engagement"]) * reached
        clicked = opened and (moved or self._dice(row, contacted_with, "click") < 0.3)
        wants = moved or hunter or self._dice(row, contacted_with, "redeem") < row["price_sensitivity"]
        redeemed = bool(stayed and coupon and wants and (clicked or hunter))
        goes = self._dice(row, contacted_with, "unsubscribe") < (0.45 if dog else 0.008 * (1 + earlier))
        complains = self._dice(row, contacted_with, "complain") < (0.10 if dog else 0.0015 * 2**earlier)
        day = self._day(row) if stayed else None
        return Answer(bool(opened), bool(clicked), redeemed, bool(goes), bool(stayed), day, bool(complains))

    def favourite(self, customer_id: str) -> str:
        """The channel on which this customer reads."""
        drawn = self._dice(self._rows[customer_id], "", "channel")
        return next(name for name, below in zip(CHANNELS, _FAVOURITE, strict=True) if drawn < below)

    def _day(self, row: Mapping[str, Any]) -> int:
        return int(self._dice(row, "", "day") * FUTURE_DAYS)

    @staticmethod
    def _dice(row: Mapping[str, Any], *about: str) -> float:
        seed = "|".join((str(row["customer_id"]), str(row["luck"]), *about))
        return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6], "big") / 2**48
