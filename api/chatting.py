"""The chat in OpenAI's shapes: what a stock client sends, and the answer as a completion or as a stream of chunks.

Takes a request of `/v1/chat/completions`, gives a Conversation; takes an Answer, gives JSON. What is ours comes beside
OpenAI's own fields: `citations`, `covered`, `hand_off`, `trace_id`, `allowed_offers`. Only a whole, judged answer comes
in here, so a stream is that answer in pieces. Knows nothing of HTTP or of how the answer was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agent.chat import Answer, Citation, Conversation, Turn
from agent.domain import Language
from api.answers import offer_answer
from api.schemas import Id, OfferAnswer
from api.streams import PIECE

MODEL = "holdfast"
CREATED = int(datetime(2026, 11, 26, tzinfo=UTC).timestamp())
COUNTED = re.compile(r"[\u3400-\u9fff]|\w+|[^\w\s]")
DONE = "[DONE]"
Words = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]


# --- what comes in ----------------------------------------------------------------------------------------------------


class Part(BaseModel):
    """A piece of a message. Only text is read; pictures and sounds are passed over."""

    type: Annotated[str, Field(max_length=100)]
    text: Words | None = None


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Words | Annotated[list[Part], Field(max_length=100)] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class Wishes(BaseModel):
    """Ours, in `metadata`: whom the user is to us, and the language to answer in."""

    model_config = ConfigDict(extra="ignore")

    customer_id: Id | None = None
    language: Language | None = None


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class CompletionRequest(BaseModel):
    """What a stock client sends. What else it sends (temperature, tools, stop, max_tokens …) changes nothing."""

    model_config = ConfigDict(extra="ignore")

    messages: Annotated[list[Message], Field(min_length=1, max_length=500)]
    model: Annotated[str, Field(max_length=200)] = MODEL
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    user: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] | None = None
    metadata: Wishes | None = None


def conversation_of(asked: CompletionRequest, customer_id: str | None) -> Conversation:
    """The turns of user and assistant, up to the user's last; where the user said nothing yet, an empty word of theirs.

    A system message is somebody's wish, not our rule, and what a tool said is no question: both are left out.
    """
    turns = [Turn(said.role, said.words) for said in asked.messages if said.role in ("user", "assistant")]
    while turns and turns[-1].role != "user":
        turns.pop()
    return Conversation(
        tuple(turns) or (Turn("user", ""),), customer_id, asked.metadata.language if asked.metadata else None
    )


# --- what goes out ----------------------------------------------------------------------------------------------------


class CitationAnswer(BaseModel):
    """Characters [start, end) of the answer, which are the clause's own sentence."""

    start: int
    end: int
    quote: str
    clause_id: str
    document: str
    clause: str
    valid_from: str | None
    valid_to: str | None


class Said(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    citations: list[CitationAnswer]


class Choice(BaseModel):
    index: int = 0
    message: Said
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Counted by our own rule (a Chinese character, a word or a mark is one), because no tokenizer need be there."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    citations: list[CitationAnswer]
    covered: bool
    hand_off: bool
    hand_off_because: str
    intent: str
    language: Language
    customer_id: str | None
    allowed_offers: list[OfferAnswer]
    verdict: Literal["pass", "review", "block"]
    trace_id: str


class ModelAnswer(BaseModel):
    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = CREATED
    owned_by: str = MODEL


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelAnswer]


def completion(answer: Answer, conversation: Conversation, now: datetime) -> Completion:
    cited = [citation_answer(citation) for citation in answer.citations]
    return Completion(
        id=completion_id(answer),
        created=int(now.timestamp()),
        model=MODEL,
        choices=[Choice(message=Said(content=answer.text, citations=cited))],
        usage=usage_of(answer, conversation),
        **_ours(answer, conversation),
    )


def chunks(answer: Answer, conversation: Conversation, now: datetime, with_usage: bool = False) -> Iterator[str]:
    """The data of each event: the role, the text in pieces, a chunk that ends it with all that is ours, [DONE].

    The citations stand on the last piece of text as well, for clients that stop reading there.
    """
    head = {
        "id": completion_id(answer),
        "object": "chat.completion.chunk",
        "created": int(now.timestamp()),
        "model": MODEL,
    }
    ours = {
        key: [row.model_dump(mode="json") for row in value] if isinstance(value, list) else value
        for key, value in _ours(answer, conversation).items()
    }
    yield _chunk(head, {"role": "assistant", "content": ""})
    pieces = pieces_of(answer.text)
    for place, piece in enumerate(pieces):
        last = {"citations": ours["citations"]} if place == len(pieces) - 1 else {}
        yield _chunk(head, {"content": piece}, extra=last)
    yield _chunk(head, {}, "stop", ours)
    if with_usage:
        usage = usage_of(answer, conversation).model_dump()
        yield json.dumps({**head, "choices": [], "usage": usage}, ensure_ascii=False)
    yield DONE


def pieces_of(text: str) -> Sequence[str]:
    return PIECE.findall(text)


def _chunk(
    head: Mapping[str, Any],
    delta: Mapping[str, Any],
    finish_reason: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return json.dumps({**head, "choices": [choice], **(extra or {})}, ensure_ascii=False)


def _ours(answer: Answer, conversation: Conversation) -> dict[str, Any]:
    return {
        "citations": [citation_answer(citation) for citation in answer.citations],
        "covered": answer.covered,
        "hand_off": answer.hand_off,
        "hand_off_because": answer.because,
        "intent": answer.intent.value,
        "language": answer.language.value,
        "customer_id": conversation.customer_id,
        "allowed_offers": [OfferAnswer.model_validate(offer_answer(offer)) for offer in answer.offers],
        "verdict": answer.verdict.decision.value,
        "trace_id": answer.trace_id,
    }


def citation_answer(citation: Citation) -> CitationAnswer:
    clause = citation.clause
    return CitationAnswer(
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        clause_id=clause.id,
        document=clause.document,
        clause=clause.clause,
        valid_from=clause.valid_from.isoformat() if clause.valid_from else None,
        valid_to=clause.valid_to.isoformat() if clause.valid_to else None,
    )


def completion_id(answer: Answer) -> str:
    return f"chatcmpl-{answer.trace_id}"


def usage_of(answer: Answer, conversation: Conversation) -> Usage:
    asked = sum(len(COUNTED.findall(turn.content)) for turn in conversation.turns)
    said = len(COUNTED.findall(answer.text))
    return Usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said)
