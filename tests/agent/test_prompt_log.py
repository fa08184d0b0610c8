"""No prompt and no log line of whole cases holds a name, number, address or code of a real person.

Every field of a case is planted with identifiers; the writer keeps all that it is asked, first answer and repair alike,
and answers badly, so that the gate's remarks are asked back as well.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import pipeline
from agent.chat import Conversation, Turn, reply_to
from agent.domain import Channel, Customer, Event, Language, Purpose, WriteRequest, WriterReply
from agent.writers.composer import Composer
from knowledge.documents import Clause
from tests.agent.injection import PlantedPolicies, Range
from tests.agent.planted import Ticket, tickets
from tests.factories import NOW, a_case, a_customer, an_order
from tests.street import Street

BAD = {
    Language.ZH: "券码SAVE50，全场五折。李女士也用了。",
    Language.EN: "Your code is SAVE50, half price. Paula used it too.",
}


@dataclass
class CarelessWriter:
    """Keeps every prompt and writes what the gate must object to."""

    name: str = "careless"
    revision: str = "1"
    prompts: list[str] = field(default_factory=list)

    def write(self, request: WriteRequest) -> WriterReply:
        self.prompts.append("\n\n".join(message.content for message in request.messages))
        good = Composer().write(request)  # all slots are there, so the gate reads a filled message and quotes from it
        return replace(good, text=f"{good.text}\n{BAD[request.sheet.language]}", read_words=True)


def a_person(name: str, language: Language, number: int) -> Customer:
    zh = language is Language.ZH
    full = (
        ["欧阳静姝", "孙曼宁", "阿依古丽·买买提"][number % 3]
        if zh
        else ["Tamsin Okafor", "Gareth Lindqvist"][number % 2]
    )
    given = ["静姝", "曼宁", None][number % 3] if zh else full.split()[0]
    return a_customer(
        name, language, name=full, given_name=given, email=f"private{number}@mail.example", phone=f"1380013{number:04}"
    )


def the_events(person: Customer, ticket: Ticket, number: int) -> list[Event]:
    item = "定制茶壶 刻字" + (person.name or "") if person.language is Language.ZH else f"Teapot for {person.name}"
    address = (
        "收货：杭州市西湖区文三路88号3幢502室"
        if person.language is Language.ZH
        else "to 12 Oak Hill Drive, Leeds LS1 4DY"
    )
    said = f"{ticket.text} {person.name} {person.phone} {person.email} {address} {person.given_name or ''}"
    at = NOW - timedelta(days=2)
    kind, topic = ("ticket", "late_delivery") if number % 2 else ("review", None)
    status = "open" if number % 2 else None
    return [
        an_order(person.id, item=item, order_id=f"SECRET{number:06}"),
        Event(f"{person.id}-w", person.id, at, kind, topic=topic, status=status, rating=5, text=said),
    ]


def private_parts(person: Customer, ticket: Ticket, events: Sequence[Event], code: str | None) -> list[str]:
    planted = [ticket.text[start:end] for _, start, end in ticket.planted]
    own = [person.name, person.given_name, person.email, person.phone, events[0].order_id, code]
    places = ["文三路88号", "12 Oak Hill Drive"]
    return [part for part in (*planted, *own, *places) if part and len(re.sub(r"\W", "", part)) >= 2]


def cases(street: Street, count: int) -> list[tuple[Customer, Ticket]]:
    made = []
    for number, ticket in enumerate(tickets(count, 0, seed=11)):
        person = a_person(f"p{number}", Language(ticket.language), number)
        street.store.people.put([person], NOW)
        made.append((person, ticket))
    return made


def test_no_prompt_and_no_log_line_holds_a_persons_data(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shooting_range = Range(tmp_path)
    street, shown, found = shooting_range.street, 0, []
    for number, (person, ticket) in enumerate(cases(street, 120)):
        events = the_events(person, ticket, number)
        street.history.events[:] = events
        writer = CarelessWriter()
        policies = PlantedPolicies(shooting_range.base, [], events)
        house = replace(street.house, writers=(writer, Composer()), policies=policies)
        purpose = Purpose.SERVICE if number % 2 else Purpose.MARKETING
        case = a_case(f"case_{number}", person.id, purpose=purpose, channel=(Channel.EMAIL, Channel.PUSH)[number % 2])
        assert street.store.cases.open(case)
        wish = (
            f"写给{person.name}，电话{person.phone}"
            if person.language is Language.ZH
            else f"write to {person.name} at {person.email}"
        )
        prepared = pipeline.prepare(case, house, wish)
        offer = prepared.case.decision.offer if prepared.case.decision else None
        parts = private_parts(person, ticket, events, offer.code if offer else None)
        for text in (*writer.prompts, *(record.getMessage() for record in caplog.records)):
            found += [(number, part) for part in parts if part in text]
        shown += len(writer.prompts)
        caplog.clear()
    print(f"\n{shown} prompts of whole cases, {len(found)} with somebody's data")
    assert shown >= 200
    assert found == []


def test_no_prompt_of_a_chat_holds_a_persons_data(tmp_path: Path) -> None:
    shooting_range = Range(tmp_path)
    street, found, shown = shooting_range.street, [], 0

    clause = Clause(
        "returns-zh#退货", "returns-zh", "退货", "签收后7天内，未使用的商品可以退货。", "zh",
        customer_text="签收后7天内，未使用的商品可以退货。",
    )  # fmt: skip
    for number, (person, ticket) in enumerate(cases(street, 40)):
        if person.language is Language.EN:
            continue
        writer = CarelessWriter()
        house = replace(street.house, writers=(writer, Composer()), policies=PlantedPolicies([], [clause]))
        turns = (
            Turn("user", f"{ticket.text} 我是{person.name}"),
            Turn("assistant", "好的"),
            Turn("user", f"{person.name}想退货要几天内？{ticket.text}"),
        )
        reply_to(Conversation(turns, person.id), house)
        parts = private_parts(person, ticket, the_events(person, ticket, number), None)
        found += [(number, part) for part in parts for text in writer.prompts if part in text]
        shown += len(writer.prompts)
    print(f"\n{shown} prompts of chats, {len(found)} with somebody's data")
    assert shown >= 10
    assert found == []
