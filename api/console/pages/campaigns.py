"""Campaigns: all of them, a new one with its preview, one with its progress and result. Managers act, reps look on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Path, Query, Request, Response
from pydantic import ValidationError

from agent import campaign
from agent.access import Caller, Role, Scope
from agent.domain import Channel
from agent.errors import HoldfastError, InputError
from api.auth import MANAGERS, PEOPLE, Shop
from api.campaigning import forecast, plan_from, standing
from api.console.campaign_view import campaign_rows, campaign_view, preview_view
from api.console.flash import Flash
from api.console.pages.router import pages
from api.console.plan_view import plan_rows
from api.console.render import go, page, say_for
from api.console.result_view import result_view
from api.console.say import Say
from api.console.session import acts, sees
from api.flowing import shipped_flows
from api.measuring import measure
from api.remedies import on_a_page
from api.schemas import PlanRequest

router = pages()
Watcher = Annotated[Caller, sees(PEOPLE, Scope.CAMPAIGNS)]
Planner = Annotated[Caller, sees(MANAGERS, Scope.CAMPAIGNS)]
Manager = Annotated[Caller, acts(MANAGERS, Scope.CAMPAIGNS)]
Approver = Annotated[Caller, acts(MANAGERS | {Role.REVIEWER}, Scope.REVIEW)]
CampaignId = Annotated[str, Path(max_length=100)]
FIELDS = ("id", "flow", "band", "top", "budget", "cells", "auto_send")
TICKED = ("cells", "auto_send")


@router.get("/campaigns")
def campaigns(request: Request, shop: Shop, by: Watcher) -> Response:
    found = [standing(row.id, shop) for row in shop.store.campaigns.rows()]
    return page(request, "campaigns.html", by, rows=campaign_rows(found, say_for(request)))


@router.get("/new-campaign")
def plan(request: Request, shop: Shop, by: Planner, channel: Annotated[list[str], Query()] = []) -> Response:  # noqa: B006
    """The form; with an id in it, also what starting it would do. Looking changes nothing, so it is a GET."""
    given = {name: request.query_params[name] for name in FIELDS if request.query_params.get(name)}
    values, say = _form(given, channel, say_for(request)), say_for(request)
    if "id" not in given:
        return page(request, "new_campaign.html", by, form=values, look=None)
    try:
        wish = plan_from(_request(given, channel), shop)
        told = forecast(wish, shop)
    except (HoldfastError, ValidationError) as error:
        return page(request, "new_campaign.html", by, 422, _refusal(error), form=values, look=None)
    return page(request, "new_campaign.html", by, form=values, look=preview_view(told, say), plan=plan_rows(wish, say))


@router.post("/campaigns")
def start(
    request: Request, shop: Shop, by: Manager, id: Annotated[str, Form()] = "", band: Annotated[str, Form()] = "",  # noqa: A002
    top: Annotated[str, Form()] = "", budget: Annotated[str, Form()] = "", auto_send: Annotated[str, Form()] = "",
    cells: Annotated[str, Form()] = "", flow: Annotated[str, Form()] = "", channel: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Begin it; a worker drafts for everybody flagged. The same id again goes on and reaches nobody twice."""
    given = dict(zip(FIELDS, (id, flow, band, top, budget, cells, auto_send), strict=True))
    try:
        shop.require_scores()
        wish = plan_from(_request({k: v for k, v in given.items() if v}, channel), shop)
        campaign.begin(wish, by.name, shop.house)
    except (HoldfastError, ValidationError) as error:
        return page(
            request,
            "new_campaign.html",
            by,
            422,
            _refusal(error),
            "/new-campaign",
            form=_form(given, channel, say_for(request)),
            look=None,
        )
    return go(request, f"/campaigns/{wish.id}", Flash("campaign.started"))


@router.get("/campaigns/{campaign_id}")
def one(request: Request, shop: Shop, by: Watcher, campaign_id: CampaignId) -> Response:
    say = say_for(request)
    view, result = campaign_view(standing(campaign_id, shop), say), result_view(measure(campaign_id, shop), say)
    return page(request, "campaign.html", by, c=view, r=result, reviews=by.role in MANAGERS | {Role.REVIEWER})


@router.get("/campaigns/{campaign_id}/progress")
def progress(request: Request, shop: Shop, by: Watcher, campaign_id: CampaignId) -> Response:
    """Only the part that changes while a worker goes through it; the page fetches it by itself."""
    view = campaign_view(standing(campaign_id, shop), say_for(request))
    return page(request, "partials/progress.html", by, c=view)


@router.post("/campaigns/{campaign_id}/sign-off")
def sign_off(
    request: Request, shop: Shop, by: Manager, campaign_id: CampaignId, seen: Annotated[str, Form()]
) -> Response:
    """Above the amount a second person's word on the plan of this page; whoever proposed it is refused."""
    try:
        campaign.sign_off(campaign_id, by.name, shop.house, seen)
    except HoldfastError as error:
        return go(request, f"/campaigns/{campaign_id}", _refusal(error))
    return go(request, f"/campaigns/{campaign_id}", Flash("campaign.signed"))


@router.post("/campaigns/{campaign_id}/pause")
def pause(request: Request, shop: Shop, by: Manager, campaign_id: CampaignId) -> Response:
    campaign.pause(campaign_id, shop.house, by.name)
    return go(request, f"/campaigns/{campaign_id}", Flash("campaign.paused"))


@router.post("/campaigns/{campaign_id}/resume")
def resume(request: Request, shop: Shop, by: Manager, campaign_id: CampaignId) -> Response:
    campaign.resume(campaign_id, shop.house, by.name)
    return go(request, f"/campaigns/{campaign_id}", Flash("campaign.resumed"))


@router.post("/campaigns/{campaign_id}/cancel")
def cancel(request: Request, shop: Shop, by: Manager, campaign_id: CampaignId) -> Response:
    ended = campaign.cancel(campaign_id, by.name, shop.house)
    return go(request, f"/campaigns/{campaign_id}", Flash("campaign.cancelled", {"n": str(ended)}, tone="warn"))


@router.post("/campaigns/{campaign_id}/approve")
def approve(request: Request, shop: Shop, by: Approver, campaign_id: CampaignId) -> Response:
    """Together what the gate passed, each asked again; what waits for a person stays in the queue."""
    shop.store.campaigns.row(campaign_id)
    queued, refused = campaign.approve_all(campaign_id, by.name, shop.house)
    values = {"n": str(queued), "refused": str(len(refused))}
    key = "campaign.approved_some" if refused else "campaign.approved"
    return go(request, f"/campaigns/{campaign_id}", Flash(key, values, tone="warn" if refused else "ok"))


def _request(given: dict[str, str], channels: list[str]) -> PlanRequest:
    """What was typed; of a flow, its steps, its channels and whatever was left empty are as its file says.

    Raises ValidationError, and InputError for a flow that nobody knows.
    """
    fields: dict[str, Any] = {**given, **{name: bool(given.get(name)) for name in TICKED}}
    chosen = fields.pop("flow", "")
    if not chosen:
        return PlanRequest(**fields, **({"channels": channels} if channels else {}))
    flow = next((one for one in shipped_flows() if one["id"] == chosen), None)
    if flow is None:
        raise InputError(f"there is no flow {chosen!r}", "choose another, or see: holdfast campaign flows")
    return PlanRequest(**{**flow, **({"budget": str(flow["budget"])} if "budget" in flow else {}), **fields})


def _form(given: dict[str, str], channels: list[str], say: Say) -> dict[str, Any]:
    """What the form shows: what was typed, else the usual."""
    usual = [Channel.EMAIL.value, Channel.PUSH.value, Channel.SMS.value]
    blank = dict.fromkeys(FIELDS, "")
    flows = [(one["id"], one.get("title", {}).get(say.language.value, one["id"])) for one in shipped_flows()]
    return {
        **blank,
        **given,
        "flows": flows,
        "channels": channels or usual,
        "all_channels": [*usual, Channel.CHAT.value],
    }


def _refusal(error: HoldfastError | ValidationError) -> Flash:
    if isinstance(error, ValidationError):
        field = str(error.errors()[0]["loc"][0])
        return Flash(f"campaign.bad_{field}" if field in FIELDS else "campaign.bad_id", tone="bad")
    return Flash("said.refused", {"detail": error.message, "remedy": on_a_page(error.remedy)}, tone="bad")
