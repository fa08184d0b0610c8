"""A campaign's plan as rows of a page: all that somebody signs, and nothing where nothing is said."""

from __future__ import annotations

from collections.abc import Iterator

from agent.arms import WORDS_ALONE, Arm
from agent.flow import Step
from agent.plan import Plan
from api.console.say import Say

Rows = tuple[tuple[str, str], ...]


def plan_rows(plan: Plan, say: Say) -> Rows:
    """Label and value, in the reader's language."""
    return tuple((say(f"campaign.{name}"), value) for name, value in (*_always(plan, say), *_where_said(plan, say)))


def _always(plan: Plan, say: Say) -> Rows:
    share, budget = say.percent(plan.audit_share), plan.budget
    return (
        ("band", say("campaign.band_and_up", band=say.word("band", plan.band.value))),
        ("top", say.number(plan.top) if plan.top else say("campaign.everyone")),
        ("channels", say.words("channel", tuple(channel.value for channel in plan.channels))),
        ("budget", say.money(budget.minor, budget.currency) if budget else say("campaign.no_cap")),
        ("cells", say("campaign.cells_yes", n=plan.individual) if plan.cells else say("campaign.cells_no")),
        ("auto_send", say("campaign.auto_yes", share=share) if plan.auto_send else say("campaign.auto_no")),
    )


def _where_said(plan: Plan, say: Say) -> Iterator[tuple[str, str]]:
    for arm in plan.arms:
        yield "arm", f"{arm.name}, {say.percent(arm.share)}: {_differs(arm, say)}"
    if plan.bandit is not None:
        yield "sizes", ", ".join(plan.bandit.offers)
    if plan.flow is not None:
        yield "steps", " → ".join(_step(step, say) for step in plan.flow.steps)
    if plan.starts_at is not None:
        yield "starts_at", say.when(plan.starts_at)
    if plan.not_with:
        yield "not_with", ", ".join(plan.not_with)


def _differs(arm: Arm, say: Say) -> str:
    offer = say("campaign.words_alone") if arm.offer == WORDS_ALONE else arm.offer
    wish = f"“{arm.instruction}”" if arm.instruction else None
    ways = say.words("channel", tuple(channel.value for channel in arm.channels)) or None
    return " · ".join(filter(None, (offer, arm.writer, arm.prompt, wish, ways))) or say("campaign.as_usual")


def _step(step: Step, say: Say) -> str:
    if step.wait is not None:
        return say("campaign.step_wait", time=say.span(step.wait))
    return say.situation(step.situation) if step.situation else say("campaign.step_if", name=step.name)
