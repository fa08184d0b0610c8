"""A model may word the answer, from slots only. Takes a conversation, a sheet and the ladder; gives words or None.

One answer and one repair a writer, read and checked like a draft's. Anything wrong (an outage, a missing slot, a rule
or a number of its own, a gate that is not content) is None in the end, and the fixed sentences answer instead.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.chat.records import Conversation
from agent.domain import (
    ChatMessage,
    Decision,
    FactSheet,
    Finding,
    Language,
    Realised,
    Severity,
    Verdict,
    WriteRequest,
    WriterReply,
    WriterStamp,
)
from agent.draft.align import align
from agent.draft.problems import problems
from agent.draft.reply import read_reply
from agent.draft.request import Asked, ask_again
from agent.errors import HoldfastError, SlotError
from agent.guardrails.statements import topics_of
from agent.language.masking import mask
from agent.language.normalise import fold, sentences
from agent.ports import Writer
from agent.realise.fill import fill
from agent.slots import slot_names
from agent.slots.grammar import TOKEN
from prompts.template import load_prompt, load_wording

Judge = Callable[[Realised], Verdict]
LAST_TURNS, LONGEST_TURN, LONGEST_QUESTION = 4, 200, 600
ROOM = 250
MOST_OWN_WORDS = {Language.ZH: 80, Language.EN: 240}
"""Characters that a model may add around the rules' sentences."""
NUMBER = re.compile(
    r"\d|[零〇一二两三四五六七八九十百千万]+(?:[天日年月周元折倍件次]|个月|小时)|%|％|https?:|www\.", re.IGNORECASE
)

OFFER = re.compile(
    r"买.送|送.张|赠|免费|免单|优惠|折扣|打折|券|红包|返现"
    r"|\b(?:free|gratis|discount\w*|coupons?|vouchers?|cash ?back|bonus|gifts?)\b",
    re.IGNORECASE,
)
"""The rules that are quoted may speak of presents and coupons; a model's own words beside them may not."""


@dataclass(frozen=True, slots=True)
class Worded:
    """Words that a model found and the gate let pass, with the stamp of who it was."""

    filled: Realised
    verdict: Verdict
    stamp: WriterStamp


def word_it(
    conversation: Conversation,
    sheet: FactSheet,
    models: Sequence[Writer],
    judge: Judge,
    seed: int,
    names: Sequence[str] = (),
) -> tuple[Worded | None, tuple[str, ...]]:
    """The first model's words that are in order, and the names of those that were passed over.

    `names` are those of the person who asks: they are masked with the rest.
    """
    if not models:
        return None, ()
    asked = _ask(conversation, sheet, seed, names)
    passed_over: list[str] = []
    for model in models:
        started = time.perf_counter()
        try:
            found = _two_tries(model, asked, sheet, judge)
        except HoldfastError:  # an outage, or a model that is not set up: never a reason to leave somebody unanswered
            found = None
        if found is not None:
            filled, verdict, tokens, attempts = found
            stamp = WriterStamp(
                name=model.name,
                revision=model.revision,
                prompt=asked.prompt,
                seed=seed,
                ms=round((time.perf_counter() - started) * 1000),
                tokens=tokens,
                attempts=attempts,
                fell_back_from=tuple(passed_over),
            )
            return Worded(filled, verdict, stamp), tuple(passed_over)
        passed_over.append(model.name)
    return None, tuple(passed_over)


def _two_tries(
    model: Writer, asked: Asked, sheet: FactSheet, judge: Judge
) -> tuple[Realised, Verdict, int, int] | None:
    request, tokens = asked.request, 0
    for attempt in (1, 2):
        reply = model.write(request)
        tokens += reply.tokens_in + reply.tokens_out
        filled, findings = _read(reply, sheet)
        if filled is not None:
            verdict = judge(filled)
            if verdict.decision is Decision.PASS:
                return filled, verdict, tokens, attempt
            findings = verdict.findings
        request = ask_again(asked, reply, findings)
    return None


def _read(reply: WriterReply, sheet: FactSheet) -> tuple[Realised | None, tuple[Finding, ...]]:
    template = read_reply(reply.text, sheet.channel)
    body = align(template.body, sheet)
    found = (*problems(replace(template, body=body), sheet, reply.finished), *_own_words(body, sheet))
    if found:
        return None, found
    try:
        text, spans = fill(body, sheet, 0, "body")
    except SlotError as error:
        return None, (_finding("SLOT_UNFILLED", f"{error.message} {error.remedy}".strip()),)
    return Realised(None, text, spans), ()


def _own_words(body: str, sheet: FactSheet) -> tuple[Finding, ...]:
    """Whatever is said about a rule is a citation: outside the slots stand only a few words that claim nothing."""
    own = TOKEN.sub("", body)
    found: list[Finding] = []
    if len(own) > MOST_OWN_WORDS[sheet.language]:
        found.append(
            _finding("CHAT_LONG", "Too many words of your own. Write one or two short sentences and the slots.")
        )
    if NUMBER.search(own):
        found.append(_finding("CHAT_NUMBER", "A number or link of your own. Leave it out; the slots hold the facts."))
    if offered := OFFER.search(own):
        found.append(_finding("CHAT_OFFER", "An offer in your own words. Leave it out; the slots say it.", offered[0]))
    for start, end in sentences(body):
        sentence = body[start:end]
        if not slot_names(sentence) and topics_of(fold(sentence).text) - {"contact"}:
            found.append(
                _finding("CHAT_UNCITED", "A rule in your own words. Leave it out; the slots say it.", sentence)
            )
    return tuple(found)


def _finding(rule: str, message: str, quote: str | None = None) -> Finding:
    return Finding(rule, Severity.FIX, message, "body", quote=quote)


def _ask(conversation: Conversation, sheet: FactSheet, seed: int, names: Sequence[str]) -> Asked:
    prompt = load_prompt("chat_reply", sheet.language.value)
    nothing = load_wording(sheet.language.value).words["none"]
    earlier = conversation.turns[:-1][-LAST_TURNS:]
    turns = prompt.render(
        brand=sheet.brand.name_in(sheet.language),
        history="\n".join(f"{turn.role}: {_as_data(turn.content, LONGEST_TURN, names)}" for turn in earlier) or nothing,
        question=_as_data(conversation.question, LONGEST_QUESTION, names),
        slots="\n".join(f"{{{fact.slot}}} {fact.value}" for fact in sheet.facts if fact.required),
    )
    messages = tuple(ChatMessage(role, text) for role, text in turns)
    request = WriteRequest(messages, sheet, seed=seed, max_tokens=ROOM)
    return Asked(request, f"{prompt.name}.{prompt.language}@{prompt.version}")


def _as_data(text: str, most: int, names: Sequence[str]) -> str:
    """Masked and on one line, unable to close the block that it stands in or to name a slot."""
    plain = " ".join(text.split())[:most]
    return mask(plain, names).translate(str.maketrans("<>{}", "‹›()"))
