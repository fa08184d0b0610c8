"""The rules that rest on the customer's state alone, without the words: may we write to this person, here and now?

For messages whose words were judged before. Takes the context of one message, gives what the permission rules find.
"""

from __future__ import annotations

from agent.domain import Finding, Words
from agent.guardrails.context import GateContext
from agent.guardrails.message import Message
from agent.guardrails.permission import RULES

NO_WORDS = Words(None, "")


def live_findings(context: GateContext) -> tuple[Finding, ...]:
    """As `check` would find them for a message of the stated purpose; only rules of this channel are asked."""
    message = Message(NO_WORDS, context)
    channel = context.channel.value
    return tuple(finding for rule in RULES if channel in rule.channels for finding in rule.check(message))
