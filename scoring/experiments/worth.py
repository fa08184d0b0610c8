"""What a campaign earned: margin gained, less what was redeemed and what sending cost, with an interval.

Customers who would have bought anyway and used their coupon (cannibalised sales) are no line to subtract: the hold-
out bought as well, so the difference of the arms has them in it already. They are estimated beside it, because a
coupon that goes mostly to them is the wrong coupon.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from scoring.experiments.campaign import Group
from scoring.experiments.difference import difference
from scoring.experiments.profit import NetProfit, net_profit
from scoring.experiments.sample import sample_of


@dataclass(frozen=True, slots=True)
class Worth:
    """Money in major units, over everybody written to. `margin`: gained against the hold-out, before costs.

    `redeemed` and `sending`: what it cost; `cannibalised`: the part of `redeemed` that probably went to customers who
    would have bought anyway. `net`: margin − redeemed − sending with its 95 % interval.
    """

    margin: float
    redeemed: float
    cannibalised: float
    sending: float
    net: NetProfit

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def worth(people: pd.DataFrame, margin_share: float) -> Worth | None:
    """`people`: `held_out`, `revenue`, `redeemed_cost`, `sending_cost` (major units), `bought` (0/1 so far).

    None while an arm has fewer than two customers.
    """
    held = people["held_out"]
    written = int((~held).sum())
    if written < 2 or int(held.sum()) < 2:
        return None
    gained = margin_share * people["revenue"]
    kept = gained - people["redeemed_cost"] - people["sending_cost"]
    found = difference(*(sample_of(kept[arm].to_numpy(dtype="float64")) for arm in (~held, held)))
    redeemed = float(people.loc[~held, "redeemed_cost"].sum())
    return Worth(
        margin=float(gained[~held].mean() - gained[held].mean()) * written,
        redeemed=redeemed,
        cannibalised=redeemed * _anyway(people, written),
        sending=float(people.loc[~held, "sending_cost"].sum()),
        net=net_profit(found, 0.0, written),
    )


def _anyway(people: pd.DataFrame, written: int) -> float:
    """The share of redeemers beyond those who bought more than the hold-out did."""
    held = people["held_out"]
    redeemers = int((people.loc[~held, "redeemed_cost"] > 0).sum())
    rates = (
        Group(written, int(people.loc[~held, "bought"].sum())),
        Group(int(held.sum()), int(people.loc[held, "bought"].sum())),
    )
    more = max(0.0, rates[0].rate - rates[1].rate) * written
    return max(0.0, redeemers - more) / redeemers if redeemers else 0.0
