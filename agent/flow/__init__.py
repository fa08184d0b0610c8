"""Campaigns of several steps: wait, ask a condition, send; ended by a goal. Records, their TOML, and the conditions.

Pure: `agent.campaign.flows` walks customers through them.
"""

from agent.flow.conditions import entered_by, holds, reached
from agent.flow.reading import flow_as_row, read_flow
from agent.flow.records import Condition, Flow, Step

__all__ = ["Condition", "Flow", "Step", "entered_by", "flow_as_row", "holds", "reached", "read_flow"]
