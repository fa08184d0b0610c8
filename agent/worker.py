"""What a worker does in one turn: go through the campaigns that run, or send what is due. The tables are the queue.

The two turns are separate, so that a long campaign never holds up what is approved. Whoever is killed in the middle
leaves rows, and the next turn, of this worker or another, goes on from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent import campaign, pipeline
from agent.domain import Delivery
from agent.errors import HoldfastError, StoreUnavailable
from agent.house import House
from agent.pipeline import Prepared
from agent.plan import plan_of


def draft_turn(house: House) -> list[Prepared]:
    """All of `drafting` at once."""
    return list(drafting(house))


def drafting(house: House) -> Iterator[Prepared]:
    """Every campaign that runs (its day has come) and that no other process is at work on, until it is through or
    stopped; those of the highest priority first."""
    for row in campaign.due(house):
        try:
            yield from campaign.walk_through(plan_of(row.plan), house)
        except StoreUnavailable:
            raise  # an outage is not a fault of this campaign
        except HoldfastError:
            continue  # another process is at work on it, or it cannot go on: the others can


def send_turn(house: House, stopped: Callable[[], bool] = lambda: False) -> list[Delivery]:
    """Everything in the outbox whose time has come; no other is begun once `stopped` says so."""
    return pipeline.send_due(house, stopped=stopped)
