"""What people write back by SMS and the like: a wish to get nothing more is carried out, anything else is a ticket.

Takes answers as `agent.receipts` read them, gives counts. They name a number and not a message, so whoever has that
number is meant. A number that nobody has is kept with its words and shown, and its wish stands for whoever has it
later.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from agent import feedback
from agent.channels import CHINA_ZONES, load_channels
from agent.chat import is_stop
from agent.domain import Channel, Customer, InboundText
from agent.errors import InputError
from agent.phones import e164, is_mainland
from api.receiving import open_ticket

if TYPE_CHECKING:
    from api.bootstrap import Workshop

AROUND = " \t\r\n.。,，!！?？'\"“”‘’「」【】[]()（）<>《》*-_~"
WITHOUT_WORDS = "[…]"
"""A ticket needs words; a picture or a voice has none that anybody could read here."""


def take_answers(answers: Iterable[InboundText], workshop: Workshop) -> dict[str, int]:
    """How many ended marketing, became a ticket, were known, or came from a number that nobody has."""
    found: Counter[str] = Counter()
    house = workshop.bookkeeping()
    for answer in answers:
        whose, wants_out = meant(answer, workshop), says_stop(answer)
        fresh = feedback.take_answer(answer, whose, wants_out, house)
        if whose and not wants_out:
            # known as well: whoever died between the answer and its ticket is told again, and the ticket has one id
            open_ticket(answer.id, whose[0], answer.at, answer.text or WITHOUT_WORDS, workshop)
        found["known" if not fresh else "nobodys" if not whose else "stopped" if wants_out else "tickets"] += 1
    return {name: found[name] for name in ("stopped", "tickets", "known", "nobodys")}


def says_stop(answer: InboundText) -> bool:
    """By the carrier, by a word that carriers take for it, or by what it says."""
    return answer.stop or _bare(answer.text) in _stop_words(answer) or is_stop(answer.text)


def meant(answer: InboundText, workshop: Workshop) -> Sequence[str]:
    """Everybody with this number, and first whoever was written to last; without any message the first by id."""
    people = workshop.store.people.reached_at(answer.channel, answer.address)
    found = [one.id for one in people if _has(one, answer, workshop)]
    last = workshop.store.outbox.last_to(found, answer.channel) if len(found) > 1 else None
    return found if last is None else [last.customer_id, *(name for name in found if name != last.customer_id)]


def _has(customer: Customer, answer: InboundText, workshop: Workshop) -> bool:
    """1 310 555 1234 on record is a phone in Anhui or in Los Angeles: it is read as it would be dialled."""
    if answer.channel is Channel.CHAT and customer.chat_id in (answer.address, answer.address.removeprefix("+")):
        return True
    try:
        return e164(customer.phone or "", workshop.brand.timezone in CHINA_ZONES) == answer.address
    except InputError:
        return False


def _stop_words(answer: InboundText) -> frozenset[str]:
    market = "sms_cn" if is_mainland(answer.address) else "sms_intl"
    return frozenset(_bare(word) for word in load_channels()[market].stop_answers)


def _bare(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(AROUND)
