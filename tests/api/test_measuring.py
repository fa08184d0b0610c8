"""A campaign measured from its store and its orders: what it changed, what follows from that by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent import campaign
from agent.access import Role
from agent.adapters.store import schema
from agent.adapters.store.results import _how_far
from agent.arms import Arm
from agent.domain import CampaignStatus, CaseStatus, DeliveryStatus
from agent.plan import Plan, read_plan
from api.bootstrap import Workshop
from api.campaign_report import write_report
from api.campaigning import standing
from api.commands.campaigns import FAR
from api.main import create_app
from api.measuring import measure, measured_answer
from api.sign_in import add_key, add_user, set_password
from api.upkeep import settle, watch
from scoring.records import Harm
from tests.console_shop import PASSWORD
from tests.factories import NOW
from tests.measured_shop import CAMPAIGN, HELD, SENT, WRITTEN, a_measured_shop, happened, held, later, written


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return a_measured_shop(tmp_path / "home")


@pytest.fixture
def ended(shop: Workshop) -> Workshop:
    """A hundred days on: 180 of 300 written to came back in the first month, 30 of 100 held out; 20 returned it."""
    happened(shop, written(180), 5)
    happened(shop, held(30), 5)
    happened(shop, written(20), 12, "cancel")
    happened(shop, ["w299"], 100)
    return later(shop, 100)


def test_whoever_bought_within_ninety_days_stayed_and_the_others_left(ended: Workshop) -> None:
    assert settle(ended) == {"stayed": 210, "left": 190}
    assert ended.store.cases.get("case_w0").status is CaseStatus.STAYED
    assert ended.store.cases.get("case_h99").status is CaseStatus.LEFT
    assert settle(ended) == {}
    found = standing(CAMPAIGN, ended).lift
    assert found is not None
    assert (found.written_to.n, found.written_to.stayed) == (WRITTEN, 180)
    assert (found.held_out.n, found.held_out.stayed) == (HELD, 30)
    assert found.found.lift == pytest.approx(0.3)


def test_nobody_has_left_before_the_orders_reach_as_far(shop: Workshop) -> None:
    """The file with the newest orders is not in yet: silence in it is no customer's silence."""
    happened(shop, written(1), 5)
    assert settle(later(shop, 100)) == {}
    happened(shop, ["w299"], 91)
    assert settle(later(shop, 100)) == {"stayed": 1, "left": WRITTEN + HELD - 1}


def test_while_a_campaign_runs_the_interval_for_daily_looks_decides(ended: Workshop) -> None:
    settle(ended)
    running = measure(CAMPAIGN, ended).lift
    assert running is not None
    assert running.always is not None
    assert not running.final
    assert running.always.low < running.found.low
    ended.store.campaigns.move(CAMPAIGN, CampaignStatus.DONE, [CampaignStatus.RUNNING], NOW)
    over = measure(CAMPAIGN, ended).lift
    assert over is not None
    assert over.final
    assert over.verdict == "helps"


def test_net_profit_is_margin_less_coupons_and_sending(ended: Workshop) -> None:
    """160 of 300 kept a cup of 80 and 30 of 100 held out did, at 30 % margin; 250 messages cost 0.1 each."""
    found = measure(CAMPAIGN, ended).worth
    assert found is not None
    margin = 0.3 * 80 * (160 / WRITTEN - 30 / HELD) * WRITTEN
    assert found.margin == pytest.approx(margin)
    assert found.sending == pytest.approx(25.0)
    assert found.net.total == pytest.approx(margin - 25.0)
    assert found.net.total_low < found.net.total < found.net.total_high


def test_an_effect_that_fades_is_seen_month_by_month(ended: Workshop) -> None:
    happened(ended, held(60), 40)
    found = measure(CAMPAIGN, ended).decay
    assert found is not None
    assert [round(window.found.lift, 2) if window.found else None for window in found.months] == [0.3, -0.6, 0.0]
    assert [round(window.found.lift, 2) if window.found else None for window in found.so_far] == [0.3, 0.0, 0.0]
    assert found.pulled_forward


def test_a_month_that_is_not_over_is_not_shown(shop: Workshop) -> None:
    happened(shop, written(10), 40)
    found = measure(CAMPAIGN, later(shop, 45)).decay
    assert found is not None
    assert [window.found is not None for window in found.months] == [True, False, False]


def test_arms_of_the_drawn_sizes_pass_and_lost_ones_are_seen(shop: Workshop) -> None:
    found = measure(CAMPAIGN, shop)
    assert found.arms == (WRITTEN, HELD)
    assert found.ratio is not None
    assert not found.ratio.alarm


def test_too_many_unsubscribes_pause_the_campaign_until_a_person_goes_on_all_the_same(shop: Workshop) -> None:
    for name in written(3):
        shop.store.people.suppress(name, NOW, "link")
    assert watch(shop) == []
    for name in written(25):
        shop.store.people.suppress(name, NOW, "link")
    [(name, stop)] = watch(shop)
    assert (name, stop.harm, stop.written_to.n) == (CAMPAIGN, Harm.UNSUBSCRIBED, 250)
    assert shop.store.campaigns.status(CAMPAIGN) is CampaignStatus.PAUSED
    campaign.resume(CAMPAIGN, shop.house)
    assert watch(shop) == []
    shop.store.people.suppress("w30", NOW, "link")
    assert [name for name, _ in watch(shop)] == [CAMPAIGN]


def test_complaints_count_beyond_those_of_the_hold_out(shop: Workshop) -> None:
    happened(shop, [*written(200), *held(80)], 2, "ticket", topic="late_delivery")
    assert watch(later(shop, 5)) == []
    happened(shop, written(250), 3, "ticket", topic="late_delivery")
    [(_, stop)] = watch(later(shop, 5))
    assert stop.harm is Harm.COMPLAINED


def test_a_plan_may_set_its_own_limits(tmp_path: Path) -> None:
    shop = a_measured_shop(tmp_path, Plan(CAMPAIGN, limits={Harm.UNSUBSCRIBED: 0.2}))
    for name in written(25):
        shop.store.people.suppress(name, NOW, "link")
    assert watch(shop) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [({"boredom": 0.1}, "nobody counts 'boredom'"), ({"returned": 2}, "share between 0 and 1")],
)
def test_a_limit_that_nobody_can_hold_is_refused(given: dict[str, float], says: str) -> None:
    with pytest.raises(Exception, match=says):
        read_plan({"id": "care", "limits": given}, "CNY")


@pytest.mark.parametrize(
    ("delivery", "case", "far"),
    [
        (DeliveryStatus.SENT, CaseStatus.SENT, "written_to"),
        (DeliveryStatus.UNKNOWN, CaseStatus.UNKNOWN, "unknown"),
        (DeliveryStatus.QUEUED, CaseStatus.QUEUED, "queued"),
        (DeliveryStatus.FAILED, CaseStatus.FAILED, "failed"),
        (DeliveryStatus.STOPPED, CaseStatus.NEEDS_PERSON, "waiting"),
        (DeliveryStatus.STOPPED, CaseStatus.REJECTED, "ended"),
    ],
)
def test_only_whom_a_message_left_for_counts_as_written_to(
    shop: Workshop, delivery: DeliveryStatus, case: CaseStatus, far: str
) -> None:
    outbox, cases = schema.outbox, schema.cases
    with shop.store.write() as c:
        c.execute(outbox.update().where(outbox.c.case_id == "case_w0").values(status=delivery.value))
        c.execute(cases.update().where(cases.c.case_id == "case_w0").values(status=case.value))
    told = measured_answer(measure(CAMPAIGN, shop))
    assert told["how_far"][far] == 1 + {"written_to": SENT - 1}.get(far, 0)
    assert told["how_far"]["drafted"] == WRITTEN - SENT
    assert told["arms"] == {"written_to": told["how_far"]["written_to"], "held_out": HELD, "drawn": WRITTEN}
    assert sum(told["how_far"].values()) == WRITTEN


@pytest.mark.parametrize(
    ("case", "far"),
    [
        (CaseStatus.SCORED, "drafted"),
        (CaseStatus.OFFERED, "drafted"),
        (CaseStatus.APPROVED, "queued"),
        (CaseStatus.SENT, "written_to"),
        (CaseStatus.FAILED, "failed"),
        (CaseStatus.LEFT, "ended"),
    ],
)
def test_a_case_without_a_message_is_told_by_its_own_state(shop: Workshop, case: CaseStatus, far: str) -> None:
    outbox, cases = schema.outbox, schema.cases
    before = measured_answer(measure(CAMPAIGN, shop))["how_far"]
    with shop.store.write() as c:
        c.execute(outbox.delete().where(outbox.c.case_id == "case_w0"))
        c.execute(cases.update().where(cases.c.case_id == "case_w0").values(status=case.value))
    told = measured_answer(measure(CAMPAIGN, shop))["how_far"]
    assert told[far] == before[far] + (far != "written_to")


@pytest.mark.parametrize("status", list(CaseStatus))
def test_no_state_of_a_case_is_without_a_word(status: CaseStatus) -> None:
    assert _how_far(status, None) in FAR


def test_the_page_says_how_far_a_campaign_got(shop: Workshop, tmp_path: Path) -> None:
    page = write_report(measured_answer(measure(CAMPAIGN, shop)), shop.brand, NOW, tmp_path).read_text(encoding="utf-8")
    assert f'written to: a message left · 已发出</td><td class="n">{SENT}</td>' in page
    assert f'still to be drafted · 未批准：已起草或待起草</td><td class="n">{WRITTEN - SENT}</td>' in page


def test_the_report_is_two_files_that_say_the_same(ended: Workshop, tmp_path: Path) -> None:
    settle(ended)
    answer = measured_answer(measure(CAMPAIGN, ended))
    page = write_report(answer, ended.brand, NOW, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == answer
    html = page.read_text(encoding="utf-8")
    assert "+30.00 points more stayed" in html
    assert html.count("<svg") == 3
    assert "<script" not in html


def test_the_arms_of_a_campaign_stand_beside_each_other_with_honest_words(tmp_path: Path) -> None:
    """Of 150 in each arm 100 came back with the coupon and 50 without; of 100 held out 30."""
    arms = (Arm("coupon <b>", 0.5), Arm("words", 0.5, offer="none"))
    shop = a_measured_shop(tmp_path / "home", Plan(CAMPAIGN, contact_cost=0.1, arms=arms))
    happened(shop, [f"w{n}" for n in range(0, 200, 2)], 5)
    happened(shop, [f"w{n}" for n in range(1, 100, 2)], 5)
    happened(shop, held(30), 5)
    happened(shop, ["w299"], 100)
    shop = later(shop, 100)
    settle(shop)
    shop.store.campaigns.move(CAMPAIGN, CampaignStatus.DONE, [CampaignStatus.RUNNING], NOW)
    answer = measured_answer(measure(CAMPAIGN, shop))
    told = answer["variants"]
    assert told["verdict"] == "words is worse than coupon <b>"
    coupon, words = told["arms"]
    assert (coupon["stayed"], words["stayed"], coupon["known"]) == (100, 50, 150)
    assert (coupon["against_held_out"]["verdict"], words["against_held_out"]["verdict"]) == ("helps", "no clear effect")
    assert coupon["net_profit"]["total"] > words["net_profit"]["total"]
    assert "3 comparisons" in told["remark"]
    html = write_report(answer, shop.brand, NOW, tmp_path / "out").read_text(encoding="utf-8")
    assert "words is worse than coupon &lt;b&gt;" in html
    assert "coupon <b>" not in html
    assert "3 次" in html


def test_cells_and_individual_drafts_stand_apart(ended: Workshop) -> None:
    settle(ended)
    parts = {(part.by, part.name): (part.n, part.known.stayed) for part in measure(CAMPAIGN, ended).parts}
    assert parts["draft", "individual"] == (50, 50)
    assert parts["draft", "cell"] == (200, 130)
    assert parts["draft", "none"] == (50, 0)
    assert parts["channel", "email"] == (WRITTEN, 180)


@pytest.mark.parametrize(
    ("language", "says", "written_to"),
    [("en", "Net profit", "written to: a message left"), ("zh", "净利", "已发出")],
)
def test_the_console_shows_the_same_to_a_manager(ended: Workshop, language: str, says: str, written_to: str) -> None:
    settle(ended)
    set_password(ended, add_user(ended, "may", Role.MANAGER), PASSWORD)
    client = TestClient(create_app(ended))
    client.post("/sign-in", data={"name": "may", "password": PASSWORD})
    page = client.get(f"/campaigns/{CAMPAIGN}", params={"lang": language})
    assert page.status_code == 200
    assert says in page.text
    assert "+30.0" in page.text
    assert f"<b>{SENT}</b> {written_to}" in page.text
    assert page.text.count('class="dot"') == 3


def test_a_program_reads_the_same_report(ended: Workshop) -> None:
    settle(ended)
    key = add_key(ended, "shop", Role.MANAGER, ())[1]
    answer = TestClient(create_app(ended)).get(
        f"/v1/campaigns/{CAMPAIGN}/report", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.json() == measured_answer(measure(CAMPAIGN, ended))


def test_a_campaign_of_which_nothing_is_known_yet_has_a_report_that_says_so(shop: Workshop, tmp_path: Path) -> None:
    answer = measured_answer(measure(CAMPAIGN, shop))
    assert answer["lift"] is None
    assert "cannot tell yet" in write_report(answer, shop.brand, NOW, tmp_path).read_text(encoding="utf-8")
