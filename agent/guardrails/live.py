"""The rules that rest on the customer's state alone, without the words: may we write to this person, here and now?

For messages whose words were judged before. Takes the context of one message, gives what the permission rules find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain import Finding, Words
from agent.guardrails.context import GateContext
from agent.guardrails.engine import against_any
from agent.guardrails.message import Message
from agent.guardrails.permission import RULES
from agent.guardrails.transport import RULES as OF_TRANSPORT
from agent.guardrails.transport import is_repeated

NO_WORDS = Words(None, "")


def live_findings(context: GateContext) -> tuple[Finding, ...]:
    """As `check` would find them for a message of the stated purpose; only rules of this channel are asked."""
    message = Message(NO_WORDS, context)
    channel = context.channel.value
    return tuple(finding for rule in RULES if channel in rule.channels for finding in rule.check(message))


@dataclass(frozen=True, slots=True)
class Standing:
    """`objections`: the rules that keep any marketing from this customer now, the most primary first.

    The hour alone is none: such a message waits until `opens_at`, and `waits` says why.
    """

    objections: tuple[str, ...]
    waits: tuple[Finding, ...] = ()
    opens_at: datetime | None = None


def standing(context: GateContext) -> Standing:
    """As the whole gate would find it for two harmless words (a test compares), a hundred times quicker."""
    found, opens_at = against_any(context, (*RULES, *OF_TRANSPORT))
    waits = tuple(finding for finding in found if opens_at is not None and finding.rule == "QUIET_HOURS")
    return Standing(tuple(finding.rule for finding in found if finding not in waits), waits, opens_at)


def repeats(body: str, earlier: Sequence[str]) -> bool:
    """Whether these are the words of an earlier message, give or take links and codes."""
    return is_repeated(body, earlier)
