"""What an effect is worth: margin gained by it, less what the contacts cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from scoring.experiments.difference import Difference


@dataclass(frozen=True, slots=True)
class NetProfit:
    """Money in the table's own unit. `per_contact` with its 95 % interval `low`, `high`; `total` over all who were
    contacted, with `total_low`, `total_high`."""

    total: float
    per_contact: float
    low: float
    high: float
    total_low: float
    total_high: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def net_profit(gain: Difference, cost: float, contacts: int) -> NetProfit:
    """`gain`: margin a customer, treated minus control. What bought-anyway customers redeemed is in it already, because
    the control group bought as well. `cost` is that of one contact; everybody in the arm was one of `contacts`."""
    net = gain.plus(-cost)
    return NetProfit(net.lift * contacts, net.lift, net.low, net.high, net.low * contacts, net.high * contacts)
