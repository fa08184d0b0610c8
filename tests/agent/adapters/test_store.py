"""The store on a real SQLite file and a real PostgreSQL server: what goes in comes out, money cannot be overspent."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, require_current_schema, upgrade
from agent.adapters.store.schema import metadata, scores
from agent.adapters.store.scores import KEEP_RUNS
from agent.domain import (
    Case,
    CaseStatus,
    Channel,
    Consent,
    Customer,
    Language,
    Money,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Outcome,
    Purpose,
    SendingState,
)
from agent.errors import InputError, NotFound, StoreUnavailable, TransitionNotAllowed
from agent.ledger import Claim, Refusal, Reservation
from scoring.records import Reason, RiskBand, RiskScore

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(url: str) -> SqlStore:
    engine = open_engine(url)
    upgrade(engine)
    return SqlStore(engine, "qinghe")


def someone(customer_id: str = "c1", **changes: object) -> Customer:
    known: dict[str, object] = {
        "id": customer_id,
        "brand_id": "qinghe",
        "name": "欧阳雪",
        "language": Language.ZH,
        "member_since": date(2024, 5, 1),
        "consents": {Channel.EMAIL: Consent(True, NOW, "form-7", "marketing"), Channel.SMS: Consent(None)},
    }
    return Customer(**{**known, **changes})  # type: ignore[arg-type]


def a_case(case_id: str = "case_1", customer_id: str = "c1") -> Case:
    score = RiskScore(
        customer_id, 0.71, 0.9, -0.4, RiskBand.HIGH,
        (Reason("no_recent_purchase", "recency", 67.0, 1.3, {"zh": "最近一次下单是 67 天前", "en": "67 days ago"}),),
        NOW, "m1", 120_00,
    )  # fmt: skip
    return Case(case_id, "qinghe", customer_id, Channel.EMAIL, Purpose.MARKETING, CaseStatus.SCORED, NOW, score=score)


def claim(case_id: str, amount: int, *budgets: str, code: bool = False) -> Claim:
    return Claim(case_id, "c1", "ten_off", Money(amount, "CNY"), budgets, code, NOW)


def test_the_migrations_make_exactly_the_tables_of_the_schema(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = open_engine(url)
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_older_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(StoreUnavailable) as caught:
        require_current_schema(engine)
    assert "holdfast upgrade" in caught.value.remedy


def test_a_customer_comes_back_as_stored(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    assert store.people.get("c1") == someone()


def test_a_suppression_survives_a_later_import(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    store.people.suppress("c1", NOW, "one-click")
    store.people.put([someone(suppressed=False)], NOW)
    assert store.people.get("c1").suppressed


def test_a_case_comes_back_with_its_score_and_decision(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    case = a_case()
    assert store.cases.open(case)
    offer = Offer(
        "ten_off", OfferKind.AMOUNT, Decimal("10.50"), "CNY", Money(1050, "CNY"), "A1B2", expires_on=date(2026, 4, 1)
    )
    decision = OfferDecision(OfferStatus.OFFERED, "long_silence", "the cheapest that fits", offer)
    moved = store.cases.advance(case, CaseStatus.OFFERED, NOW, decision=decision, situation="long_silence")
    assert store.cases.get("case_1") == moved
    assert [step.step for step in store.cases.story("case_1")] == ["score", "status"]


def test_a_case_opens_once(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    assert store.cases.open(a_case())
    assert not store.cases.open(a_case())


def test_a_sign_that_a_database_cannot_hold_is_the_senders_fault_and_no_breakdown(store: SqlStore) -> None:
    with pytest.raises((NotFound, InputError)) as caught:
        store.cases.get("case_\0")
    assert caught.value.remedy


def test_a_case_cannot_jump_over_the_gate(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    store.cases.open(a_case())
    with pytest.raises(TransitionNotAllowed):
        store.cases.advance(a_case(), CaseStatus.QUEUED, NOW)


def test_the_second_of_two_movers_is_told(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    case = a_case()
    store.cases.open(case)
    store.cases.advance(case, CaseStatus.NO_OFFER, NOW)
    with pytest.raises(TransitionNotAllowed, match="no longer"):
        store.cases.advance(case, CaseStatus.OFFERED, NOW)


def test_nothing_of_a_failed_step_is_kept(store: SqlStore) -> None:
    with pytest.raises(RuntimeError), store.write():
        store.people.put([someone()], NOW)
        raise RuntimeError("crash")
    assert store.people.count() == 0


def test_reserving_takes_from_every_budget_or_from_none(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.set_budget("offer", Money(300, "CNY"))
    assert isinstance(store.ledger.reserve(claim("a", 300, "campaign", "offer")), Reservation)
    assert store.ledger.reserve(claim("b", 300, "campaign", "offer")) is Refusal.BUDGET_EXHAUSTED
    campaign = store.ledger.budget("campaign")
    assert campaign is not None
    assert (campaign.reserved_minor, campaign.left) == (300, 700)


def test_an_unknown_budget_or_another_currency_gives_nothing(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "USD"))
    assert store.ledger.reserve(claim("a", 1, "campaign")) is Refusal.NO_BUDGET
    assert store.ledger.reserve(claim("a", 1, "nobody's")) is Refusal.NO_BUDGET


def test_an_empty_pool_means_no_offer_and_gives_the_money_back(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.add_codes("ten_off", ["AAA1"])
    first = store.ledger.reserve(claim("a", 100, "campaign", code=True))
    assert isinstance(first, Reservation)
    assert first.code == "AAA1"
    assert store.ledger.reserve(claim("b", 100, "campaign", code=True)) is Refusal.NO_CODE_LEFT
    assert store.ledger.budget("campaign").reserved_minor == 100  # type: ignore[union-attr]
    store.ledger.release(first.id, NOW)
    second = store.ledger.reserve(claim("b", 100, "campaign", code=True))
    assert isinstance(second, Reservation)
    assert second.code == "AAA1"


def test_asking_twice_reserves_once(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    first, again = (store.ledger.reserve(claim("a", 100, "campaign")) for _ in range(2))
    assert first == again
    assert store.ledger.budget("campaign").reserved_minor == 100  # type: ignore[union-attr]


def test_commit_and_release_count_once(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    kept = store.ledger.reserve(claim("a", 100, "campaign"))
    dropped = store.ledger.reserve(claim("b", 200, "campaign"))
    assert isinstance(kept, Reservation)
    assert isinstance(dropped, Reservation)
    for _ in range(2):
        store.ledger.commit(kept.id, NOW)
        store.ledger.release(dropped.id, NOW)
        store.ledger.release(kept.id, NOW)  # already committed: stays
    budget = store.ledger.budget("campaign")
    assert budget is not None
    assert (budget.reserved_minor, budget.spent_minor) == (0, 100)
    assert isinstance(store.ledger.reserve(claim("b", 200, "campaign")), Reservation), "released, so it may ask again"


def test_a_budget_cannot_shrink_below_what_is_taken(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.reserve(claim("a", 600, "campaign"))
    with pytest.raises(InputError, match="600"):
        store.ledger.set_budget("campaign", Money(500, "CNY"))


def test_the_database_itself_refuses_an_overspent_budget(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    with pytest.raises(sa.exc.IntegrityError), store.write() as c:
        c.execute(sa.text("update budgets set reserved_minor = 1001"))


def test_a_code_is_redeemed_once(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.add_codes("ten_off", ["AAA1"])
    reservation = store.ledger.reserve(claim("a", 100, "campaign", code=True))
    assert isinstance(reservation, Reservation)
    store.ledger.commit(reservation.id, NOW)
    assert store.ledger.redeem("AAA1", NOW) is not None
    assert store.ledger.redeem("AAA1", NOW) is None
    assert store.ledger.redeem("GUESS", NOW) is None


def test_a_code_that_came_back_is_redeemed_by_whoever_holds_it_now(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.add_codes("ten_off", ["AAA1"])
    first = store.ledger.reserve(claim("a", 100, "campaign", code=True))
    assert isinstance(first, Reservation)
    store.ledger.release(first.id, NOW)
    second = store.ledger.reserve(claim("b", 100, "campaign", code=True))
    assert isinstance(second, Reservation)
    store.ledger.commit(second.id, NOW)
    redeemed = store.ledger.redeem("AAA1", NOW)
    assert redeemed is not None
    assert (redeemed.id, redeemed.case_id, redeemed.status) == (second.id, "b", "redeemed")
    assert store.ledger.reservation(first.id).status == "released"  # type: ignore[union-attr]


def test_a_code_that_the_till_took_is_never_in_the_pool_again(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.add_codes("ten_off", ["AAA1", "AAA2"])
    held = store.ledger.reserve(claim("a", 100, "campaign", code=True))
    assert isinstance(held, Reservation)
    assert store.ledger.redeem("AAA1", NOW) is not None  # the words leaked before the message was sent
    store.ledger.release(held.id, NOW)
    assert store.ledger.codes_left("ten_off") == 1
    again = store.ledger.reserve(claim("b", 100, "campaign", code=True))
    assert isinstance(again, Reservation)
    assert again.code == "AAA2"


def test_a_released_reservation_keeps_its_offer_for_the_record(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    ids = []
    for _ in range(3):
        reservation = store.ledger.reserve(claim("a", 100, "campaign"))
        assert isinstance(reservation, Reservation)
        ids.append(reservation.id)
        store.ledger.release(reservation.id, NOW)
    kept = [store.ledger.reservation(name) for name in ids]
    assert len(set(ids)) == 3
    assert [(row.offer_id, row.status) for row in kept if row] == [("ten_off", "released")] * 3


def test_the_database_itself_refuses_a_second_live_reservation(store: SqlStore) -> None:
    store.ledger.set_budget("campaign", Money(1000, "CNY"))
    store.ledger.reserve(claim("a", 100, "campaign"))
    copy = (
        "insert into reservations select 'res_2', brand_id, case_id, customer_id, offer_id, amount_minor, currency, "
        "code, status, at, updated_at from reservations"
    )
    with pytest.raises(sa.exc.IntegrityError), store.write() as c:
        c.execute(sa.text(copy))


def _reserve_many(url: str, worker: int) -> None:
    store = SqlStore(open_engine(url), "qinghe")
    for n in range(20):
        store.ledger.reserve(claim(f"{worker}-{n}", 7, "campaign"))


def test_many_processes_never_overspend(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    store = SqlStore(engine, "qinghe")
    store.ledger.set_budget("campaign", Money(200, "CNY"))
    engine.dispose()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_reserve_many, args=(url, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    budget = store.ledger.budget("campaign")
    assert budget is not None
    assert budget.reserved_minor == 196  # 28 x 7: the largest multiple of 7 that fits into 200


def test_an_outcome_imported_twice_counts_once(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    store.cases.open(a_case())
    outcome = Outcome("case_1", "redeemed", NOW + timedelta(days=3), "file", Money(990, "CNY"))
    assert store.results.record(outcome)
    assert not store.results.record(outcome)
    assert store.results.of_case("case_1") == [outcome]


def test_a_locked_database_says_what_to_do(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "holdfast.db"
    upgrade(open_engine(f"sqlite:///{path}"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        store = SqlStore(open_engine(f"sqlite:///{path}", busy_timeout_s=0.05), "qinghe")
        with pytest.raises(StoreUnavailable, match="locked") as caught:
            store.people.suppress("c1", NOW, "test")
        assert caught.value.remedy
    finally:
        other.execute("ROLLBACK")


def test_the_kill_switch_keeps_who_turned_it_and_when_and_is_the_brands_own(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    store, other = SqlStore(engine, "qinghe"), SqlStore(engine, "another")
    assert store.sending.state() == SendingState()
    store.sending.set(True, "lin", NOW, "wrong price list")
    assert store.sending.state() == SendingState(True, "lin", NOW, "wrong price list")
    store.sending.set(False, "mei", NOW)  # within the same tick of the clock: the order still holds
    assert store.sending.state().stopped is False
    assert [turn.by for turn in store.sending.turns()] == ["mei", "lin"]
    assert other.sending.state() == SendingState()


def test_a_database_of_the_version_before_is_brought_up_and_keeps_what_it_holds(url: str) -> None:
    from alembic import command

    from agent.adapters.store.engine import _config

    engine = open_engine(url)
    command.upgrade(_config(engine), "0001")
    with engine.begin() as connection:
        connection.execute(sa.text("insert into budgets values ('qinghe', 'b', 'CNY', 100, 0, 0)"))
    with pytest.raises(StoreUnavailable):
        require_current_schema(engine)
    upgrade(engine)
    require_current_schema(engine)
    store = SqlStore(engine, "qinghe")
    budget = store.ledger.budget("b")
    assert budget is not None
    assert budget.amount.minor == 100
    assert store.sending.state().stopped is False


def test_the_first_opt_out_is_kept_whoever_says_it_again(store: SqlStore) -> None:
    store.people.put([someone()], NOW)
    store.people.suppress("c1", NOW, "one-click")
    store.people.suppress("c1", NOW + timedelta(days=9), "import")
    assert store.people.get("c1").suppressed
    with store.write() as connection:
        row = connection.execute(sa.text("select source from suppressions")).one()
    assert row.source == "one-click"


def scored(name: str, as_of: datetime = NOW, risk: float = 0.9, model: str = "m") -> RiskScore:
    return RiskScore(name, risk, 0.0, 0.0, RiskBand.HIGH, (), as_of, model, None)


def test_nobody_sees_a_scoring_run_before_it_is_whole(store: SqlStore) -> None:
    store.scores.put([scored("c1"), scored("c2")])
    later = NOW + timedelta(days=1)
    store.scores.add([scored("c1", later, 0.2)])
    store.scores.add([scored("c3", later, 0.3)])
    assert [(one.customer_id, one.probability) for one in store.scores.ranking()] == [("c1", 0.9), ("c2", 0.9)]
    assert [store.scores.of(name) for name in ("c1", "c3")] == [scored("c1"), None]
    assert store.scores.newest_run() == (NOW, "m")
    store.scores.finish_run(later, "m")
    assert {one.customer_id: one.probability for one in store.scores.latest()} == {"c1": 0.2, "c3": 0.3}
    assert store.scores.of_many(["c1", "c2", "c3"]).keys() == {"c1", "c2", "c3"}
    assert store.scores.of("c2") == scored("c2")
    assert store.scores.count() == 2
    assert store.scores.bands_before(later) == {"c1": RiskBand.HIGH, "c2": RiskBand.HIGH}


def test_old_scoring_runs_are_let_go_and_one_that_is_being_written_is_not(store: SqlStore) -> None:
    moments = [NOW + timedelta(days=day) for day in range(KEEP_RUNS + 3)]
    for moment in moments[:-1]:
        store.scores.put([scored("c1", moment), scored("c2", moment)])
    between, ahead = moments[-2] + timedelta(hours=1), moments[-1] + timedelta(days=9)
    for unfinished in (between, ahead):
        store.scores.add([scored("c1", unfinished)])
    store.scores.put([scored("c1", moments[-1]), scored("c2", moments[-1])])
    with store.write() as c:
        there = sorted({row.as_of for row in c.execute(sa.select(scores.c.as_of))})
    assert there == sorted([*moments[3:], between, ahead])
    assert store.scores.oldest_kept() == moments[3]
    store.scores.add([scored("c2", between)])
    store.scores.finish_run(between, "m")
    assert store.scores.bands_before(moments[-1]) == {"c1": RiskBand.HIGH, "c2": RiskBand.HIGH}
    assert store.scores.newest_run() == (moments[-1], "m")


def test_another_model_at_the_same_moment_is_not_seen_before_it_is_whole(store: SqlStore) -> None:
    store.scores.put([scored("c1", risk=0.4)])
    store.scores.add([scored("c1", risk=0.8, model="other")])
    assert store.scores.of("c1") == scored("c1", risk=0.4)
    assert [one.probability for one in store.scores.ranking()] == [0.4]
    store.scores.finish_run(NOW, "other")
    assert [one.probability for one in store.scores.ranking()] == [0.8]


def test_a_score_is_read_in_the_quick_way_as_in_the_thorough_one() -> None:
    from agent.adapters.store.codec import from_json, score_from_json, to_json

    said = {"zh": "61 天没有购买", "en": "nothing bought for 61 days"}
    first = Reason("no_recent_purchase", "recency_days", 61.5, 0.4, said, said)
    reasons = (first, Reason("plan", "plan", "basic", -0.1, said), Reason("plan", "age", None, 0.0, said))
    score = RiskScore("c1", 0.9, -1.5, 0.25, RiskBand.HIGH, reasons, NOW, "m", 5_000)
    for one in (score, RiskScore("c2", 0.1, 0.0, 0.0, RiskBand.LOW, (), NOW, "m", None)):
        assert score_from_json(to_json(one)) == from_json(RiskScore, to_json(one)) == one
    for lost in ({}, {**to_json(score), "band": "huge"}, {**to_json(score), "unheard_of": 1}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            score_from_json(lost)


def test_two_writers_that_wait_for_each_other_are_called_so() -> None:
    from agent.adapters.store.engine import _plain

    assert "waited for each other" in _plain("deadlock detected\nDETAIL: Process 7 waits for ShareLock")[0]
    assert "locked by another" in _plain("database is locked")[0]


HALF = "\ud83d"


def test_json_that_only_the_standard_library_writes_and_reads_is_kept(store: SqlStore, url: str) -> None:
    """Half an emoji, as a sender cut it; a number of thirty digits; a NaN that the version before wrote."""
    data = {"text": f"so {HALF}", "中": "文"}
    big = {} if url.startswith("postgresql") else {"n": 10**30}
    store.cases.note("cell_x", "cell", NOW, {**data, **big})
    store.cases.note("cell_y", "cell", NOW, {})
    nan = "1" if url.startswith("postgresql") else "NaN"
    old = f'{{"text": "so \\ud83d", "\\u4e2d": "\\u6587", "risk": {nan}}}'
    with store.write() as connection:
        connection.execute(sa.text("update trace set data = :old where case_id = 'cell_y'"), {"old": old})
    assert store.cases.story("cell_x")[0].data == {**data, **big}
    found = store.cases.story("cell_y")[0].data
    assert {name: found[name] for name in data} == data
    assert found["risk"] != found["risk"] or found["risk"] == 1


def test_the_queue_of_a_database_of_the_first_version_is_read_in_order_after_the_upgrade(url: str) -> None:
    from alembic import command

    from agent.adapters.store.codec import to_json
    from agent.adapters.store.engine import _config

    engine = open_engine(url)
    command.upgrade(_config(engine), "0001")
    first = sa.MetaData()
    first.reflect(bind=engine, only=["customers", "cases"])
    person = {"brand_id": "qinghe", "language": "zh", "suppressed": False, "account_status": "active", "made_up": True}
    with engine.begin() as c:
        for name, risk, value in (("little", 0.3, 10_000), ("most", 0.9, 900_000), ("some", 0.9, 50_000)):
            score = RiskScore(name, risk, 0.0, 0.0, RiskBand.HIGH, (), NOW, "m", value)
            c.execute(
                first.tables["customers"]
                .insert()
                .values(customer_id=name, flags=[], assumed=[], updated_at=NOW, **person)
            )
            c.execute(
                first.tables["cases"].insert().values(
                    case_id=f"case_{name}", brand_id="qinghe", customer_id=name, channel="email", purpose="marketing",
                    status="needs_person", situation="", opened_at=NOW, updated_at=NOW, score=to_json(score),
                )
            )  # fmt: skip
    upgrade(engine)
    require_current_schema(engine)
    queue = SqlStore(engine, "qinghe").cases.queue([CaseStatus.NEEDS_PERSON], 10)
    assert [case.case_id for case, _ in queue] == ["case_most", "case_some", "case_little"]
    assert queue[0][0].score is not None
    assert queue[0][0].score.value_minor == 900_000
