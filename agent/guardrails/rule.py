"""What a rule is: an id, whom it protects, where it comes from, a check, perhaps a repair, and its examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.domain import Finding, Severity, Words
from agent.guardrails.message import Message


@dataclass(frozen=True, slots=True)
class Example:
    """One line of a rule's table, run by the tests. `breaks` tells whether the rule must speak.

    `changes` are laid over a plain context of that language and channel, nested mappings merged.
    """

    breaks: bool
    body: str
    language: str = "zh"
    channel: str = "chat"
    subject: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the house. `rank` orders findings: the smaller, the more it is the heart of the matter."""

    id: str
    rank: int
    protects: str
    source: str
    severity: Severity
    check: Callable[[Message], Iterable[Finding]]
    channels: tuple[str, ...] = ("email", "sms", "push", "chat")
    repair: Callable[[Message], Words] | None = None
    examples: tuple[Example, ...] = ()
    version: int = 1


def broken(body: str, **rest: Any) -> Example:
    return Example(True, body, **rest)


def fine(body: str, **rest: Any) -> Example:
    return Example(False, body, **rest)
