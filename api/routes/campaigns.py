"""Campaigns: preview, start, watch, pause, resume, cancel, approve together. A worker goes through what is started."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from agent import campaign
from agent.access import Caller, Role, Scope
from api.auth import MANAGERS, PEOPLE, Shop, allowed
from api.campaigning import forecast, plan_from, preview_answer, standing, standing_answer
from api.measuring import measure, measured_answer
from api.routes.router import v1
from api.schemas import CampaignAnswer, PlanRequest, PreviewAnswer, Strict

router = v1("campaigns")
Watcher = Annotated[Caller, allowed(PEOPLE, Scope.CAMPAIGNS)]
Manager = Annotated[Caller, allowed(MANAGERS, Scope.CAMPAIGNS)]
Approver = Annotated[Caller, allowed(MANAGERS | {Role.REVIEWER}, Scope.REVIEW)]
CampaignId = Annotated[str, Path(max_length=100, pattern=r"^[^\x00]+$")]


class CampaignList(BaseModel):
    data: list[CampaignAnswer]


class ApproveTogether(Strict):
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Approved(BaseModel):
    campaign: str
    queued: int
    refused: list[str]


@router.post("/campaigns/preview", response_model=PreviewAnswer)
def preview(
    shop: Shop,
    by: Watcher,
    body: PlanRequest,
    messages: Annotated[bool, Query(description="Also fill and judge what each would be sent, with samples.")] = False,
) -> dict[str, Any]:
    """Who would be written to, who not and why, which offers, what it would cost. Nothing is reserved or stored."""
    return preview_answer(forecast(plan_from(body, shop), shop, messages))


@router.post("/campaigns", response_model=CampaignAnswer, status_code=202)
def start(shop: Shop, by: Manager, body: PlanRequest) -> JSONResponse | dict[str, Any]:
    """Start it: a worker drafts for everybody flagged. The same id again goes on; nobody is reached twice."""
    shop.require_scores()
    plan = plan_from(body, shop)
    campaign.begin(plan, by.name, shop.house)
    return standing_answer(standing(plan.id, shop))


@router.get("/campaigns", response_model=CampaignList)
def campaigns(shop: Shop, by: Watcher) -> dict[str, Any]:
    """All of them, newest first."""
    return {"data": [standing_answer(standing(row.id, shop)) for row in shop.store.campaigns.rows()]}


@router.get("/campaigns/{campaign_id}", response_model=CampaignAnswer)
def status(shop: Shop, by: Watcher, campaign_id: CampaignId) -> dict[str, Any]:
    """Progress and result: cases by status, outcomes by arm, the lift with its interval."""
    return standing_answer(standing(campaign_id, shop))


@router.get("/campaigns/{campaign_id}/report")
def report(shop: Shop, by: Watcher, campaign_id: CampaignId) -> dict[str, Any]:
    """What it changed: lift, always-valid interval, split, net profit, decay, guardrails, by draft, channel, offer."""
    return measured_answer(measure(campaign_id, shop))


@router.post("/campaigns/{campaign_id}/sign-off", response_model=CampaignAnswer)
def sign_off(shop: Shop, by: Manager, campaign_id: CampaignId, seen: str | None = None) -> dict[str, Any]:
    """The second pair of eyes on a campaign above the amount; 409 for whoever proposed it.

    `seen`: the plan's hash as its newest step of the history tells it; 409 where the plan is another one by now.
    """
    campaign.sign_off(campaign_id, by.name, shop.house, seen)
    return standing_answer(standing(campaign_id, shop))


@router.post("/campaigns/{campaign_id}/pause", response_model=CampaignAnswer)
def pause(shop: Shop, by: Manager, campaign_id: CampaignId) -> dict[str, Any]:
    """No more drafts, and nothing of it leaves."""
    campaign.pause(campaign_id, shop.house, by.name)
    return standing_answer(standing(campaign_id, shop))


@router.post("/campaigns/{campaign_id}/resume", response_model=CampaignAnswer)
def resume(shop: Shop, by: Manager, campaign_id: CampaignId) -> dict[str, Any]:
    """Go on where it stopped."""
    campaign.resume(campaign_id, shop.house, by.name)
    return standing_answer(standing(campaign_id, shop))


@router.post("/campaigns/{campaign_id}/cancel", response_model=CampaignAnswer)
def cancel(shop: Shop, by: Manager, campaign_id: CampaignId) -> dict[str, Any]:
    """Never again: drafts are rejected, what is queued is taken back, coupons go back."""
    campaign.cancel(campaign_id, by.name, shop.house)
    return standing_answer(standing(campaign_id, shop))


@router.post("/campaigns/{campaign_id}/approve", response_model=Approved)
def approve(shop: Shop, by: Approver, campaign_id: CampaignId, body: ApproveTogether | None = None) -> dict[str, Any]:
    """Approve together what the gate passed, each asked again; what waits with findings stays for review."""
    shop.store.campaigns.row(campaign_id)
    queued, refused = campaign.approve_all(campaign_id, by.name, shop.house, body.limit if body else None)
    return {"campaign": campaign_id, "queued": queued, "refused": refused}
