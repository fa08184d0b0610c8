"""The turns of a campaign's life: proposed, signed, scheduled, started, paused, resumed, cancelled; by whom, when.

Above an amount (`House.four_eyes_above`) a campaign waits until somebody other than whoever proposed it has signed this
very plan. A changed plan has another hash, so it is signed anew.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from agent import pipeline
from agent.campaign.checks import at_stake, require_sense
from agent.domain import CampaignRow, CampaignStatus, CampaignStep, CaseStatus, Money
from agent.errors import InputError, TransitionNotAllowed
from agent.house import House
from agent.money import to_major
from agent.plan import Plan, as_row, plan_of

C = CampaignStatus
OPEN = (
    CaseStatus.OFFERED,
    CaseStatus.NO_OFFER,
    CaseStatus.CHECKED,
    CaseStatus.BLOCKED,
    CaseStatus.NEEDS_PERSON,
    CaseStatus.QUEUED,
)
"""Where a case of a cancelled campaign may still stand and can be ended."""
WAITING = (C.REVIEW, C.SCHEDULED)


def begin(plan: Plan, by: str, house: House) -> CampaignStatus:
    """Start a campaign, or one that is done once more: nobody is reached twice. A worker then goes through it.

    Returns where it stands: RUNNING, SCHEDULED for its day, or REVIEW while a second person must sign it. Raises
    TransitionNotAllowed for one that is paused or was cancelled or whose arms changed, InputError for a plan that
    cannot be, or that nobody's name stands under where a second person must sign.
    """
    require_sense(plan, house)
    _require_same_arms(plan, house)
    if needs_second(plan, house) and not _person(by):
        raise InputError(f"campaign {plan.id} needs a second person, and nobody said who starts it", "say --by NAME")
    now = house.clock.now()
    with house.store.write():
        if (status := house.store.campaigns.status(plan.id)) in (C.PAUSED, C.CANCELLED):
            raise TransitionNotAllowed(f"campaign {plan.id} is {status}", "resume it, or give the plan another id")
        waits = needs_second(plan, house) and not _signed(plan, house)
        status = C.REVIEW if waits else _ready(plan, house)
        if not waits:
            _open_pot(plan, house)
        # The chance of being held out is kept with it: else nobody could check that the arms have their shares.
        row = {**as_row(plan), "holdout_share": house.holdout_share}
        changed = "; ".join(changes(plan, house))
        house.store.campaigns.put(plan.id, status, row, now, by)
        steps = {C.REVIEW: "proposed", C.SCHEDULED: "scheduled"}
        _note(plan.id, steps.get(status, "started"), by, plan_hash(plan), house, changed)
    return status


def changes(plan: Plan, house: House) -> tuple[str, ...]:
    """What this plan says that the one on record under its id does not, key by key; () for a new campaign."""
    if house.store.campaigns.status(plan.id) is None:
        return ()
    before, after = as_row(plan_of(house.store.campaigns.row(plan.id).plan)), as_row(plan)
    keys = [key for key in {**before, **after} if key != "currency" and before.get(key) != after.get(key)]
    return tuple(f"{_SAID.get(key, key)}: {_said(key, before)} → {_said(key, after)}" for key in keys)


_SAID = {"budget_minor": "budget"}


def _said(key: str, row: Mapping[str, Any]) -> str:
    value = row.get(key)
    if key == "budget_minor" and value is not None:
        return f"{to_major(Money(value, row['currency']))} {row['currency']}"
    return "none" if value in (None, [], {}) else json.dumps(value, ensure_ascii=False).strip('"')


def sign_off(campaign_id: str, by: str, house: House, seen: str | None = None) -> CampaignStatus:
    """A second person's word: the campaign may run, or is scheduled. Whoever proposed this plan cannot sign it.

    `seen` is the `plan_hash` of the plan that the signer looked at. Raises TransitionNotAllowed for the same person,
    where nothing waits for a signature, and where the plan is another one by now.
    """
    row = house.store.campaigns.row(campaign_id)
    plan = plan_of(row.plan)
    if row.status is not C.REVIEW:
        raise TransitionNotAllowed(
            f"campaign {campaign_id} is {row.status}: it waits for no signature", "nothing needs doing"
        )
    if not _person(by):
        raise InputError("nobody's name stands under the signature", "say --by NAME")
    if _person(by) in {_person(name) for name in _proposers(plan, row, house)}:
        raise TransitionNotAllowed(
            f"{by} proposed campaign {campaign_id} and cannot sign it as well: it may spend {_amount(plan, house)}",
            "let somebody else look at it and sign",
        )
    require_sense(plan, house)
    with house.store.write():
        now_there = plan_hash(plan_of(house.store.campaigns.row(campaign_id).plan))
        if now_there != plan_hash(plan) or seen not in (None, now_there):
            raise TransitionNotAllowed(f"the plan of campaign {campaign_id} was changed", "look at it again, then sign")
        status = _ready(plan, house)
        house.store.campaigns.move(campaign_id, status, [C.REVIEW], house.clock.now())
        _open_pot(plan, house, signed=True)
        _note(campaign_id, "signed", by, plan_hash(plan), house, _amount(plan, house))
    return status


def due(house: House) -> list[CampaignRow]:
    """Every campaign that runs, those whose day has come included; the highest priority first, then the oldest."""
    campaigns, now = house.store.campaigns, house.clock.now()
    for row in campaigns.rows([C.SCHEDULED]):
        if (at := plan_of(row.plan).starts_at) is None or at <= now:
            campaigns.move(row.id, C.RUNNING, [C.SCHEDULED], now)
            _note(row.id, "started", "", plan_hash(plan_of(row.plan)), house, "its day has come")
    running = campaigns.rows([C.RUNNING])
    return sorted(running, key=lambda row: (-plan_of(row.plan).priority, row.created_at, row.id))


def needs_second(plan: Plan, house: House) -> bool:
    """Whether what this campaign may spend is above what one person may start alone."""
    return house.four_eyes_above is not None and at_stake(plan, house).minor > house.four_eyes_above.minor


def plan_hash(plan: Plan) -> str:
    """What a signature is about: the whole plan."""
    return hashlib.sha256(json.dumps(as_row(plan), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def pause(campaign_id: str, house: House, by: str = "", why: str = "") -> None:
    """No more drafts, and nothing of it leaves, until it is resumed. Raises TransitionNotAllowed when all is over."""
    _require_open(campaign_id, house)
    house.store.campaigns.move(campaign_id, C.PAUSED, [C.RUNNING, C.DONE], house.clock.now())
    _note(campaign_id, "paused", by, _hash_of(campaign_id, house), house, why)


def resume(campaign_id: str, house: House, by: str = "") -> None:
    """A worker goes on where it stopped; what is queued may leave again."""
    house.store.campaigns.move(campaign_id, C.RUNNING, [C.PAUSED], house.clock.now())
    _note(campaign_id, "resumed", by, _hash_of(campaign_id, house), house)


def cancel(campaign_id: str, by: str, house: House) -> int:
    """Never again: what was drafted is rejected, what is queued is taken back, coupons go back. What left, left.

    Returns how many cases were ended. Raises TransitionNotAllowed when all is over.
    """
    _require_open(campaign_id, house)
    house.store.campaigns.move(campaign_id, C.CANCELLED, [*WAITING, C.RUNNING, C.PAUSED, C.DONE], house.clock.now())
    _note(campaign_id, "cancelled", by, _hash_of(campaign_id, house), house)
    ended = 0
    for case in house.store.cases.find(OPEN, campaign_id=campaign_id):
        try:
            if case.status is CaseStatus.QUEUED:
                case = pipeline.take_back(case, by, house)
            elif case.status in (CaseStatus.OFFERED, CaseStatus.NO_OFFER):
                case = pipeline.set_aside(case, f"campaign {campaign_id} was cancelled", house)
            pipeline.reject(case, by, house, note=f"campaign {campaign_id} was cancelled")
            ended += 1
        except TransitionNotAllowed:
            continue  # it left in this very moment, or somebody else decided about it
    return ended


def is_over(row: CampaignRow, cases: Mapping[CaseStatus, int]) -> bool:
    """Gone through, and no case of it can still be drafted, decided or sent."""
    return row.status is C.DONE and not any(cases.get(status) for status in OPEN)


def _require_open(campaign_id: str, house: House) -> None:
    if is_over(house.store.campaigns.row(campaign_id), house.store.cases.counts(campaign_id)):
        raise TransitionNotAllowed(f"campaign {campaign_id} is done, and nothing of it waits", "there is nothing to do")


def _ready(plan: Plan, house: House) -> CampaignStatus:
    return C.SCHEDULED if plan.starts_at is not None and plan.starts_at > house.clock.now() else C.RUNNING


def _open_pot(plan: Plan, house: House, signed: bool = False) -> None:
    """The campaign's budget in the ledger. Without one it is capped at what one person may start, unless it is signed:
    else offers whose budgets are raised afterwards would make it a dearer campaign than anybody signed."""
    budget = plan.budget
    if budget is None and not signed and not _signed(plan, house):
        budget = house.four_eyes_above
    if budget is not None:
        house.store.ledger.set_budget(f"campaign:{plan.id}", budget)


def _require_same_arms(plan: Plan, house: House) -> None:
    """Raises TransitionNotAllowed: with other arms, shares or steps, customers would change sides in the middle."""
    if house.store.campaigns.status(plan.id) in (None, *WAITING):
        return
    before = plan_of(house.store.campaigns.row(plan.id).plan)
    if before.flow != plan.flow:
        raise TransitionNotAllowed(
            f"campaign {plan.id} has begun with other steps: customers stand in the middle of them",
            "cancel it first, or give the plan another id",
        )
    if before.arms != plan.arms:
        raise TransitionNotAllowed(
            f"campaign {plan.id} has begun with other arms: changing them now would mix them up",
            "keep its arms, or give the plan another id",
        )


def _signed(plan: Plan, house: House) -> bool:
    wanted = plan_hash(plan)
    return any(step.step == "signed" and step.plan == wanted for step in house.store.campaigns.steps(plan.id))


def _proposers(plan: Plan, row: CampaignRow, house: House) -> Sequence[str]:
    """Everybody who proposed this very plan; of an older store, who started it."""
    wanted = plan_hash(plan)
    found = [s.by for s in house.store.campaigns.steps(plan.id) if s.step == "proposed" and s.plan == wanted]
    return found or [row.by]


def _person(name: str) -> str:
    """Names that differ in case, width or blanks alone are one person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _amount(plan: Plan, house: House) -> str:
    money = at_stake(plan, house)
    return f"{to_major(money)} {money.currency}"


def _hash_of(campaign_id: str, house: House) -> str:
    plan: Mapping[str, Any] = house.store.campaigns.row(campaign_id).plan
    return plan_hash(plan_of(plan))


def _note(campaign_id: str, step: str, by: str, plan: str, house: House, note: str = "") -> None:
    house.store.campaigns.note(CampaignStep(campaign_id, step, by, house.clock.now(), plan, note))
