"""A/B/n inside a campaign: who is in which arm, what is different there, and that nothing reshuffles it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent import campaign, pipeline
from agent.arms import Arm, draw, read_arms
from agent.domain import CaseStatus, Channel, Consent, WriteRequest, WriterReply
from agent.errors import InputError, TransitionNotAllowed
from agent.plan import Plan, as_row, plan_of, read_plan
from agent.writers.composer import Composer
from tests.factories import NOW, a_customer, a_score, a_ticket, an_order
from tests.street import Street, a_street

TWO = (Arm("coupon", 0.5, offer="amount_15"), Arm("words", 0.5, offer="none"))
PLAN = Plan("ab", auto_send=True, audit_share=0.0, arms=TWO)
NAMES = [f"p{n}" for n in range(12)]


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = a_street(tmp_path)
    street.store.people.put([a_customer(name) for name in NAMES], NOW)
    street.history.events += [an_order(name) for name in NAMES]
    street.store.scores.put([a_score(name, value=1_000_000) for name in NAMES])
    street.store.ledger.add_codes("amount_15", [f"AM9K{n}XMQ" for n in range(20)])
    return street


def in_arms(street: Street) -> dict[str, str | None]:
    return {case.customer_id: case.arm for case in street.store.cases.find()}


def test_the_arm_of_a_customer_is_the_same_for_ever_and_follows_the_shares() -> None:
    arms = (Arm("a", 0.2), Arm("b", 0.8))
    drawn = [draw(arms, "spring", f"c{n}") for n in range(20_000)]
    assert drawn == [draw(arms, "spring", f"c{n}") for n in range(20_000)]
    share = sum(arm is arms[0] for arm in drawn) / len(drawn)
    assert 0.19 < share < 0.21
    other = [draw(arms, "summer", f"c{n}") for n in range(20_000)]
    both = sum(one is arms[0] and two is arms[0] for one, two in zip(drawn, other, strict=True)) / len(drawn)
    assert 0.03 < both < 0.05, "another campaign draws other lots"


def test_each_arm_offers_what_it_says_and_the_case_keeps_arm_and_propensity(street: Street) -> None:
    campaign.run(PLAN, street.house)
    cases = street.store.cases.find()
    assert {case.arm for case in cases} == {"coupon", "words"}
    for case in cases:
        assert case.decision is not None
        assert (case.decision.offer is not None) == (case.arm == "coupon")
        [lot] = [step for step in street.store.cases.story(case.case_id) if step.step == "arm"]
        assert lot.data == {"arm": case.arm, "propensity": 0.5, "lot": "arms:ab"}
    assert street.reserved()[0] == 1500 * sum(case.arm == "coupon" for case in cases)


def test_a_preview_counts_the_arms_as_the_start_then_fills_them(street: Street) -> None:
    look = campaign.preview(PLAN, street.house)
    campaign.run(PLAN, street.house)
    found = list(in_arms(street).values())
    assert look.arms == {"coupon": found.count("coupon"), "words": found.count("words")}


def test_a_second_start_reshuffles_nobody_and_other_arms_are_refused(street: Street) -> None:
    campaign.run(replace(PLAN, top=5), street.house)
    before = in_arms(street)
    campaign.run(PLAN, street.house)
    after = in_arms(street)
    assert {name: after[name] for name in before} == before
    changed = replace(PLAN, arms=(replace(TWO[0], share=0.9), replace(TWO[1], share=0.1)))
    with pytest.raises(TransitionNotAllowed, match="other arms"):
        campaign.begin(changed, "mei", street.house)


def test_who_is_held_out_or_served_is_in_no_arm(street: Street) -> None:
    street.history.events.append(a_ticket("p0"))
    campaign.run(PLAN, replace(street.house, holdout_share=1.0))
    assert set(in_arms(street).values()) == {None}
    assert street.store.cases.find(customer_id="p0")[0].purpose == "service"


def test_with_arms_by_channel_only_who_can_be_reached_in_each_takes_part(street: Street) -> None:
    """Else one arm would hold the customers with push and the other everybody: no comparison."""
    mail_only = {channel: Consent(channel is Channel.EMAIL, NOW, "form", "marketing") for channel in Channel}
    street.store.people.put([a_customer("p1", consents=mail_only)], NOW)
    arms = (Arm("mail", 0.5, channels=(Channel.EMAIL,)), Arm("push", 0.5, channels=(Channel.PUSH,)))
    plan = replace(PLAN, arms=arms)
    assert campaign.preview(plan, street.house).excluded == {"no consent and address in every arm": 1}
    campaign.run(plan, street.house)
    assert "p1" not in in_arms(street)
    for case in street.store.cases.find():
        assert case.channel == (Channel.EMAIL if case.arm == "mail" else Channel.PUSH)


class Loud:
    """A writer beside the composer: the same words, another name."""

    name, revision = "loud", "1"

    def __init__(self) -> None:
        self.prompts: list[str] = []

    def write(self, request: WriteRequest) -> WriterReply:
        self.prompts.append(request.messages[0].content)
        return Composer().write(request)


def test_an_arm_by_writer_is_written_by_it_and_stays_so_when_drafted_in_cells(street: Street) -> None:
    arms = (Arm("ours", 0.5), Arm("theirs", 0.5, writer="loud"))
    loud = Loud()
    for cells in (False, True):
        house = replace(street.house, writer_named={"loud": loud}.__getitem__)
        plan = replace(PLAN, id=f"w-{cells}", arms=arms, cells=cells, individual=0, top=None)
        street.clock.at = NOW if not cells else NOW.replace(day=20)
        for prepared in campaign.run(plan, house):
            assert prepared.draft is not None
            assert prepared.draft.writer.name == ("loud" if prepared.case.arm == "theirs" else "composer")


def test_an_arm_by_prompt_is_asked_with_its_own_prompt(street: Street, tmp_path: Path) -> None:
    from importlib.resources import files

    import prompts.template

    own = tmp_path / "prompts"
    own.mkdir()
    for language in ("zh", "en"):
        for name in ("care_message", "coupon_message"):
            text = (files("prompts") / f"{name}.{language}.md").read_text(encoding="utf-8")
            text = text.replace(f'name = "{name}"', f'name = "{name}_brief"').replace(
                "## system\n", "## system\nBRIEF\n"
            )
            (own / f"{name}_brief.{language}.md").write_text(text, encoding="utf-8")
    loud = Loud()
    house = replace(street.house, writers=(loud, Composer()))
    prompts.template.use_overrides(own)
    try:
        campaign.run(replace(PLAN, arms=(Arm("ours", 0.5), Arm("brief", 0.5, prompt="brief"))), house)
    finally:
        prompts.template.use_overrides(None)
    brief = sum(case.arm == "brief" for case in street.store.cases.find())
    assert 0 < brief < len(NAMES)
    assert sum(prompt.startswith("BRIEF") for prompt in loud.prompts) == brief
    for case in street.store.cases.find():
        draft = street.store.cases.latest_draft(case.case_id)
        assert draft is not None
        assert ("_brief." in draft.writer.prompt) == (case.arm == "brief")


def test_an_arm_by_instruction_carries_the_wish(street: Street) -> None:
    campaign.run(replace(PLAN, arms=(Arm("usual", 0.5), Arm("short", 0.5, instruction="短一点"))), street.house)
    for case in street.store.cases.find():
        draft = street.store.cases.latest_draft(case.case_id)
        assert draft is not None
        assert bool(draft.instruction.understood) == (case.arm == "short")


def test_a_lapsed_coupon_is_decided_anew_within_the_arm(street: Street) -> None:
    campaign.run(replace(PLAN, auto_send=False), street.house)
    case = next(case for case in street.store.cases.find() if case.arm == "words")
    prepared = pipeline.prepare(
        street.store.cases.get(pipeline.set_aside(case, "look", street.house).case_id), street.house
    )
    assert prepared.case.decision is not None
    assert prepared.case.decision.offer is None
    assert "words alone" in prepared.case.decision.because


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ([{"name": "a"}], "1 arms cannot be compared"),
        ([{"name": "a"}, {"name": "A", "offer": "none"}], "two arms are called 'A': they overlap"),
        ([{"name": "a"}, {"name": "b"}], "overlap: nothing is different in them"),
        ([{"name": "a", "share": 0.7}, {"name": "b", "share": 0.5, "offer": "none"}], "add up to 1.2: they overlap"),
        (
            [{"name": "a", "share": 0.3}, {"name": "b", "share": 0.5, "offer": "none"}],
            "0.2 of the customers are in none",
        ),
        ([{"name": "a", "share": 0.3}, {"name": "b", "offer": "none"}], "some have none"),
        ([{"name": "a", "share": 0}, {"name": "b", "share": 1, "offer": "none"}], "between 0 and 1"),
        ([{"name": "a"}, {"name": "b", "ofer": "none"}], "'ofer'"),
        ([{"name": "a"}, {"offer": "none"}], "has a name"),
        ([{"name": "a"}, {"name": "b", "channels": ["fax"]}], "fax"),
        ("a,b", "arms are tables"),
    ],
)
def test_arms_that_cannot_be_are_refused_at_load(arms: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan({"id": "x", "arms": arms}, "CNY")


@pytest.mark.parametrize(
    ("arm", "said"),
    [
        (Arm("x", 0.5, offer="gold_bar"), "which is no money offer"),
        (Arm("x", 0.5, writer="nobody"), "there is no writer 'nobody' here"),
        (Arm("x", 0.5, prompt="warm"), "composer reads no prompts"),
    ],
)
def test_an_arm_that_names_what_is_not_there_is_said_before_anything_is_reserved(
    street: Street, arm: Arm, said: str
) -> None:
    plan = replace(PLAN, arms=(Arm("usual", 0.5), arm))
    for ask in (campaign.preview, campaign.run):
        with pytest.raises(InputError, match=said):
            ask(plan, street.house)
    assert street.store.cases.find() == []


def test_a_plan_with_arms_survives_being_stored() -> None:
    plan = replace(PLAN, arms=(*TWO[:1], Arm("b", 0.5, "none", "composer", "warm", "短一点", (Channel.PUSH,))))
    assert plan_of(as_row(plan)) == plan
    assert [arm.share for arm in read_arms([{"name": "a"}, {"name": "b", "offer": "none"}])] == [0.5, 0.5]


def test_the_arms_of_a_campaign_are_all_queued_and_none_twice(street: Street) -> None:
    campaign.run(PLAN, street.house)
    pipeline.send_due(street.house)
    assert len(street.channel.sent) == len(NAMES)
    assert {case.status for case in street.store.cases.find()} == {CaseStatus.SENT}
