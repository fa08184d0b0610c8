"""Whether a condition holds for one customer now: from their events, their score and the moment, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.domain import Event
from agent.flow.records import Condition, Flow
from scoring.records import RiskBand, RiskScore

BANDS = (RiskBand.LOW, RiskBand.MEDIUM, RiskBand.HIGH)


def holds(
    condition: Condition, events: Sequence[Event], score: RiskScore | None, now: datetime, entered: datetime | None
) -> bool:
    """`events` oldest first, strictly before `now`. `entered` None: the customer is not in the flow yet."""
    return (
        _of_event(condition, events, now, entered)
        and _of_orders(condition, events, now)
        and (condition.band is None or (score is not None and _at_least(score.band, condition.band)))
    )


def entered_by(flow: Flow, events: Sequence[Event], score: RiskScore | None, now: datetime) -> bool:
    """Whether a customer enters now."""
    return holds(flow.enter, events, score, now, None)


def reached(flow: Flow, events: Sequence[Event], entered: datetime) -> bool:
    """Whether the goal was reached after entering."""
    return any(event.kind in flow.goal and event.at > entered for event in events)


def _of_event(condition: Condition, events: Sequence[Event], now: datetime, entered: datetime | None) -> bool:
    if condition.event is None:
        return True
    begin = entered if condition.since_entry else None
    found = [event for event in events if event.kind == condition.event and (begin is None or event.at > begin)]
    last = found[-1].at if found else None
    there = last is not None and (
        (condition.older_than is None or last <= now - condition.older_than)
        and (condition.newer_than is None or last > now - condition.newer_than)
        and not any(event.kind in condition.without and event.at >= last for event in events)
    )
    return there is not condition.absent


def _of_orders(condition: Condition, events: Sequence[Event], now: datetime) -> bool:
    orders = [event for event in events if event.kind == "order"]
    if condition.orders is not None and len({event.order_id or event.id for event in orders}) < condition.orders:
        return False
    if condition.silent_days is None:
        return True
    return bool(orders) and (now - orders[-1].at).days >= condition.silent_days


def _at_least(band: RiskBand, wanted: RiskBand) -> bool:
    return BANDS.index(band) >= BANDS.index(wanted)
