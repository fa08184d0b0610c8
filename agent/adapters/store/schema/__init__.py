"""The tables, once. Written for SQLite and PostgreSQL alike: text ids, integer minor units, UTC times, JSON as JSON.

Every table that belongs to a firm carries `brand_id`. A time is stored in UTC and comes back aware: SQLite has no
zone of its own, so `UtcDateTime` refuses naive values on the way in and puts the zone back on the way out.
"""

from __future__ import annotations

from agent.adapters.store.schema.base import UtcDateTime, metadata
from agent.adapters.store.schema.campaigns import campaign_steps, campaigns, flow_states, outcomes
from agent.adapters.store.schema.cases import cases, drafts, reviews, trace, verdicts
from agent.adapters.store.schema.doors import (
    api_keys,
    arrivals,
    identities,
    jobs,
    replies,
    sessions,
    sign_in_links,
    users,
)
from agent.adapters.store.schema.learning import examples, lessons, revocations, variants, votes
from agent.adapters.store.schema.messages import answers, outbox, receipts, sending
from agent.adapters.store.schema.money import budgets, codes, freezes, reservation_budgets, reservations
from agent.adapters.store.schema.people import consents, customers, score_runs, scores, suppressions

__all__ = [
    "UtcDateTime",
    "answers",
    "api_keys",
    "arrivals",
    "budgets",
    "campaign_steps",
    "campaigns",
    "cases",
    "codes",
    "consents",
    "customers",
    "drafts",
    "examples",
    "flow_states",
    "freezes",
    "identities",
    "jobs",
    "lessons",
    "metadata",
    "outbox",
    "outcomes",
    "receipts",
    "replies",
    "reservation_budgets",
    "reservations",
    "reviews",
    "revocations",
    "score_runs",
    "scores",
    "sending",
    "sessions",
    "sign_in_links",
    "suppressions",
    "trace",
    "users",
    "variants",
    "verdicts",
    "votes",
]
