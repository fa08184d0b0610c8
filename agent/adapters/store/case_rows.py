"""A case and what belongs to it, as rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agent.adapters.store.codec import from_json, to_json
from agent.domain import (
    Case,
    CaseStatus,
    Channel,
    Draft,
    Language,
    OfferDecision,
    Purpose,
    Review,
    Verdict,
)
from agent.priority import priority
from scoring.records import RiskScore


def draft_row(brand_id: str, draft: Draft, at: datetime) -> dict[str, Any]:
    return {
        "draft_id": draft.draft_id,
        "brand_id": brand_id,
        "case_id": draft.case_id,
        "created_at": at,
        "data": to_json(draft),
    }


def verdict_row(
    brand_id: str, case_id: str, draft_id: str, moment: str, verdict: Verdict, context: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "brand_id": brand_id,
        "case_id": case_id,
        "draft_id": draft_id,
        "moment": moment,
        "at": at,
        "decision": verdict.decision.value,
        "text_hash": verdict.text_hash,
        "rules": verdict.rules,
        "data": to_json(verdict),
        "context": dict(context),
    }


def review_row(brand_id: str, case_id: str, review: Review) -> dict[str, Any]:
    return {
        "brand_id": brand_id,
        "case_id": case_id,
        "draft_id": review.draft_id,
        "at": review.at,
        "data": to_json(review),
    }


def trace_row(brand_id: str, case_id: str, step: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"brand_id": brand_id, "case_id": case_id, "step": step, "at": at, "data": dict(data)}


def score_line(case: Case) -> dict[str, Any]:
    return {"score": to_json(case.score) if case.score else None}


def short_score(case: Case) -> dict[str, Any]:
    """Where many are opened at once: the whole score, with its reasons, lies on the case and stays as it was then."""
    score = case.score
    return {"score": {"probability": score.probability, "band": score.band, "model": score.model} if score else None}


def case_row(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "brand_id": case.brand_id,
        "customer_id": case.customer_id,
        "channel": case.channel.value,
        "purpose": case.purpose.value,
        "status": case.status.value,
        "situation": case.situation,
        "campaign_id": case.campaign_id,
        "arm": case.arm,
        "step": case.step,
        "language": case.language.value if case.language else None,
        "opened_at": case.opened_at,
        "updated_at": case.opened_at,
        "score": to_json(case.score) if case.score else None,
        "decision": to_json(case.decision) if case.decision else None,
        "priority": priority(case.score).product if case.score else 0.0,
    }


def case_of(row: Any) -> Case:
    return Case(
        case_id=row.case_id,
        brand_id=row.brand_id,
        customer_id=row.customer_id,
        channel=Channel(row.channel),
        purpose=Purpose(row.purpose),
        status=CaseStatus(row.status),
        opened_at=row.opened_at,
        situation=row.situation,
        campaign_id=row.campaign_id,
        language=Language(row.language) if row.language else None,
        score=from_json(RiskScore, row.score) if row.score else None,
        decision=from_json(OfferDecision, row.decision) if row.decision else None,
        arm=row.arm,
        step=row.step,
    )
