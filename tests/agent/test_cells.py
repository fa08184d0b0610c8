"""A cell is drafted a few times and filled for each of its customers, through the same reading, filling and gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files

import pytest

from agent.cells import CellWriter, cell_of, shared_sheet
from agent.cells.bulk import ApprovedCell, Fill, approve
from agent.context import gate_context
from agent.domain import (
    Case,
    CaseStatus,
    Channel,
    Decision,
    FactSheet,
    Language,
    Offer,
    Verdict,
    WriteRequest,
    WriterReply,
)
from agent.draft import write_draft
from agent.errors import WriterUnavailable
from agent.evaluation import EvalCase, unseen_cases
from agent.guardrails import context_from_json
from agent.guardrails.context import GateContext
from agent.slots import NameParts, slot_names
from agent.writers.composer import Composer
from knowledge.ingest import read_folder

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
            self.asked.append(request)
            return WriterReply("Subject: Hello\n\n{salutation}, " + "it was good to have you. " * 5)

    inner = Wordy()
    writer = CellWriter(inner)
    for seed in range(3):
        writer.write(a_request(make_sheet("en", "push"), seed))
    assert len(inner.asked) > 6


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


# --- by the thousand -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def approved() -> tuple[EvalCase, GateContext, ApprovedCell]:
    with as_file(files("knowledge") / "policies") as folder:
        clauses = [clause for document in read_folder(folder)[0] for clause in document.clauses]
    for case in unseen_cases(900, clauses, seed=3):
        sheet = shared_sheet(case.sheet)
        if sheet.channel is Channel.EMAIL and sheet.fact("offer_code") and sheet.language is Language.ZH:
            context = context_from_json(gate_context(case.live, {}, sheet.channel))
            found = approve(CellWriter(Composer()).write(a_request(case.sheet)).text, sheet, context)
            if found is not None:
                return case, context, found
    raise AssertionError("no cell could be approved")


def a_fill(context: GateContext, name: str = "孙浩然", code: str = "AMQ7K0XM", **changes: object) -> Fill:
    assert context.offer is not None
    customer = replace(context.customer, name=name, first_name=None, **changes)  # type: ignore[arg-type]
    state = replace(context, customer=customer, offer=replace(context.offer, code="AMQ7K0XM"))
    return Fill.of(state, NameParts(full=name, surname=name[0], given=name[1:]), code, context.brand.unsubscribe_url)


def test_a_plain_fill_takes_the_templates_verdict(approved: tuple[EvalCase, GateContext, ApprovedCell]) -> None:
    _, context, cell = approved
    fills = [a_fill(context, name) for name in ("孙浩然", "李静", "周敏", "孙浩然")]
    before = cell.whole
    judged = list(cell.messages(fills))
    assert [decision for _, decision in judged] == [Decision.PASS] * 4
    assert judged[0][0].body.startswith("浩然，您好")
    assert "AMQ7K0XM" in judged[0][0].body
    assert cell.whole <= before + 3


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"code": "QH20ZZ77"}, Decision.BLOCK),
        ({"suppressed": True}, Decision.BLOCK),
        ({"consent": {}}, Decision.REVIEW),
        ({"facts": {"age": 12}}, Decision.BLOCK),
        ({"name": "免费领"}, None),
        ({"name": "全网最低价"}, None),
    ],
)
def test_quick_and_whole_judge_alike_when_a_fill_is_wrong(
    approved: tuple[EvalCase, GateContext, ApprovedCell], changes: dict[str, object], decision: Decision | None
) -> None:
    _, context, cell = approved
    fill = a_fill(context, **changes)  # type: ignore[arg-type]
    words, quick = cell.message(fill)
    assert quick is cell.judged_whole(words, fill).decision
    assert decision in (None, quick)
