"""One file a noun. `ROUTERS` is every router of the HTTP door, in the order of /docs."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes import (
    answers,
    campaigns,
    chat,
    check,
    customers,
    drafts,
    events,
    health,
    jobs,
    offers,
    policies,
    sending,
    unsubscribe,
    webhooks,
    wecom,
    whatsapp,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    events.router,
    customers.router,
    drafts.router,
    check.router,
    campaigns.router,
    offers.router,
    policies.router,
    chat.router,
    sending.router,
    jobs.router,
    unsubscribe.router,
    webhooks.router,
    answers.router,
    wecom.router,
    whatsapp.router,
)
