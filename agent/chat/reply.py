"""One turn of a chat, from the user's words to a judged answer. Reads like the rules it keeps:

leaving first and at once → danger, and who wants a person, to a colleague → small talk → what no chat can do → their
own order, points and tier → what the rules say, cited, or "not covered".

Takes a conversation and a house. Changes one thing only: who asks to be left in peace is left in peace, by all channels
or the one they name, or by the programs that choose. Everything said is judged by the gate; what it does not let pass
is never shown, and a colleague takes over.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent import feedback, gatekeeper
from agent.chat.danger import ALLERGY, HARM, LIFE, POLICE, danger_in
from agent.chat.intent import Way, asks_how_out, asks_who_we_are, ends_membership, intent_of, wants_closed
from agent.chat.model import word_it
from agent.chat.one_channel import channels_to_end
from agent.chat.overreach import overreach_in
from agent.chat.own import from_the_record
from agent.chat.plan import Plan
from agent.chat.profiling import asks_how_no_profile, said_besides, speaks_of_profiling, wants_no_profile
from agent.chat.records import Answer, Conversation, Intent
from agent.chat.sheet import citations, sheet_for
from agent.chat.words import template
from agent.domain import (
    AFTER_SEND,
    Case,
    CaseStatus,
    Channel,
    Customer,
    Decision,
    FactSheet,
    Language,
    Offer,
    Realised,
    Verdict,
    WriterStamp,
)
from agent.errors import GateRefused, UsageError
from agent.grounding import DISPUTED, covering
from agent.house import House
from agent.language.scripts import guess_language
from agent.language.spoken import fold
from agent.realise.fill import fill
from agent.threats import threatens
from knowledge.documents import Clause

BESIDE_PROFILING = (Intent.UNSUBSCRIBE, Intent.CLOSE_ACCOUNT, Intent.HUMAN, Intent.COMPLAINT)
"""Wishes that are answered before the one about profiling, which is carried out all the same."""
READ = 2_000
"""Characters of a question that are looked up: a rule is asked about in fewer."""
HELD = (CaseStatus.SENT, *AFTER_SEND)
GRAVE = {
    LIFE: "speaks of not wanting to live: a person must answer at once",
    HARM: "tells of an injury or a danger: a person must answer at once",
    ALLERGY: "asks or tells about an allergy: only a person may answer",
    POLICE: "speaks of the police or the press: a person should answer",
}
OFFERED = re.compile(r"转人工|talk to a person")
_YES = (
    r"(?:好的?|行|可以|要|嗯|是的?|对|麻烦(?:你|您)?了?|转吧?|请?转人工?"
    r"|yes|yeah|yep|ok(?:ay)?|sure|please|do|go ahead)"
)
YES = re.compile(rf"(?:{_YES}[\s,，.。!！~]*){{1,4}}(?:(?:谢谢|thanks|thank you)[.。!！]*)?")
SAFE = "the gate did not let the answer pass"
THANKS = re.compile(r"谢|\b(?:thank|cheers|great|got it)", re.IGNORECASE)
GOODBYE = re.compile(r"再见|拜拜|\b(?:bye|goodbye|see you)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    filled: Realised
    verdict: Verdict
    writer: WriterStamp | None = None
    passed_over: tuple[str, ...] = field(default=())


def reply_to(conversation: Conversation, house: House) -> Answer:
    """Raises UsageError when the last turn is not the user's, NotFound when the named customer is not on record."""
    if not conversation.turns or conversation.turns[-1].role != "user":
        raise UsageError("The last message must be the user's.", "Send the conversation with the user's words last.")
    customer = house.store.people.get(conversation.customer_id) if conversation.customer_id else None
    language = language_of(conversation, customer, house)
    question = conversation.question
    intent = _intent(question)
    trace_id = f"chat_{uuid.uuid4().hex[:20]}"
    plan = _plan(intent, conversation, customer, language, house)
    said = _say(plan, conversation, customer, language, trace_id, house)
    if said.verdict.decision is not Decision.PASS:
        plan = Plan("safe", hand_off=True, because=SAFE if not plan.because else f"{plan.because}; {SAFE}")
        said = _say_safely(language, trace_id, said.passed_over, house)
    answer = Answer(
        text=said.filled.body,
        language=language,
        intent=intent,
        citations=citations(said.filled.body, said.filled.spans, plan.clauses),
        covered=plan.covered,
        hand_off=plan.hand_off,
        because=plan.because,
        offers=offers_of(customer, house),
        verdict=said.verdict,
        trace_id=trace_id,
        writer=said.writer,
    )
    _keep(answer, conversation, said.passed_over, house)
    return answer


def _intent(question: str) -> Intent:
    if channels_to_end(question):
        return Intent.UNSUBSCRIBE
    if not speaks_of_profiling(question):
        return intent_of(question)
    more = intent_of(said_besides(question))  # "opt out of profiling" is no wish to be unsubscribed
    if not wants_no_profile(question):
        return more if more is not Intent.SMALL_TALK else Intent.QUESTION
    return more if more in BESIDE_PROFILING else Intent.NO_PROFILE


# --- what to say ------------------------------------------------------------------------------------------------------


def _plan(
    intent: Intent, conversation: Conversation, customer: Customer | None, language: Language, house: House
) -> Plan:
    question = conversation.question
    if customer is not None and wants_no_profile(question):
        feedback.end_profiling(customer.id, house.clock.now(), "chat", house)
    if intent is Intent.UNSUBSCRIBE:
        and_closed = _to_close(question) if wants_closed(question) else ""
        ended = () if and_closed else channels_to_end(question)
        return _let_go(customer, ended, and_closed, house)
    if sign := danger_in(question):
        return Plan("danger" if sign in (LIFE, HARM) else "human", hand_off=True, because=GRAVE[sign])
    if intent is Intent.CLOSE_ACCOUNT:
        return Plan("close_account", hand_off=True, because=_to_close(question))
    if intent is Intent.NO_PROFILE:
        because = "" if customer else "wants no program to choose for them; we do not know who it is"
        return Plan("close_account" if because else "no_profile", hand_off=bool(because), because=because)
    if asks_how_no_profile(question):
        return Plan("how_no_profile", covered=True)
    if intent is Intent.HUMAN or _takes_the_offer(conversation):
        return Plan("human", hand_off=True, because="asks for a person")
    if intent is Intent.SMALL_TALK:
        return Plan(_small_talk(question))
    if intent is Intent.WHY:
        written = last_message(customer, house)
        return Plan("why" if written else "why_nothing", covered=True, about=written)
    if way := asks_how_out(question):
        return _how_out(way, question, language, house)
    if threatens(question):
        return Plan("leaving", hand_off=True, because="says that they may leave: a person should read it")
    if intent is Intent.QUESTION and (occasion := overreach_in(question)):
        return Plan(occasion)
    if intent is Intent.QUESTION and (plan := from_the_record(conversation, customer, language, house)):
        return plan
    clauses = _covering(question, language, house)
    disputed = house.policies.contradiction(clauses, house.clock.now().date())
    if intent is Intent.COMPLAINT:
        quoted = () if disputed else clauses[:1]
        because = "complains: a person should look at the case"
        occasion = "complaint_answer" if quoted else "complaint"
        return Plan(occasion, quoted, covered=bool(quoted), hand_off=True, because=because)
    if disputed:
        return Plan("disputed", hand_off=True, because=f"{DISPUTED}: {disputed}")
    if not clauses:
        return Plan("not_covered")
    return Plan("answer_more" if len(clauses) > 1 else "answer", clauses, covered=True)


def _covering(question: str, language: Language, house: House) -> tuple[Clause, ...]:
    return covering(question[:READ], language, house.clock.now().date(), house.policies)


def _how_out(way: Way, question: str, language: Language, house: House) -> Plan:
    """How to leave, and nothing done: who only asks is not put out, and one word from them does it."""
    if way is Way.OUT:
        return Plan("how_out", covered=True)
    clauses = _covering(question, language, house)[:1]
    return Plan("how_to_close_answer" if clauses else "how_to_close", clauses, covered=True)


def _takes_the_offer(conversation: Conversation) -> bool:
    """A yes to our own last sentence, which offered a colleague."""
    before = conversation.turns[-2] if len(conversation.turns) > 1 else None
    offered = before is not None and before.role == "assistant" and OFFERED.search(before.content)
    return bool(offered) and bool(YES.fullmatch(fold(conversation.question)))


def _let_go(customer: Customer | None, ended: Sequence[Channel], and_closed: str, house: House) -> Plan:
    """Carried out before anything is said. A second wish in the same breath is not lost over the first."""
    if customer is None:
        return Plan("how_to_unsubscribe", hand_off=True, because="wants no more marketing; we do not know who it is")
    if ended:
        feedback.withdraw(customer.id, ended, house.clock.now(), "chat", house)
        return Plan(f"ended_{ended[0]}" if len(ended) == 1 else "ended_some")
    feedback.unsubscribe(customer.id, house.clock.now(), "chat", house)
    if and_closed:
        because = f"unsubscribed; also {and_closed}"
        return Plan("unsubscribed_and_close", hand_off=True, because=because)
    return Plan("unsubscribed")


def _to_close(question: str) -> str:
    """The reason of a hand-off: closing an account loses what ending a subscription or membership need not."""
    if ends_membership(question):
        return "wants to end a subscription or membership: read what was said, and end it at once"
    return "wants the account closed or data erased: do it at once"


def _small_talk(question: str) -> str:
    if asks_who_we_are(question):
        return "who"
    if GOODBYE.search(question):
        return "goodbye"
    return "thanks" if THANKS.search(question) else "greeting"


def language_of(conversation: Conversation, customer: Customer | None, house: House) -> Language:
    """The caller's word, else the newest of the user's turns that tells, else the customer's, else the brand's."""
    if conversation.language is not None:
        return conversation.language
    for turn in reversed(conversation.turns):
        if turn.role == "user" and (known := _language_in(turn.content)) is not None:
            return known
    return customer.language if customer else house.brand.languages[0]


def _language_in(text: str) -> Language | None:
    if (guess := guess_language(text)) in ("zh", "en"):
        return Language(guess)
    if any("\u4e00" <= char <= "\u9fff" for char in text):
        return Language.ZH
    return Language.EN if re.search(r"[A-Za-z]{2,}", text) and guess is None else None


def offers_of(customer: Customer | None, house: House) -> tuple[Offer, ...]:
    """Coupons that were sent to this customer and can still be used. A chat never gives a new one away."""
    if customer is None:
        return ()
    today = house.clock.now().date()
    cases = house.store.cases.find(HELD, customer_id=customer.id)
    offers = [case.decision.offer for case in cases if case.decision and case.decision.offer]
    return tuple(offer for offer in offers if offer.code and (offer.expires_on is None or offer.expires_on >= today))


def last_message(customer: Customer | None, house: House) -> Case | None:
    """The case of the newest message that left for this customer."""
    if customer is None:
        return None
    cases = house.store.cases.find(HELD, customer_id=customer.id)
    return max(cases, key=lambda case: case.opened_at, default=None)


# --- saying it --------------------------------------------------------------------------------------------------------


def _say(
    plan: Plan, conversation: Conversation, customer: Customer | None, language: Language, trace_id: str, house: House
) -> _Said:
    sheet = sheet_for(plan.clauses, house.brand, language, trace_id, house.clock.now(), plan.about, plan.own)

    def judge(filled: Realised) -> Verdict:
        return gatekeeper.ask_reply(filled, customer, language, plan.clauses, house).verdict

    models = house.writers[:-1] if plan.occasion.startswith("answer") else ()  # the last is the composer
    names = [name for name in (customer.name, customer.given_name) if name] if customer else []
    worded, passed_over = word_it(conversation, sheet, models, judge, house.seed, names)
    if worded is not None:
        return _Said(worded.filled, worded.verdict, worded.stamp, passed_over)
    filled = _fixed(plan.occasion, sheet)
    return _Said(filled, judge(filled), None, passed_over)


def _say_safely(language: Language, trace_id: str, passed_over: tuple[str, ...], house: House) -> _Said:
    """Says nothing about the question or the person, so it is judged as said to anybody. Raises GateRefused."""
    filled = _fixed("safe", sheet_for((), house.brand, language, trace_id, house.clock.now()))
    verdict = gatekeeper.ask_reply(filled, None, language, (), house).verdict
    if verdict.decision is not Decision.PASS:
        raise GateRefused("The gate lets no answer pass, not even the safe one.", "Mend agent/chat/words.toml.")
    return _Said(filled, verdict, None, passed_over)


def _fixed(occasion: str, sheet: FactSheet) -> Realised:
    text, spans = fill(template(occasion, sheet.language), sheet, 0, "body")
    return Realised(None, text, spans)


def _keep(answer: Answer, conversation: Conversation, passed_over: Sequence[str], house: House) -> None:
    """The line of this answer in the trace: what was said and why. The user's own words are not kept here."""
    line = {
        "customer_id": conversation.customer_id,
        "language": answer.language.value,
        "intent": answer.intent.value,
        "text": answer.text,
        "clauses": [citation.clause.id for citation in answer.citations],
        "covered": answer.covered,
        "hand_off": answer.hand_off,
        "because": answer.because,
        "decision": answer.verdict.decision.value,
        "rules": answer.verdict.rules,
        "text_hash": answer.verdict.text_hash,
        "writer": answer.writer.name if answer.writer else "fixed sentences",
        "prompt": answer.writer.prompt if answer.writer else None,
        "fell_back_from": list(passed_over),
    }
    house.store.cases.note(answer.trace_id, "chat", house.clock.now(), line)
