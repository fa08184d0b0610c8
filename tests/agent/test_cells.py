"""A cell is drafted a few times and filled for each of its customers, through the same reading, filling and gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from agent.cells import CellWriter, cell_of, shared_sheet
from agent.domain import Case, CaseStatus, Decision, FactSheet, Offer, Verdict, WriteRequest, WriterReply
from agent.draft import write_draft
from agent.errors import WriterUnavailable
from agent.slots import NameParts, slot_names
from agent.writers.composer import Composer

Make = Callable[..., FactSheet]
Offers = Callable[..., Offer]


@dataclass
class CountingWriter:
    """The composer, with a count of how often it was asked and what it was shown."""

    asked: list[WriteRequest] = field(default_factory=list)
    name: str = "counting"
    revision: str = "1"
    fails: bool = False

    def write(self, request: WriteRequest) -> WriterReply:
        self.asked.append(request)
        if self.fails:
            raise WriterUnavailable("down", "wait")
        return Composer().write(request)


def a_request(sheet: FactSheet, seed: int = 1) -> WriteRequest:
    return WriteRequest((), sheet, (), seed)


def somebody(sheet: FactSheet, name: str, code: str) -> FactSheet:
    values = {"salutation": NameParts(full=name, given=name), "offer_code": code}
    facts = tuple(replace(fact, value=values.get(fact.slot, fact.value)) for fact in sheet.facts)
    return replace(sheet, facts=facts, case_id=f"case-{name}")


def test_a_thousand_customers_of_one_cell_cost_a_handful_of_drafts(make_sheet: Make, offers: Offers) -> None:
    inner = CountingWriter()
    writer = CellWriter(inner)
    sheet = make_sheet("en", offer=offers())
    texts = {writer.write(a_request(somebody(sheet, f"Ann{n}", f"CODE{n}"), n)).text for n in range(1000)}
    assert len(inner.asked) <= 6
    assert len(texts) >= 3


def test_a_cell_is_drafted_without_what_is_one_customers_alone(make_sheet: Make, offers: Offers) -> None:
    inner = CountingWriter()
    sheet = make_sheet("en", offer=offers())
    text = CellWriter(inner).write(a_request(sheet)).text
    assert not {"last_item", "points_balance", "first_name"} & set(slot_names(text))
    for asked in inner.asked:
        assert asked.sheet.steer == ()
        assert not any("T-Light" in message.content for message in asked.messages)


def test_each_customer_of_a_cell_gets_their_own_name_and_code(make_sheet: Make, offers: Offers) -> None:
    writer = CellWriter(Composer())
    passed = Verdict(Decision.PASS, (), "h", "r")
    for name, code in (("Ann", "AAAA11"), ("Bo", "BBBB22")):
        sheet = somebody(make_sheet("en", offer=offers()), name, code)
        assert sheet.now is not None
        case = Case(sheet.case_id, "harbor", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
        draft = write_draft(case, sheet, [writer, Composer()], lambda _: passed, seed=3)
        assert name in draft.body
        assert code in draft.body
        assert draft.writer.detail["drafted_for"] == "cell"


@pytest.mark.parametrize("purpose", ["service", "reply"])
def test_an_answer_to_somebody_is_never_written_for_many(make_sheet: Make, purpose: str) -> None:
    sheet = make_sheet("zh", situation="damaged_item", purpose=purpose)
    assert cell_of(sheet) is None
    inner = CountingWriter()
    writer = CellWriter(inner)
    for seed in range(3):
        writer.write(a_request(sheet, seed))
    assert len(inner.asked) == 3


def test_another_offer_channel_or_language_is_another_cell(make_sheet: Make, offers: Offers) -> None:
    sheet = make_sheet("en", offer=offers())
    others = [
        make_sheet("en", offer=offers("percent", "12")),
        make_sheet("en", "sms", offer=offers()),
        make_sheet("zh", offer=offers()),
        make_sheet("en"),
        make_sheet("en", situation="cart_left", offer=offers()),
    ]
    assert len({cell_of(one) for one in (sheet, *others)}) == 6
    assert cell_of(somebody(sheet, "Ann", "XXXX1")) == cell_of(sheet)


def test_what_would_be_too_long_with_the_longest_name_is_not_kept(make_sheet: Make) -> None:
    class Wordy(CountingWriter):
        def write(self, request: WriteRequest) -> WriterReply:
            return WriterReply("Subject: Hello\n\n{salutation}, " + "it was good to have you. " * 5)

    with pytest.raises(WriterUnavailable, match="nothing that fits"):
        CellWriter(Wordy()).write(a_request(make_sheet("en", "push")))


def test_an_outage_is_no_empty_cell(make_sheet: Make) -> None:
    inner = CountingWriter(fails=True)
    writer = CellWriter(inner)
    with pytest.raises(WriterUnavailable, match="down"):
        writer.write(a_request(make_sheet("en")))
    inner.fails = False
    assert writer.write(a_request(make_sheet("en"))).text


def test_the_shared_sheet_keeps_the_way_out_and_the_terms(make_sheet: Make, offers: Offers) -> None:
    kept = {fact.slot for fact in shared_sheet(make_sheet("en", offer=offers())).facts}
    assert {"salutation", "offer", "offer_code", "offer_expires", "offer_min_spend", "unsubscribe", "sign_off"} <= kept
