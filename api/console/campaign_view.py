"""Campaigns → what their pages print: forecast, progress, and a result that says so when nobody can tell yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.campaign import Mind, is_over
from agent.campaign.moves import plan_hash
from agent.domain import CampaignStatus, CaseStatus
from agent.plan import plan_of
from api.campaigning import Forecast, Standing
from api.console.plan_view import plan_rows
from api.console.say import Say
from api.console.view import tone_of
from api.costing import Cost
from api.power import Power
from scoring.experiments.anytime import ENOUGH

TONES = {
    CampaignStatus.REVIEW: "warn",
    CampaignStatus.SCHEDULED: "info",
    CampaignStatus.RUNNING: "info",
    CampaignStatus.PAUSED: "warn",
    CampaignStatus.CANCELLED: "plain",
    CampaignStatus.DONE: "ok",
}


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its word. `share`: of all, 0 to 100."""

    name: str
    word: str
    n: int
    share: int
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Arm:
    name: str
    n: int
    stayed: int
    rate: str


@dataclass(frozen=True, slots=True)
class Result:
    """`verdict` is one of helps, harms, no_clear_effect, cannot_tell_yet; `low` and `high` span the 95 % interval."""

    verdict: str
    tone: str
    difference: str
    low: str
    high: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class CampaignView:
    id: str
    status: str
    tone: str
    by: str
    when: str
    ago: str
    reached: int
    total: int
    done: int
    plan: tuple[tuple[str, str], ...]
    cases: tuple[Count, ...]
    result: Result | None
    enough: int
    passed: int
    waiting: int
    active: bool
    may_pause: bool
    may_resume: bool
    may_cancel: bool
    may_sign: bool
    plan_hash: str


@dataclass(frozen=True, slots=True)
class Look:
    """What starting now would do."""

    scored: int
    flagged: int
    recipients: int
    served: int
    held_out: int
    excluded: tuple[Count, ...]
    offers: tuple[Count, ...]
    without_offer: int
    cost: str
    smallest_effect: str
    power: str
    expected: str
    span: str
    sending: str
    learnt: tuple[str, ...]
    warnings: tuple[str, ...]


def campaign_rows(found: Sequence[Standing], say: Say) -> list[CampaignView]:
    return [campaign_view(standing, say) for standing in found]


def campaign_view(found: Standing, say: Say) -> CampaignView:
    row, status = found.row, found.row.status
    over = is_over(row, {CaseStatus(name): count for name, count in found.cases.items()})
    return CampaignView(
        id=row.id,
        status=status.value,
        tone=TONES[status],
        by=row.by,
        when=say.when(row.created_at),
        ago=say.ago(row.created_at),
        reached=row.reached,
        total=row.total,
        done=round(100 * row.reached / row.total) if row.total else 0,
        plan=plan_rows(plan_of(row.plan), say),
        cases=_cases(found, say),
        result=_result(found, say),
        enough=ENOUGH,
        passed=found.cases.get(CaseStatus.CHECKED, 0),
        waiting=found.cases.get(CaseStatus.NEEDS_PERSON, 0) + found.cases.get(CaseStatus.BLOCKED, 0),
        active=status is CampaignStatus.RUNNING,
        may_pause=status in (CampaignStatus.RUNNING, CampaignStatus.DONE) and not over,
        may_resume=status is CampaignStatus.PAUSED,
        may_sign=status is CampaignStatus.REVIEW,
        plan_hash=plan_hash(plan_of(row.plan)),
        may_cancel=status is not CampaignStatus.CANCELLED and not over,
    )


def _cases(found: Standing, say: Say) -> tuple[Count, ...]:
    total = sum(found.cases.values()) or 1
    return tuple(
        Count(name, say.word("status", name), n, round(100 * n / total), tone_of(CaseStatus(name)))
        for name, n in sorted(found.cases.items(), key=lambda item: -item[1])
    )


def _result(found: Standing, say: Say) -> Result | None:
    lift = found.lift
    if lift is None:
        return None
    tones = {"helps": "ok", "harms": "bad"}
    arms = (("written_to", lift.written_to), ("held_out", lift.held_out))
    return Result(
        lift.verdict.replace(" ", "_"),
        tones.get(lift.verdict, "plain"),
        say.points(lift.found.lift),
        say.points(lift.found.low),
        say.points(lift.found.high),
        tuple(Arm(name, arm.n, arm.stayed, say.percent(arm.rate, 1)) for name, arm in arms),
    )


def preview_view(told: Forecast, say: Say) -> Look:
    look = told.preview
    return Look(
        look.scored,
        look.flagged,
        look.recipients,
        look.served,
        look.held_out,
        tuple(Count(why, _why_not(why, say), n, _of(n, look.flagged)) for why, n in look.excluded.items()),
        tuple(Count(name, name, n, _of(n, look.recipients)) for name, n in look.offers.items()),
        look.without_offer,
        say.money(look.cost.minor, look.cost.currency),
        say.points(told.sight.smallest).lstrip("+") if told.sight.smallest is not None else "",
        # that nobody is held out is one of the warnings already
        "" if told.sight.power is Power.NONE_MEANT else told.sight.in_words(say.language),
        *_forecast(told.cost, say),
        (*(_warning(one, say) for one in look.warnings), *([say("warning.frozen")] if told.frozen else ())),
    )


def _warning(one: Mind, say: Say) -> str:
    return say(f"warning.{one.oddity}", **{name: say.value(value) for name, value in one.values.items()})


def _forecast(cost: Cost, say: Say) -> tuple[str, str, str, tuple[str, ...]]:
    """What it is expected to cost, its interval, the part for sending, and what that rests on."""
    low, expected, high, sending = (
        say.money(money.minor, money.currency) for money in (cost.low, cost.expected, cost.high, cost.sending)
    )
    learnt = []
    if cost.of_first_message:
        learnt.append(say("campaign.cost_first"))
    if cost.learnt_coupons:
        learnt.append(say("campaign.cost_learnt", coupons=cost.learnt_coupons, campaigns=cost.learnt_campaigns))
    if cost.others:
        learnt.append(say("campaign.cost_others", offers=", ".join(cost.others)))
    if cost.unknown:
        learnt.append(say("campaign.cost_unknown"))
    return expected, say("campaign.cost_span", low=low, high=high), sending, tuple(learnt)


def _of(n: int, total: int) -> int:
    return round(100 * n / total) if total else 0


def _why_not(why: str, say: Say) -> str:
    """An exclusion in the reader's language: a rule of the gate by its name, the campaign's own by a text."""
    known = {
        "already in this campaign": "already",
        "does not enter the flow now": "no_entry",
        "in another campaign these days": "elsewhere",
        "no consent and address": "no_channel",
        "only approved texts go": "no_text",
        "messages to the address came back": "came_back",
        "better left alone": "peace",
        "had a message within": "recent",
        "left to campaign": "first",
        "was in campaign": "not_with",
    }
    begins = next((name for begin, name in known.items() if why.startswith(begin)), why.lower())
    key = f"excluded.{begins}"
    return say(key) if say.knows(key) else why
