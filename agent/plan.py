"""What a manager decides about a campaign, as a record, as a TOML table, and as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from agent.arms import Arm, arms_as_rows, read_arms
from agent.bandit import Sizes, read_sizes, sizes_as_row
from agent.domain import Channel, Money
from agent.errors import InputError
from agent.flow import Flow, flow_as_row, read_flow
from agent.money import to_minor
from scoring.records import Harm, RiskBand

FLOW_KEYS = {"title", "enter", "goal", "steps", "again_after"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a manager decides. `channels` in order of preference.

    `cells` drafts once for all who share situation, offer, channel, language and tone; the `individual` most valuable
    get drafts of their own all the same. `auto_send` lets what the gate passed go by itself, but for a fixed random
    share (`audit_share`) that a person sees. `contact_cost` is what one message costs to send, in major units of the
    currency (mail costs less than its smallest coin). `limits`: harm → the share of those written to above which the
    campaign pauses by itself; the house's own limits where nothing is said. `arms`: what is tried against what. Of two
    campaigns that want the same customer, the one of higher `priority` gets them. `not_with`: campaigns whose customers
    this one leaves alone for good. `starts_at`: not before then; None: at once. `flow`: several steps instead of one
    message; it runs until it is cancelled. `bandit`: learns which of a few sizes of an offer
    to make; None: the cheapest adequate one, as ever.
    """

    id: str
    band: RiskBand = RiskBand.HIGH
    top: int | None = None
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.PUSH, Channel.SMS)
    budget: Money | None = None
    auto_send: bool = False
    audit_share: float = 0.1
    cells: bool = False
    individual: int = 50
    contact_cost: float = 0.0
    limits: Mapping[Harm, float] = field(default_factory=dict)
    arms: tuple[Arm, ...] = ()
    priority: int = 0
    not_with: tuple[str, ...] = ()
    starts_at: datetime | None = None
    flow: Flow | None = None
    bandit: Sizes | None = None


def as_row(plan: Plan) -> dict[str, Any]:
    """A plan as it is stored."""
    return {
        "id": plan.id,
        "band": plan.band.value,
        "top": plan.top,
        "channels": [channel.value for channel in plan.channels],
        "budget_minor": plan.budget.minor if plan.budget else None,
        "currency": plan.budget.currency if plan.budget else None,
        "auto_send": plan.auto_send,
        "audit_share": plan.audit_share,
        "cells": plan.cells,
        "individual": plan.individual,
        "contact_cost": plan.contact_cost,
        "limits": {harm.value: share for harm, share in plan.limits.items()},
        "arms": arms_as_rows(plan.arms),
        "priority": plan.priority,
        "not_with": list(plan.not_with),
        "starts_at": plan.starts_at.isoformat() if plan.starts_at else None,
        **({"bandit": sizes_as_row(plan.bandit)} if plan.bandit else {}),
        **(flow_as_row(plan.flow) if plan.flow else {}),
    }


def plan_of(row: Mapping[str, Any]) -> Plan:
    """The plan that `as_row` took apart."""
    minor, currency = row.get("budget_minor"), row.get("currency")
    return Plan(
        id=row["id"],
        band=RiskBand(row["band"]),
        top=row["top"],
        channels=tuple(Channel(name) for name in row["channels"]),
        budget=Money(minor, currency) if minor is not None and currency else None,
        auto_send=row["auto_send"],
        audit_share=row["audit_share"],
        cells=row.get("cells", False),
        individual=row.get("individual", 50),
        contact_cost=row.get("contact_cost", 0.0),
        limits={Harm(harm): share for harm, share in row.get("limits", {}).items()},
        arms=read_arms(row.get("arms", ())),
        priority=row.get("priority", 0),
        not_with=tuple(row.get("not_with", ())),
        starts_at=datetime.fromisoformat(row["starts_at"]) if row.get("starts_at") else None,
        flow=read_flow(row),
        bandit=read_sizes(row.get("bandit")),
    )


def read_plan(data: Mapping[str, Any], currency: str) -> Plan:
    """A plan from a TOML table. Raises InputError naming the key."""
    known = {one.name for one in fields(Plan)} - {"flow"} | FLOW_KEYS
    if unknown := set(data) - known:
        raise InputError(f"the plan has an unknown key {sorted(unknown)[0]!r}", f"known: {', '.join(sorted(known))}")
    if "id" not in data:
        raise InputError("the plan has no id", 'add id = "spring-care"')
    try:
        return Plan(
            id=str(data["id"]),
            band=_one_of(RiskBand, "band", data.get("band", "low" if "steps" in data else "high")),
            top=_count("top", data["top"], 1) if "top" in data else None,
            channels=_channels(data.get("channels", ("email", "push", "sms"))),
            budget=_budget(data["budget"], currency) if "budget" in data else None,
            auto_send=_flag("auto_send", data.get("auto_send", False)),
            audit_share=_share("audit_share", data.get("audit_share", 0.1)),
            cells=_flag("cells", data.get("cells", False)),
            individual=_count("individual", data.get("individual", 50), 0),
            contact_cost=_cost(data.get("contact_cost", 0)),
            limits=_limits(data.get("limits", {})),
            arms=read_arms(data.get("arms", ())),
            priority=_count("priority", data.get("priority", 0), None),
            not_with=_names(data.get("not_with", ())),
            starts_at=_moment(data.get("starts_at")),
            flow=read_flow(data),
            bandit=read_sizes(data.get("bandit")),
        )
    except (ValueError, TypeError, ArithmeticError) as error:
        raise InputError(
            f"the plan {data['id']!r} cannot be read: {error}", "see: holdfast campaign example"
        ) from error


# --- one value each; all raise ValueError in the words of the file ----------------------------------------------------

K = TypeVar("K", bound=StrEnum)


def _flag(key: str, given: Any) -> bool:
    """Only true and false: "false" in quotes would otherwise count as yes, and send."""
    if not isinstance(given, bool):
        raise ValueError(f"{key} is true or false, without quotes, and not {given!r}")
    return given


def _count(key: str, given: Any, least: int | None) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or (least is not None and given < least):
        span = "" if least is None else f" from {least} on"
        raise ValueError(f"{key} is a whole number{span}, and not {given!r}")
    return given


def _share(key: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise ValueError(f"{key} is a share between 0 and 1, like 0.1, and not {given!r}")
    return float(given)


def _one_of(kind: type[K], key: str, given: Any) -> K:
    if given not in set(kind):
        raise ValueError(f"{key} is one of {', '.join(kind)}, and not {given!r}")
    return kind(given)


def _channels(given: Any) -> tuple[Channel, ...]:
    if isinstance(given, str) or not isinstance(given, list | tuple) or not given:
        raise ValueError(f'channels is a list, like ["email", "push"], and not {given!r}')
    return tuple(_one_of(Channel, "each of channels", name) for name in given)


def _budget(given: Any, currency: str) -> Money:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal) or not 0 <= given < 10**12:
        raise ValueError(f"budget is an amount of {currency} from 0 on, like 2000, and not {given!r}")
    return to_minor(Decimal(str(given)), currency)


def _cost(given: Any) -> float:
    """Raises ValueError."""
    cost = float(given)
    if not 0 <= cost < 1000:
        raise ValueError("contact_cost is money for one message, like 0.05")
    return cost


def _names(given: Any) -> tuple[str, ...]:
    """Raises ValueError."""
    if isinstance(given, str) or not all(isinstance(name, str) for name in given):
        raise ValueError('not_with is a list of campaigns, like ["summer"]')
    return tuple(given)


def _moment(given: Any) -> datetime | None:
    """Raises ValueError for a time that may mean two moments."""
    if given is None:
        return None
    at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    if at.tzinfo is None:
        raise ValueError("starts_at needs its offset, like 2026-03-01T10:00:00+08:00")
    return at


def _limits(given: Any) -> dict[Harm, float]:
    """Raises ValueError."""
    if not isinstance(given, Mapping):
        raise ValueError("limits is a table, like {unsubscribed = 0.02}")
    if unknown := set(given) - set(Harm):
        raise ValueError(f"nobody counts {sorted(unknown)[0]!r}; limits are for {', '.join(Harm)}")
    limits = {Harm(harm): float(share) for harm, share in given.items()}
    if wrong := [harm for harm, share in limits.items() if not 0 < share < 1]:
        raise ValueError(f"the limit of {wrong[0]} is a share between 0 and 1, like 0.02")
    return limits
