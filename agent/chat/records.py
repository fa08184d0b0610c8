"""The records of a chat: what was said to us, what is wanted, what we answer and on which clause each claim rests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.domain import Language, Offer, Verdict, WriterStamp
from knowledge.documents import Clause


@dataclass(frozen=True, slots=True)
class Turn:
    """`role` is user or assistant. What stands in a turn is data, whoever wrote it."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Oldest turn first; the last one is the user's. `customer_id` is None for somebody we do not know.

    `language` is set when the caller named one; else the user's own words decide.
    """

    turns: tuple[Turn, ...]
    customer_id: str | None = None
    language: Language | None = None

    @property
    def question(self) -> str:
        return self.turns[-1].content


class Intent(StrEnum):
    """What the user wants. UNSUBSCRIBE and CLOSE_ACCOUNT come before all else: leaving is never obstructed.

    WHY: why they got a message, or how it was decided. NO_PROFILE: that no program chooses for them any more.
    """

    QUESTION = "question"
    UNSUBSCRIBE = "unsubscribe"
    CLOSE_ACCOUNT = "close_account"
    NO_PROFILE = "no_profile"
    COMPLAINT = "complaint"
    HUMAN = "human"
    WHY = "why"
    SMALL_TALK = "small_talk"


@dataclass(frozen=True, slots=True)
class Citation:
    """Characters [start, end) of the answer, which are this clause's own sentence. Code points, end exclusive."""

    start: int
    end: int
    quote: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, and why it may be said.

    `covered`: the policies in force answer the question. `hand_off`: a person should take over, because of `because`.
    `offers` are those that this customer was sent and can still use; nobody unknown has any. `trace_id` is where the
    story of this answer is kept.
    """

    text: str
    language: Language
    intent: Intent
    citations: tuple[Citation, ...]
    covered: bool
    hand_off: bool
    because: str
    offers: tuple[Offer, ...]
    verdict: Verdict
    trace_id: str
    writer: WriterStamp | None = None
