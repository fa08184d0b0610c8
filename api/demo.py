"""holdfast demo: the main job from event to sent message, on a simulated shop, offline.

Each step looks whether its result is there already, so a second run is quick, repeats nothing and sends nothing twice,
and a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent import campaign, pipeline
from agent.domain import WAITING_FOR_PERSON, Case, CaseStatus, Draft, OfferStatus, Verdict
from agent.errors import InputError, NotFound
from agent.outbox import message_key
from agent.plan import Plan
from api import importing, sample_shop
from api.arrivals import move
from api.bootstrap import Workshop
from api.clock import FixedClock
from api.model_writers import HOUSE_MODEL
from scoring.records import RiskBand, RiskScore

Progress = Callable[[str, float], None]
MODEL_CASES, COMPOSER_CASES = 24, 36
MODEL_PLAN = Plan("demo-model", band=RiskBand.MEDIUM, top=MODEL_CASES, auto_send=True)
COMPOSER_PLAN = Plan("demo-composer", band=RiskBand.MEDIUM, top=MODEL_CASES + COMPOSER_CASES, auto_send=True)


@dataclass(frozen=True, slots=True)
class Told:
    """One case of the demo, for the table and the report."""

    case: Case
    draft: Draft | None
    verdict: Verdict | None
    where: str | None


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Everything that the command prints and the report shows."""

    workshop: Workshop
    customers: int
    scores: list[RiskScore]
    cases: list[Told]
    model: dict[str, Any]
    outbox: Path
    imports: dict[str, Any]
    again: bool = False


def run(workshop: Workshop, customers: int, out: Path | None, progress: Progress) -> DemoResult:
    """All eleven steps. Raises InputError when the home folder belongs to a real brand."""
    sample_shop.lay_out(workshop.home)
    if not workshop.brand.made_up:
        raise InputError(
            f"{workshop.home.root} belongs to {workshop.brand.name}: the demo does not mix with a real shop",
            "give it a folder of its own: holdfast demo --home demo-home",
        )
    workshop = _at_demo_time(workshop, customers, out)
    again = _done(workshop, COMPOSER_PLAN)
    if again:
        progress("everything is there from the first run", 0.9)
        return _result(workshop, customers, workshop.store.scores.latest(), _shop(workshop, customers), again)
    progress("simulating a shop and importing its files", 0.05)
    imports = _shop(workshop, customers)
    move(workshop)  # what came in over HTTP counts as well
    progress("training and evaluating the first scorer", 0.2)
    _train(workshop, progress)
    progress("scoring everybody, with reasons", 0.4)
    scores = _score(workshop)
    progress("indexing policies and histories", 0.5)
    _index(workshop)
    progress("deciding, drafting and checking", 0.6)
    _draft(workshop, progress)
    progress("sending what is approved", 0.97)
    pipeline.recover(workshop.house, timedelta(seconds=-1))  # nobody else sends in a demo's home
    pipeline.send_due(workshop.house)
    return _result(workshop, customers, scores, imports, again)


def as_json(result: DemoResult, report: Path, seconds: float) -> dict[str, Any]:
    """The `demo` contract."""
    told = result.cases
    drafted = [t for t in told if t.draft is not None]
    delivered = Counter(t.case.status for t in told)
    decisions = Counter(t.case.decision.status for t in told if t.case.decision)
    flagged = [score for score in result.scores if score.band is not RiskBand.LOW]
    return {
        "customers": result.customers,
        "flagged": len(flagged),
        "offers": decisions[OfferStatus.OFFERED],
        "held_out": decisions[OfferStatus.HELD_OUT],
        "no_offer": decisions[OfferStatus.NO_OFFER],
        "drafted": len(drafted),
        "passed": sum(t.case.status not in WAITING_FOR_PERSON for t in drafted),
        "needs_person": sum(t.case.status is CaseStatus.NEEDS_PERSON for t in drafted),
        "blocked": sum(t.case.status is CaseStatus.BLOCKED for t in drafted),
        "queued": delivered[CaseStatus.QUEUED],
        "sent": delivered[CaseStatus.SENT],
        "unknown": delivered[CaseStatus.UNKNOWN],
        "writers": dict(Counter(t.draft.writer.name for t in told if t.draft is not None)),
        "model": {
            "name": result.model["model"],
            "auc": result.model["cv"]["auc"],
            "base_rate": result.model["base_rate"],
        },
        "outbox": str(result.outbox),
        "report": str(report),
        "seconds": round(seconds, 1),
    }


# --- the steps --------------------------------------------------------------------------------------------------------


def _at_demo_time(workshop: Workshop, customers: int, out: Path | None) -> Workshop:
    """The shop's own clock: ten in the morning of the day of the first run, the same in every later run."""
    note = workshop.home.root / "demo.json"
    if note.exists():
        kept = json.loads(note.read_text(encoding="utf-8"))
        if (kept["customers"], kept["seed"]) != (customers, workshop.seed):
            raise InputError(
                f"{workshop.home.root} holds a demo of {kept['customers']} customers, seed {kept['seed']}",
                "ask for the same again, or give another --home",
            )
        now = datetime.fromisoformat(kept["now"])
    else:
        zone = ZoneInfo(workshop.brand.timezone)
        day = workshop.clock.now().astimezone(zone).date()
        now = datetime.combine(day, time(10), zone).astimezone(UTC)
        note.write_text(
            json.dumps({"customers": customers, "seed": workshop.seed, "now": now.isoformat()}), encoding="utf-8"
        )
    return Workshop(workshop.home, workshop.settings, FixedClock(now), workshop.seed, outbox=out and out / "outbox")


def _shop(workshop: Workshop, customers: int) -> dict[str, Any]:
    done = workshop.home.root / "imported.json"
    if done.exists():
        return dict(json.loads(done.read_text(encoding="utf-8")))
    shop = workshop.home.root / "shop"
    sample_shop.simulate_shop(customers, workshop.seed, workshop.clock.now(), shop)
    quiet: Progress = lambda _step, _share: None  # noqa: E731
    report = {
        "customers": importing.import_customers(workshop, shop / "customers.csv", None, False, True, quiet).as_dict()
    }
    for what in ("orders", "events", "reviews", "tickets"):
        report[what] = importing.import_events(workshop, shop / f"{what}.csv", what, None, False, True, quiet).as_dict()
    with_codes = [offer.id for offer in workshop.catalogue.offers.values() if offer.codes]
    for name, codes in sample_shop.till_codes(with_codes, workshop.seed).items():
        workshop.store.ledger.add_codes(name, codes)
    done.write_text(json.dumps(report), encoding="utf-8")
    return report


def _train(workshop: Workshop, progress: Progress) -> None:
    if (workshop.home.scorer / "report.json").exists():
        return
    from scoring.labels import ChurnDefinition
    from scoring.train import train_events

    definition = ChurnDefinition(horizon_days=90)
    as_of = workshop.clock.now() - definition.horizon
    train_events(
        workshop.log.load(until=workshop.clock.now()),
        definition,
        as_of,
        workshop.home.scorer,
        model="additive",
        seed=workshop.seed,
        progress=lambda step, share: progress(f"scorer: {step}", 0.2 + 0.2 * share),
    )


def _score(workshop: Workshop) -> list[RiskScore]:
    from api.scoring_store import score_store

    if workshop.store.scores.newest_run() is None:
        score_store(workshop, workshop.clock.now(), workshop.home.scorer)
    return workshop.store.scores.latest()


def _index(workshop: Workshop) -> None:
    from knowledge.history import passages

    importing.import_policies(workshop, workshop.home.policies, dry_run=False)
    flagged, _ = campaign.candidates(COMPOSER_PLAN, workshop.house)
    ids = [score.customer_id for score in flagged]
    timelines = workshop.house.history.timelines(ids, workshop.clock.now())
    for customer_id, events in timelines.items():
        workshop.index.put_history(passages(customer_id, events))


def _draft(workshop: Workshop, progress: Progress) -> None:
    """The most valuable through the language model, the others through the composer: same offer rules, same gate."""
    composer = workshop.house
    model = workshop.settings.model or HOUSE_MODEL
    both = replace(composer, writers=(workshop.model_writer(model), *composer.writers))
    campaign.run(MODEL_PLAN, both, lambda n, total: progress(f"language model: {n} of {total}", 0.6 + 0.2 * n / total))
    campaign.run(
        COMPOSER_PLAN, composer, lambda n, total: progress(f"composer: {n} of {total}", 0.8 + 0.17 * n / total)
    )


def _done(workshop: Workshop, plan: Plan) -> bool:
    try:
        return workshop.store.campaigns.get(plan.id)[0] == "done"
    except NotFound:
        return False


def _result(
    workshop: Workshop, customers: int, scores: list[RiskScore], imports: dict[str, Any], again: bool
) -> DemoResult:
    cases = workshop.store.cases
    told = []
    for plan in (MODEL_PLAN, COMPOSER_PLAN):
        for case in cases.find(campaign_id=plan.id):
            draft = cases.latest_draft(case.case_id)
            verdict = cases.latest_verdict(draft.draft_id) if draft else None
            row = workshop.store.outbox.get(message_key(case.case_id))
            told.append(Told(case, draft, verdict, row.where if row else None))
    model = json.loads((workshop.home.scorer / "report.json").read_text(encoding="utf-8"))
    return DemoResult(workshop, customers, scores, told, model, workshop.outbox_folder, imports, again)
