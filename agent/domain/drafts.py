"""What a writer is asked, what it answers, and the draft that becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.domain.facts import FactSheet, Source
from agent.domain.people import Channel, Language, Purpose


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: str
    content: str


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What a writer is asked. Chat models read `messages`; the composer reads `sheet` and `flags`.

    `urgent`: somebody waits for the answer; a campaign's drafts let those go first where a model serves many at once.
    """

    messages: tuple[ChatMessage, ...]
    sheet: FactSheet
    flags: tuple[str, ...] = ()
    seed: int = 0
    max_tokens: int = 400
    timeout_s: float = 60.0
    urgent: bool = True


@dataclass(frozen=True, slots=True)
class WriterReply:
    """Raw words with slots, as they came.

    `finished` is False when the writer ran into its token limit. `read_words` says that the writer read the prompt's
    words, a rep's own wish among them; the small writers read flags alone.
    """

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    finished: bool = True
    read_words: bool = False


BY_HAND = "a person"
"""The name on a stamp where no model and no phrasebook wrote, but somebody of the shop."""


@dataclass(frozen=True, slots=True)
class WriterStamp:
    """Who wrote a draft, with what, at what price. `fell_back_from` names the writers that failed before, in order."""

    name: str
    revision: str
    prompt: str
    seed: int
    ms: int
    tokens: int
    attempts: int
    fell_back_from: tuple[str, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of `field` that the realiser filled: the citation of a fact.

    `kind` is fact, offer, clause or act.
    """

    field: str
    start: int
    end: int
    slot: str
    kind: str
    source: Source


@dataclass(frozen=True, slots=True)
class Realised:
    """A template filled from its sheet, mandatory parts included, with the citation of every filled character."""

    subject: str | None
    body: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """A rep's wish, read: the flags that will be kept, and the words that nobody understood.

    `passed_on` are words without a flag that a large model was told as they stand; whether it kept them a person sees.
    """

    text: str = ""
    understood: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    passed_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as written and as filled. `subject` is None where the channel has none; for push it is the title."""

    draft_id: str
    case_id: str
    language: Language
    channel: Channel
    purpose: Purpose
    situation: str
    subject_template: str | None
    body_template: str
    subject: str | None
    body: str
    spans: tuple[Span, ...]
    writer: WriterStamp
    instruction: Instruction = field(default_factory=Instruction)


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a message. `subject` is None where there is none."""

    subject: str | None
    body: str
