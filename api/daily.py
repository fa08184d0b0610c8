"""One day of an installation: take in what came, score, warn, go through the campaigns, send, and say what was done.

Each step looks for itself what is left to do, so a second run on the same day adds nothing and sends nothing twice,
and a run that was killed goes on where it was. A step that fails is named; the others are done all the same. Nothing is
decided here that is not decided by the same functions at every other door.
"""

from __future__ import annotations

import fcntl
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent import coupons, worker
from agent.domain import WAITING_FOR_PERSON, CampaignStatus
from agent.errors import NotReady
from agent.priority import by_priority
from api.arrivals import move
from api.bootstrap import Workshop
from api.files import written_whole
from api.incoming import Memory, take_in
from api.scoring_store import moment_to_score, score_store
from api.telling import tell_staff
from api.upkeep import settle, watch
from scoring.records import RiskBand

Progress = Callable[[str, float], None]
Counts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """`state`: done, skipped (there is nothing to do it with), failed. `says` is the reason where it is not done."""

    name: str
    state: str
    counts: Counts
    says: str = ""


class Skipped(Exception):
    """A step that has nothing to work with yet."""


def run(workshop: Workshop, folder: Path, progress: Progress) -> list[Step]:
    """Every step, in the order of the work. Raises NotReady where is no home, or where another one is at work in it."""
    workshop.home.require()
    steps: tuple[tuple[str, float, Callable[[], Counts]], ...] = (
        ("import", 0.0, lambda: _import(workshop, folder, progress)),
        ("move", 0.3, lambda: {"moved": move(workshop)}),
        ("score", 0.35, lambda: _score(workshop)),
        ("alerts", 0.6, lambda: _alerts(workshop)),
        ("give_back", 0.65, lambda: _give_back(workshop)),
        ("outcomes", 0.67, lambda: dict(settle(workshop))),
        ("guardrails", 0.69, lambda: _guardrails(workshop)),
        ("campaigns", 0.7, lambda: _campaigns(workshop)),
        ("send", 0.9, lambda: _send(workshop)),
        ("staff", 0.95, lambda: _staff(workshop)),
        ("report", 0.98, lambda: _report(workshop)),
    )
    with _alone(workshop):
        done = []
        for name, share, work in steps:
            progress(name, share)
            done.append(_tried(name, work))
        _remember(workshop, done)
    return done


def _tried(name: str, work: Callable[[], Counts]) -> Step:
    try:
        counts = work()
    except Skipped as why:
        return Step(name, "skipped", {}, str(why))
    except Exception as error:  # named here, and by the exit code; the next steps have their own work
        why_not = getattr(error, "message", "") or f"{type(error).__name__}: {error}"
        return Step(name, "failed", {}, why_not)
    unread = counts.get("unread")
    return Step(name, "failed" if unread else "done", counts, f"{len(unread)} files were not read" if unread else "")


# --- the steps --------------------------------------------------------------------------------------------------------


def _import(workshop: Workshop, folder: Path, progress: Progress) -> Counts:
    return asdict(take_in(workshop, folder, Memory(workshop.home.taken_in), lambda s, n: progress(s, 0.3 * n)))


def _give_back(workshop: Workshop) -> Counts:
    """After the import, so that a coupon redeemed in today's file is not taken for one that nobody came with."""
    return {
        "coupons": coupons.give_up_stale(workshop.house),
        "expired": coupons.expire_unused(workshop.house),
    }


def _score(workshop: Workshop) -> Counts:
    if not (workshop.home.scorer / "report.json").exists():
        raise Skipped("no scorer is trained yet: holdfast train --horizon 90d")
    bands = score_store(workshop, _as_of(workshop), workshop.home.scorer)
    return {"scored": bands.total(), **{band.value: bands[band] for band in reversed(RiskBand)}}


def _as_of(workshop: Workshop) -> datetime:
    """The first minute of this day in the brand's zone, or the end of the data where they are old.

    A second run on the same day scores as of the same moment and so replaces the first one's scores; one by a newly
    trained model gets a moment of its own, or two models would stand side by side as one scoring.
    """
    from scoring.artefact import load_trained

    moment, stale = moment_to_score(workshop)
    zone = ZoneInfo(workshop.brand.timezone)
    begin = moment if stale else datetime.combine(moment.astimezone(zone).date(), time(), zone).astimezone(UTC)
    newest = workshop.store.scores.newest_run()
    if newest is None or newest[0] < begin:
        return begin
    last, model = newest
    if model == load_trained(workshop.home.scorer).manifest.stamp:
        return last
    return last + timedelta(seconds=1) if stale else max(moment, last + timedelta(seconds=1))


def _alerts(workshop: Workshop) -> Counts:
    """Who is in the high band now and was not in the scoring before; those with most at stake first."""
    scores = workshop.store.scores.ranking()
    if not scores:
        raise Skipped("nobody is scored yet")
    before = workshop.store.scores.bands_before(scores[0].as_of)
    high = [score for score in scores if score.band is RiskBand.HIGH]
    fresh = [s for s in high if before is not None and before.get(s.customer_id) is not RiskBand.HIGH]
    whole = workshop.store.scores.of_many([score.customer_id for score in fresh])
    language = workshop.brand.languages[0].value
    newly = [
        {
            "customer_id": score.customer_id,
            "probability": round(score.probability, 4),
            "value_minor": score.value_minor,
            "because": score.reasons[0].text.get(language, score.reasons[0].code) if score.reasons else "",
        }
        for score in (whole.get(one.customer_id, one) for one in by_priority(fresh))
    ]
    return {"high": len(high), "newly_high": newly, "first_scoring": before is None}


def _guardrails(workshop: Workshop) -> Counts:
    return {"paused": [{"campaign": name, **stop.as_dict()} for name, stop in watch(workshop)]}


def _campaigns(workshop: Workshop) -> Counts:
    running = len(workshop.store.campaigns.rows([CampaignStatus.RUNNING]))
    drafted = Counter(prepared.draft is not None for prepared in worker.drafting(workshop.house))
    return {"running": running, "cases": drafted.total(), "drafted": drafted[True]}


def _send(workshop: Workshop) -> Counts:
    deliveries = worker.send_turn(workshop.house)
    by_status = Counter(delivery.status.value for delivery in deliveries)
    return {**dict(sorted(by_status.items())), "stopped_by_switch": workshop.store.sending.state().stopped}


def _staff(workshop: Workshop) -> Counts:
    if workshop.robot is None:
        raise Skipped("no group is set: HOLDFAST_ROBOT_URL")
    return {"told": tell_staff(workshop)}


def _report(workshop: Workshop) -> Counts:
    store = workshop.store
    return {
        "outbox": {status.value: count for status, count in store.outbox.counts().items()},
        "waiting_for_person": len(store.cases.find(list(WAITING_FOR_PERSON))),
        "budgets_frozen": store.ledger.frozen() is not None,
    }


# --- one at a time, and what is kept ----------------------------------------------------------------------------------


@contextmanager
def _alone(workshop: Workshop) -> Iterator[None]:
    """The lock is the operating system's: whoever is killed lets go of it."""
    with (workshop.home.root / ".daily.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotReady("another holdfast daily is at work in this home", "wait until it is through") from error
        yield


def answer(done: list[Step], at: datetime) -> dict[str, Any]:
    """The `daily` contract."""
    alerts: list[Any] = next((list(step.counts.get("newly_high", ())) for step in done if step.name == "alerts"), [])
    return {
        "at": at.isoformat(),
        "steps": {step.name: {"state": step.state, "says": step.says, **step.counts} for step in done},
        "failed": [step.name for step in done if step.state == "failed"],
        "alerts": alerts,
    }


def _remember(workshop: Workshop, done: list[Step]) -> None:
    with written_whole(workshop.home.daily) as target:
        json.dump(answer(done, workshop.clock.now()), target, ensure_ascii=False, indent=1)
