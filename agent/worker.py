"""What a worker does in one turn: go through the campaigns that run, or send what is due. The tables are the queue.

The two turns are separate, so that a long campaign never holds up what is approved. Whoever is killed in the middle
leaves rows, and the next turn, of this worker or another, goes on from them.
"""

from __future__ import annotations

from agent import campaign, pipeline
from agent.domain import CampaignStatus, Delivery
from agent.errors import TransitionNotAllowed
from agent.house import House
from agent.pipeline import Prepared
from agent.plan import plan_of


def draft_turn(house: House) -> list[Prepared]:
    """Every campaign that runs and that no other process is at work on, until it is through or stopped."""
    prepared: list[Prepared] = []
    for row in house.store.campaigns.rows([CampaignStatus.RUNNING]):
        try:
            prepared += campaign.go_through(plan_of(row.plan), house)
        except TransitionNotAllowed:
            continue
    return prepared


def send_turn(house: House) -> list[Delivery]:
    """Everything in the outbox whose time has come."""
    return pipeline.send_due(house)
