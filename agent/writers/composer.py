"""The composer: writes a message from the phrasebook, the last rung of the ladder. It never fails and never invents.

Takes a WriteRequest (sheet, flags, seed), gives a template with slots in the form every writer uses: a subject line
where the channel has one, then the body. Deterministic: the same request gives the same words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.acts import speaks_of_refund
from agent.domain import MONEY_KINDS, Channel, FactSheet, Language, Purpose, Tone, WriteRequest, WriterReply
from agent.language.sms import sms_size
from agent.realise import realise
from agent.slots import slot_names
from agent.voice import avoids, voice_of
from agent.writers.patterns import clauses_of, known_slots, mend, needed, pick, sayable, settle
from agent.writers.phrasebook import Common, Phrasebook, Phrases, phrasebook
from agent.writers.wishes import APOLOGY, EXCLAIMS

SUBJECT_MARK = {Language.ZH: "主题：", Language.EN: "Subject: "}
LETTERS = re.compile(r"信(?![任息赖心用])|\b(?:note|message|inbox|letter|writing|write|written)\b", re.IGNORECASE)
ANSWERING = re.compile(r"回复|\b(?:reply|answer)\b", re.IGNORECASE)
CONTACT = frozenset({"callback_today", "human_reply"})
SLOT_ONLY = re.compile(r"\{[^{}]*\}")
HOUSEKEEPING = frozenset({"brand", "shop_url", "salutation", "sign_off"})
TITLE_LIMIT, PUSH_LIMIT, SMS_SEGMENTS = 50, 150, 2
TRIES = 12
OWN_LEAD = 0.75


class Composer:
    """A Writer over the phrasebook."""

    def __init__(self, book: Phrasebook | None = None) -> None:
        self._book = book or phrasebook()

    reads_prompts = False
    quick = True
    """Its words take milliseconds: several customers may share a transaction while it writes."""

    @property
    def name(self) -> str:
        return "composer"

    @property
    def revision(self) -> str:
        return self._book.revision

    def write(self, request: WriteRequest) -> WriterReply:
        """The first composition whose filled text fits its channel; failing that the shortest of those tried."""
        best: tuple[int, str] | None = None
        for attempt in range(TRIES):
            text = self.compose(request, attempt)
            excess = _excess(text, request.sheet)
            if excess == 0:
                return WriterReply(text)
            if best is None or excess < best[0]:
                best = (excess, text)
        assert best is not None
        return WriterReply(best[1])

    def compose(self, request: WriteRequest, attempt: int = 0) -> str:
        sheet = request.sheet
        rng = random.Random(f"{request.seed}|{sheet.case_id}|{attempt}")
        shorter = attempt >= TRIES // 2
        flags = frozenset(request.flags) | ({"shorter"} if shorter else frozenset())
        phrases = self._book.phrases(sheet.language, sheet.situation)
        return _Composition(sheet, flags, rng, phrases, self._book.common[sheet.language], attempt).text()


@dataclass(slots=True)
class _Composition:
    """One message under way: what is known, what has been said already."""

    sheet: FactSheet
    flags: frozenset[str]
    rng: random.Random
    phrases: Phrases
    common: Common
    attempt: int
    said: set[str] = field(default_factory=set)
    clauses: set[str] = field(default_factory=set)

    def text(self) -> str:
        body = self._short() if self.sheet.channel in (Channel.SMS, Channel.PUSH) else self._long()
        if self.sheet.channel not in (Channel.EMAIL, Channel.PUSH):
            return body
        return f"{SUBJECT_MARK[self.sheet.language]}{self._subject()}\n\n{body}"

    # --- choosing ---------------------------------------------------------------------------------------------------

    @property
    def known(self) -> frozenset[str]:
        known = known_slots(self.sheet)
        if "no_coupon" in self.flags:
            known = frozenset(slot for slot in known if not slot.startswith("offer"))
        if "no_item" in self.flags:
            known = known - {"last_item", "ticket_item"}
        return known

    def choose(self, patterns: tuple[str, ...]) -> str | None:
        """One sentence that can be said now and breaks no wish; it is then marked as said."""
        allowed = patterns
        if "no_apology" in self.flags:
            allowed = tuple(pattern for pattern in patterns if not APOLOGY.search(pattern))
        if "no_exclamation" in self.flags:
            allowed = tuple(pattern for pattern in allowed if not EXCLAIMS.search(pattern.replace("<!", "")))
        voice = voice_of(self.sheet.brand, self.sheet.language)
        allowed = tuple(pattern for pattern in allowed if not avoids(pattern, voice)) or allowed
        if self.sheet.channel is Channel.CHAT:  # nobody writes a letter in a chat
            allowed = tuple(pattern for pattern in allowed if not LETTERS.search(pattern)) or allowed
        chosen = self._fresh(sayable(allowed, self.known, self.said - HOUSEKEEPING))
        if chosen is None:
            return None
        self.said |= needed(chosen)
        settled = settle(chosen, self.known)
        self.clauses.update(clauses_of(settled))
        self.said |= set(slot_names(settled))
        return settled

    def _fresh(self, lines: list[str]) -> str | None:
        """One of them, drawn until one says nothing again."""
        while (drawn := pick(lines, self.rng)) is not None:
            if not self._repeats(drawn):
                return drawn
            lines = [line for line in lines if line != drawn]
        return None

    def _repeats(self, pattern: str) -> bool:
        """Whether it would say a clause of some length once more: nobody thanks twice in the same words."""
        clauses = clauses_of(settle(pattern, self.known))
        return any(len(clause) > 3 and clause in self.clauses and not SLOT_ONLY.fullmatch(clause) for clause in clauses)

    @property
    def zh(self) -> bool:
        return self.sheet.language is Language.ZH

    @property
    def money_offer(self) -> bool:
        return "offer" in self.known and self.sheet.offer is not None and self.sheet.offer.kind in MONEY_KINDS

    def join(self, *sentences: str | None) -> str:
        kept = [sentence for sentence in sentences if sentence]
        return ("" if self.zh else " ").join(kept)

    # --- the moves --------------------------------------------------------------------------------------------------

    def greeting(self, short: bool = False) -> str:
        if "no_name" in self.flags:
            return "您好" if self.zh else "Hello"
        if short and self.zh:
            return "{salutation|short}"
        return "{salutation}"

    def opening(self) -> str | None:
        chosen = self.choose(self.phrases.open[self.sheet.tone])
        return chosen or self.choose(tuple(line for tone in Tone for line in self.phrases.open[tone]))

    def bodies(self) -> Iterator[str]:
        """Sentences about the matter; an answer from our policy comes before all others."""
        wanted = (
            (0 if self.sheet.acts else 1)
            if "shorter" in self.flags
            else 1 + (self.rng.random() < 0.4) + ("longer" in self.flags)
        )
        lines = list(self.phrases.body)
        answers = tuple(line for line in lines if "{policy_answer}" in line)
        answer = self.choose(answers) if answers else None
        if answer:
            yield answer
        rest = tuple(line for line in lines if line not in answers)
        items = tuple(line for line in rest if "last_item" in line or "ticket_item" in line)
        if wanted and items and self.rng.random() < 0.5 and (line := self.choose(items)):
            yield line
            wanted -= 1
        seen: set[str] = set()
        for _ in range(wanted):
            line = self.choose(tuple(line for line in rest if line not in seen and line not in items))
            if line:
                seen.add(line)
                yield line

    def offer(self) -> str | None:
        if not self.money_offer or self.sheet.offer is None:
            return None
        kind = self.sheet.offer.kind.value
        lead = self.choose(self._leads(kind))
        terms = self.common.terms["points" if kind == "points" else "coupon"]
        chosen = settle(self.rng.choice(terms), self.known)
        self.said |= set(slot_names(chosen))
        return _sentence_case(mend(f"{lead}{chosen}"), self.zh)

    def _leads(self, kind: str) -> tuple[str, ...]:
        """A present in the spirit of the situation, more often than one that would fit any."""
        own = self.phrases.lead
        return own if own and self.rng.random() < OWN_LEAD else self.common.lead[kind]

    def acts(self, most: int = 2) -> str | None:
        """In the order of the decision; of the ways to reach a person only the first."""
        keys = [act.key for act in self.sheet.acts]
        if "mention_refund" in self.flags:
            keys.sort(key=lambda key: not speaks_of_refund(key))  # the first two are said
        ways = [key for key in keys if key in CONTACT]
        keys = [key for key in keys if key not in ways[1:]][: 1 if "shorter" in self.flags else most]
        return self.join(*(f"{{act:{key}}}" for key in keys)) or None

    def help(self) -> str | None:
        """Without money to give: what a message of this kind is for. With an act, the act is the help."""
        offer = self.sheet.offer
        if self.sheet.acts or offer is None or offer.kind in MONEY_KINDS:
            return None
        return self.choose(self.common.help.get(offer.kind.value, ()))

    def ease(self, acts: str) -> str | None:
        """Often, and always where nothing else follows: a word that nothing is expected of the customer."""
        if "shorter" in self.flags or (acts and "no_pressure" not in self.flags and self.rng.random() < 0.6):
            return None
        lines = self.phrases.ease
        if acts:  # not "no need to answer" right after "just reply"
            lines = tuple(line for line in lines if not ANSWERING.search(line))
        return self.choose(lines)

    def wishes(self) -> Iterator[str]:
        """What the rep asked to have in."""
        asked = {
            "add_apology": "apology",
            "ask_feedback": "feedback",
            "mention_points": "points",
            "mention_refund": "refund",
            "mention_item": "item",
        }
        for flag, move in asked.items():
            if flag in self.flags and not (flag == "mention_item" and self.said & {"last_item", "ticket_item"}):
                line = self.choose(self.common.help[move])
                if line:
                    yield line

    # --- the shapes -------------------------------------------------------------------------------------------------

    def _long(self) -> str:
        greeting, opening = self.greeting(), self.opening()
        matter = self.join(opening, *self.bodies())
        wishes, help_, offer = self.join(*self.wishes()), self.help(), self.offer()
        acts = self.join(self.acts(), help_)
        parts = [matter, offer, self.join(acts, self.ease(acts)), wishes]
        if "offer_first" in self.flags:
            parts = [offer, matter, *parts[2:]]
        if self.sheet.channel is Channel.CHAT:
            comma = "，" if self.zh else ", "
            return f"{greeting}{comma if self.zh else '. '}" + self.join(*parts)
        paragraphs = [part for part in parts if part]
        close = self.choose(self.common.close[self._closing_tone()]) or ""
        colon = "：" if self.zh else ","
        return "\n\n".join([f"{greeting}{colon}", *paragraphs, f"{close}\n{{sign_off}}"])

    def _closing_tone(self) -> Tone:
        """Nobody who waits for a refund wants to be told to have a good one."""
        light = self.sheet.tone is Tone.LIVELY and self.sheet.purpose is not Purpose.MARKETING
        return Tone.PLAIN if light else self.sheet.tone

    def _short(self) -> str:
        room = self.attempt < 3
        greeting = f"{self.greeting(short=True)}，" if self.zh else f"{self.greeting()}. "
        opening = self.choose(self.phrases.short)
        if "shorter" in self.flags and self.money_offer:
            opening = None
        answer = self.choose(tuple(line for line in self.phrases.body if "{policy_answer}" in line))
        offer = self._short_offer()
        act = self.acts(1) if room or not offer else None
        wishes = self.join(*self.wishes())
        parts = (offer, opening) if "offer_first" in self.flags else (opening, offer)
        return greeting + self.join(*parts, answer, act, wishes)

    def _short_offer(self) -> str | None:
        if not self.money_offer:
            return None
        return _sentence_case(mend(settle(self.rng.choice(self.common.terms["short"]), self.known)), self.zh)

    def _subject(self) -> str:
        if self.sheet.channel is Channel.PUSH:
            return self.choose(self.phrases.title) or self.common.subject_plain[0]
        marketing = self.sheet.purpose is Purpose.MARKETING
        if marketing and self.money_offer and self.rng.random() < 0.25:
            announced = self._fresh(list(self.common.subject_offer))
            return _sentence_case(announced or self.common.subject_plain[0], self.zh)
        lively = self.sheet.tone is Tone.LIVELY
        lines = self.phrases.subject_lively if lively else self.phrases.subject
        return self.choose(lines) or self.common.subject_plain[0]


def _sentence_case(text: str, zh: bool) -> str:
    """A capital at the start of each English sentence that begins with a plain word."""
    if zh:
        return text
    return re.sub(r"(^|[.!?] )([a-z])", lambda match: match[1] + match[2].upper(), text)


def _excess(text: str, sheet: FactSheet) -> int:
    """How far the filled message is over its channel's length; 0 when it fits."""
    subject, body = split_reply(text, sheet)
    filled = realise(subject, body, sheet, 0)
    if sheet.channel is Channel.SMS:
        size = sms_size(filled.body)
        return size.units if size.segments > SMS_SEGMENTS else 0
    if sheet.channel is Channel.PUSH:
        return max(0, len(filled.subject or "") - TITLE_LIMIT) + max(0, len(filled.body) - PUSH_LIMIT)
    return 0


def split_reply(text: str, sheet: FactSheet) -> tuple[str | None, str]:
    """The composer's own text taken apart; other writers' replies are read more forgivingly by the draft stage."""
    if sheet.channel not in (Channel.EMAIL, Channel.PUSH):
        return None, text
    head, _, body = text.partition("\n\n")
    return head.removeprefix(SUBJECT_MARK[sheet.language]), body
