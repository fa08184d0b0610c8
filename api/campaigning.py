"""Campaigns as a manager sees them: preview, progress, result; the same for the command line, HTTP and the console."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from agent import campaign
from agent.arms import read_arms
from agent.bandit import read_sizes
from agent.campaign import Preview
from agent.cells.preview import MessagePreview
from agent.domain import CampaignRow, CampaignStep, Decision, Language
from agent.errors import PlanRefused
from agent.flow.reading import read_flow
from agent.money import to_minor
from agent.plan import FLOW_KEYS, Plan
from api.bootstrap import Workshop
from api.costing import Cost, cost_answer, cost_of, coupons_of_the_past
from api.measuring import HELD_OUT, WRITTEN_TO, lift_of
from api.power import Sight, sight
from api.schemas import PlanRequest
from scoring.experiments.campaign import Lift
from scoring.experiments.power import smallest_effect
from scoring.records import RiskBand

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Forecast:
    """A preview, and what its group sizes could show.

    `cost`: what it will come to, where `preview.cost` is the most. `frozen`: no coupon can be reserved now, so none
    stands in the preview.
    """

    preview: Preview
    sight: Sight
    cost: Cost
    frozen: bool = False
    messages: MessagePreview | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a campaign stands: its cases by status, outcomes by arm, and the lift as far as anybody can tell."""

    row: CampaignRow
    cases: dict[str, int]
    outcomes: dict[str, dict[str, int]]
    lift: Lift | None
    history: tuple[CampaignStep, ...] = ()


def plan_from(body: PlanRequest, workshop: Workshop) -> Plan:
    return Plan(
        id=body.id,
        band=RiskBand(body.band or ("low" if body.steps else "high")),
        top=body.top,
        channels=tuple(dict.fromkeys(body.channels)),
        budget=to_minor(Decimal(body.budget), workshop.brand.currency) if body.budget is not None else None,
        auto_send=body.auto_send,
        audit_share=body.audit_share,
        cells=body.cells,
        individual=body.individual,
        contact_cost=body.contact_cost,
        limits=body.limits,
        arms=_read(
            body, "arms", lambda: read_arms([arm.model_dump(mode="json", exclude_defaults=True) for arm in body.arms])
        ),
        priority=body.priority,
        not_with=tuple(body.not_with),
        starts_at=body.starts_at,
        flow=_read(body, "steps", lambda: read_flow(_said(body, FLOW_KEYS))),
        bandit=_read(body, "bandit", lambda: read_sizes(body.bandit)),
    )


def _said(body: PlanRequest, keys: Collection[str]) -> dict[str, Any]:
    return body.model_dump(mode="json", include=set(keys), exclude_none=True)


def _read(body: PlanRequest, what: str, reading: Callable[[], T]) -> T:
    """Raises PlanRefused in the words of whoever reads it."""
    try:
        return reading()
    except ValueError as error:
        raise PlanRefused(f"the {what} of {body.id!r} cannot be: {error}", "see: holdfast campaign example") from error


def forecast(plan: Plan, workshop: Workshop, with_messages: bool = False) -> Forecast:
    """`with_messages` also fills and judges what each customer would be sent, cell by cell."""
    workshop.require_scores()
    messages = MessagePreview(workshop.house) if with_messages else None
    look = campaign.preview(plan, workshop.house, messages)
    flagged, _ = campaign.candidates(plan, workshop.house)
    risk = sum(score.probability for score in flagged) / len(flagged) if flagged else 0.0
    frozen = workshop.store.ledger.frozen() is not None
    cost = cost_of(plan, look, workshop.catalogue.offers, coupons_of_the_past(workshop), workshop.seed)
    smallest = smallest_effect(look.recipients, look.held_out, risk)
    seen = sight(smallest, look.recipients, look.held_out, workshop.house.holdout_share)
    return Forecast(look, seen, cost, frozen, messages)


def standing(campaign_id: str, workshop: Workshop) -> Standing:
    """Raises NotFound."""
    store = workshop.store
    row = store.campaigns.row(campaign_id)
    cases = {status.value: count for status, count in sorted(store.cases.counts(campaign_id).items())}
    outcomes: dict[str, dict[str, int]] = {WRITTEN_TO: {}, HELD_OUT: {}}
    for (held, kind), count in store.results.by_arm(campaign_id).items():
        outcomes[HELD_OUT if held else WRITTEN_TO][kind] = count
    return Standing(row, cases, outcomes, lift_of(row, workshop), tuple(store.campaigns.steps(campaign_id)))


def preview_answer(told: Forecast) -> dict[str, Any]:
    look = told.preview
    return {
        "scored": look.scored,
        "flagged": look.flagged,
        "recipients": look.recipients,
        "served": look.served,
        "held_out": look.held_out,
        "excluded": dict(look.excluded),
        "offers": dict(look.offers),
        "without_offer": look.without_offer,
        "cost": {"minor": look.cost.minor, "currency": look.cost.currency},
        "forecast": cost_answer(told.cost),
        "smallest_effect": told.sight.smallest,
        "power": {
            "kind": told.sight.power.value,
            "says": {language.value: told.sight.in_words(language) for language in Language},
        },
        "budgets_frozen": told.frozen,
        "arms": dict(look.arms),
        "warnings": [str(warning) for warning in look.warnings],
        "messages": _messages(told.messages) if told.messages else None,
    }


def _messages(found: MessagePreview) -> dict[str, Any]:
    """Counts by verdict, and one message of each cell."""
    return {
        "pass": found.verdicts[Decision.PASS],
        "review": found.verdicts[Decision.REVIEW],
        "block": found.verdicts[Decision.BLOCK],
        "waits": found.waits,
        "one_by_one": found.alone,
        "samples": [
            {
                "situation": sample.situation,
                "channel": sample.channel,
                "language": sample.language,
                "customers": sample.customers,
                "subject": sample.words.subject,
                "body": sample.words.body,
            }
            for sample in found.samples()
        ],
    }


def standing_answer(found: Standing) -> dict[str, Any]:
    row = found.row
    return {
        "id": row.id,
        "status": row.status.value,
        "plan": dict(row.plan),
        "by": row.by,
        "created_at": row.created_at,
        "reached": row.reached,
        "total": row.total,
        "cases": found.cases,
        "outcomes": found.outcomes,
        "lift": found.lift.as_dict() if found.lift else None,
        "history": [
            {"step": step.step, "by": step.by, "at": step.at, "plan": step.plan, "note": step.note}
            for step in found.history
        ],
    }
