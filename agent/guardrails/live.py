"""The rules that rest on the customer's state alone, without the words: may we write to this person, here and now?

For messages whose words were judged before. Takes the context of one message, gives what the permission rules find.
"""

from __future__ import annotations

from datetime import datetime

from agent.domain import Finding, Words
from agent.guardrails.context import GateContext
from agent.guardrails.engine import standing
from agent.guardrails.message import Message
from agent.guardrails.permission import RULES
from agent.guardrails.transport import RULES as OF_TRANSPORT

NO_WORDS = Words(None, "")


def live_findings(context: GateContext) -> tuple[Finding, ...]:
    """As `check` would find them for a message of the stated purpose; only rules of this channel are asked."""
    message = Message(NO_WORDS, context)
    channel = context.channel.value
    return tuple(finding for rule in RULES if channel in rule.channels for finding in rule.check(message))


def objections(context: GateContext) -> tuple[list[str], datetime | None]:
    """The rules that keep any marketing from this customer now, the most primary first; and when it may go.

    The whole gate on two harmless words would say the same (a test compares), a hundred times slower. The hour alone is
    no objection: such a message waits until the moment that is given.
    """
    found, opens_at = standing(context, (*RULES, *OF_TRANSPORT))
    waiting = {"QUIET_HOURS"} if opens_at is not None else set[str]()
    return [finding.rule for finding in found if finding.rule not in waiting], opens_at
