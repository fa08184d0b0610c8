"""holdfast campaign: many at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.domain import HowFar, Language
from api.commands.offers import FROZEN
from api.terminal import Call, command

if TYPE_CHECKING:
    from agent.campaign import Mind
    from agent.cells.preview import MessagePreview
    from api.costing import Cost
    from api.measuring import Measured
    from scoring.experiments.difference import Difference
    from scoring.experiments.variants import Variants

FAR = {
    HowFar.WRITTEN_TO: "written to: a message left",
    HowFar.UNKNOWN: "may have had a message: nobody knows whether it left",
    HowFar.QUEUED: "approved or queued, not left yet",
    HowFar.DRAFTED: "not approved yet: drafted, or still to be drafted",
    HowFar.WAITING: "wait for a person",
    HowFar.FAILED: "failed to leave",
    HowFar.ENDED: "rejected or cancelled, nothing left",
}

app = typer.Typer(help="Automated care: preview before you start, start, look at the status.")

PlanArgument = Annotated[Path | None, typer.Argument(help="Plan in TOML; without one, the risky customers by e-mail.")]
TopOption = Annotated[int | None, typer.Option("--top", min=1, help="At most this many, most at stake first.")]
BandOption = Annotated[str | None, typer.Option("--band", help="From this risk band on: low, medium, high.")]

CampaignArgument = Annotated[str, typer.Argument(help="The plan's id, as shown by campaign status.")]


ByOption = Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who says so; kept in its history.")]


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="campaign")


@command(app, "preview")
def preview(
    call: Call,
    plan: PlanArgument = None,
    top: TopOption = None,
    band: BandOption = None,
    messages: Annotated[
        bool, typer.Option("--messages", help="Also fill and judge what each would be sent, and show samples.")
    ] = False,
) -> dict[str, Any]:
    """Who would be written to, who not and why, which offers, what it will cost with an interval. Nothing is stored."""
    from agent.money import to_major
    from api.bootstrap import open_workshop
    from api.campaigning import forecast, preview_answer

    workshop = open_workshop(call)
    told = forecast(_plan(workshop, plan, top, band), workshop, messages)
    look = told.preview
    call.say(f"{look.scored:,} customers scored, {look.flagged:,} flagged")
    call.say(f"  {look.recipients:,} would be written to, {look.without_offer:,} of them without an offer")
    if look.served:
        call.say(f"  {look.served:,} have an open ticket: they would be helped, not sold to")
    call.say(f"  {look.held_out:,} held out for the control group")
    call.say(f"  {told.sight.in_words(Language.EN)}")
    for name, count in look.arms.items():
        call.say(f"  {count:,} in the arm {name}")
    for why, count in look.excluded.items():
        call.say(f"  {count:,} excluded: {_in_words(why)}")
    for offer, count in look.offers.items():
        call.say(f"  {count:,} × {offer}")
    if told.frozen:
        call.say("  no coupon can be reserved: " + FROZEN)
    _warn(call, look.warnings)
    most = f"{to_major(look.cost)} {look.cost.currency}"
    call.say(f"coupons cost at most {most}, if every one is redeemed; sending comes on top")
    _tell_cost(call, told.cost)
    if told.messages is not None:
        _tell_messages(call, told.messages)
    return preview_answer(told)


def _tell_cost(call: Call, cost: Cost) -> None:
    from agent.money import to_major

    low, expected, high, sending = (to_major(sum_) for sum_ in (cost.low, cost.expected, cost.high, cost.sending))
    coupons = f"{cost.redeemed.low:,} to {cost.redeemed.high:,} coupons redeemed, sending {sending}"
    call.say(f"expected cost {expected} {cost.expected.currency}, 95 % of the time {low} to {high}: {coupons}")
    if cost.of_first_message:
        call.say("  of the first message of the flow alone, for whoever enters now")
    if cost.learnt_coupons:
        call.say(f"  learnt from {cost.learnt_coupons:,} coupons of {cost.learnt_campaigns:,} campaigns that are over")
    if cost.others:
        call.say(f"  no coupon of {', '.join(cost.others)} is over yet: judged by those of other offers")
    if cost.unknown:
        call.say("  nobody knows yet how many come with their coupon: any share may, so the interval is that wide")


def _warn(call: Call, warnings: Sequence[Mind]) -> None:
    for warning in warnings:
        call.say(f"  mind: {warning}")


def _tell_messages(call: Call, found: MessagePreview) -> None:
    verdicts = ", ".join(f"{count:,} {verdict.value}" for verdict, count in sorted(found.verdicts.items()))
    later = f", {found.waits:,} when the hour allows it" if found.waits else ""
    call.say(f"messages as they would be judged today: {verdicts or 'none'}{later}; {found.alone:,} drafted one by one")
    for sample in found.samples():
        call.say(f"\n{sample.customers:,} × {sample.situation}, {sample.channel}, {sample.language}")
        if sample.words.subject:
            call.say(f"  {sample.words.subject}")
        call.say("  " + sample.words.body.replace("\n", "\n  "))


@command(app, "example")
def example(
    call: Call, out: Annotated[Path | None, typer.Option("--out", help="Write it into this file, to edit.")] = None
) -> dict[str, Any]:
    """A plan with every key it may have, and what holds without it: who, when, how much, arms, learnt sizes, steps."""
    from agent.resources import package_data
    from api.files import write_new

    text = (package_data("agent.data") / "plan.toml").read_text(encoding="utf-8")
    if out is None:
        call.say(text.rstrip("\n"))
    else:
        write_new(out, text)
        call.say(f"written: {out}; next: holdfast campaign preview {out}")
    return {"plan": text, "written": str(out) if out else None}


@command(app, "start")
def start(
    call: Call,
    plan: PlanArgument = None,
    top: TopOption = None,
    band: BandOption = None,
    limit_to_drafts: Annotated[
        bool, typer.Option("--drafts-only", help="Queue nothing: a person approves all.")
    ] = False,
    by: ByOption = "",
) -> dict[str, Any]:
    """Draft for everybody flagged. What the gate passed is queued if the plan says auto_send = true.

    A plan is TOML: holdfast campaign example shows every key, with arms, learnt sizes and steps. Above
    HOLDFAST_FOUR_EYES_ABOVE it waits for a second person: holdfast campaign sign-off.
    """
    from collections import deque
    from dataclasses import replace

    from agent import campaign
    from agent.domain import CampaignStatus
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    workshop.require_scores()
    chosen = _plan(workshop, plan, top, band)
    if limit_to_drafts:
        chosen = replace(chosen, auto_send=False)
    _warn(call, campaign.warnings(chosen, workshop.house))
    for change in campaign.changes(chosen, workshop.house):
        call.remark(f"the plan of {chosen.id} is changed: {change}")
    with call.progress("campaign") as progress:
        if campaign.begin(chosen, by, workshop.house) is CampaignStatus.RUNNING:
            told = campaign.walk_through(
                chosen, workshop.house, lambda n, total: progress(f"{n} of {total}", n / max(total, 1))
            )
            deque(told, maxlen=0)
    return _status(call, workshop, chosen.id)


@command(app, "sign-off")
def sign_off(
    call: Call,
    campaign_id: CampaignArgument,
    by: Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who signs; not who proposed it.")],
) -> dict[str, Any]:
    """The second pair of eyes: let a campaign run that may spend more than one person may start alone."""
    from agent import campaign
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    state = campaign.sign_off(campaign_id, by, workshop.house)
    call.say(f"{campaign_id} is {state}: a worker takes it from here (holdfast serve, holdfast work, holdfast daily)")
    return _status(call, workshop, campaign_id)


@command(app, "flows")
def flows(
    call: Call,
    out: Annotated[Path | None, typer.Option("--out", help="Write them into this folder, to edit and start.")] = None,
) -> dict[str, Any]:
    """Campaigns of several steps that come along (abandoned cart, win-back, renewal), and where customers stand in
    those that run. A flow is a plan with steps: start it with holdfast campaign start FILE."""
    from api.bootstrap import open_workshop
    from api.flowing import running_flows, shipped_flows, write_flows

    shipped = shipped_flows()
    for flow in shipped:
        call.say(f"{flow['id']}: {flow['title']['zh']} · {flow['title']['en']}, {len(flow['steps'])} steps")
    written = write_flows(out) if out is not None else []
    for path in written:
        call.say(f"written: {path}; next: holdfast campaign preview {path}")
    workshop = open_workshop(call)
    running = running_flows(workshop) if workshop.home.brand.exists() else []
    for flow in running:
        call.say(f"{flow['id']} is {flow['status']}")
        for row in flow["customers"]:
            call.say(f"  {row['n']:,} {row['status']}" + (f", next: {row['next']}" if row["next"] else ""))
    return {"shipped": shipped, "written": [str(path) for path in written], "running": running}


@command(app, "approve")
def approve(
    call: Call,
    campaign_id: CampaignArgument,
    by: Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who decides; kept in the trace.")],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most this many.")] = None,
) -> dict[str, Any]:
    """Approve together what the gate passed, each asked again. What waits with findings stays for review."""
    from agent import campaign
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    queued, refused = campaign.approve_all(campaign_id, by, workshop.house, limit)
    call.say(f"{queued:,} queued" + (f", {len(refused):,} not:" if refused else ""))
    for why in refused[:20]:
        call.say(f"  {why}")
    call.say("next: holdfast send")
    return {"campaign": campaign_id, "queued": queued, "refused": refused}


@command(app, "status")
def status(
    call: Call,
    campaign_id: Annotated[
        str | None, typer.Argument(help="The plan's id; else the newest, and a line for each other one.")
    ] = None,
) -> dict[str, Any]:
    """How far a campaign is, by the status of its cases, and what to do next. Without an id, the others too."""
    from agent.errors import NotFound
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    rows = workshop.store.campaigns.rows()
    if campaign_id is None and not rows:
        raise NotFound("no campaign was started yet", "see what one would do: holdfast campaign preview")
    told = _status(call, workshop, campaign_id or rows[0].id)
    for row in rows[1:] if campaign_id is None else ():
        call.say(f"{row.id}: {row.status}, {row.reached:,} of {row.total:,} gone through")
    return {**told, "campaigns": [row.id for row in rows]}


@command(app, "report")
def report(
    call: Call,
    campaign_id: CampaignArgument,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for report.json and report.html.")] = None,
) -> dict[str, Any]:
    """What it changed: lift, an interval for daily looks, split, net profit, decay, guardrails, and who got what."""
    from api.bootstrap import open_workshop
    from api.campaign_report import write_report
    from api.measuring import measure, measured_answer

    workshop = open_workshop(call)
    found = measure(campaign_id, workshop)
    answer = measured_answer(found)
    _tell_measured(call, found, workshop.brand.currency)
    page = write_report(answer, workshop.brand, workshop.clock.now(), out) if out is not None else None
    if page is not None:
        call.say(f"report: {page}")
    return {**answer, "report": str(page) if page else None}


def _tell_measured(call: Call, found: Measured, currency: str) -> None:
    drawn, held = found.arms
    call.say(f"{found.row.id}: {drawn:,} drawn to be written to, {held:,} held out")
    for far, word in FAR.items():
        if (count := found.far.get(far, 0)) or far is HowFar.WRITTEN_TO:
            call.say(f"  {count:,} {word}")
    if (lift := found.lift) is None:
        call.say("stayed: nobody's outcome is known in both arms yet")
    else:
        looks = f"; looked at daily [{lift.always.low:+.1%}, {lift.always.high:+.1%}]" if lift.always else ""
        call.say(f"stayed: {_span(lift.found)}{looks}: {lift.verdict}")
    if found.ratio is not None:
        call.say(f"split: {'ALARM' if found.ratio.alarm else 'as drawn'} (p {found.ratio.p:.3g})")
    if (worth := found.worth) is not None and found.lift is not None:
        net = worth.net
        call.say(f"net profit: {net.total:+,.2f} {currency} [{net.total_low:+,.2f}, {net.total_high:+,.2f}]")
    if found.variants is not None:
        _tell_variants(call, found.variants)
    if (audit := found.audit) is not None:
        told = f"{audit.decided:,} of {audit.drawn:,} drawn were looked at, {audit.mistakes:,} changed or rejected"
        call.say(f"audit: {audit.alone:,} went by themselves; {told}: at most {audit.at_most:.1%} wrong (95 %)")
    for window in found.decay.months if found.decay else ():
        effect = _span(window.found) if window.found else "not over yet"
        call.say(f"  bought in days {window.begin} to {window.end}: {effect}")
    for stop in found.stops:
        rate = f"{stop.written_to.rate:.2%}" if stop.written_to.n else "nobody was written to yet"
        call.say(f"  {stop.harm}: {rate}, limit {stop.limit:.2%}{', BREACHED' * stop.breached}")


def _tell_variants(call: Call, found: Variants) -> None:
    told = found.as_dict()
    call.say(f"arms: {found.verdict}")
    for arm in found.variants:
        stayed = f"{arm.rate[0]:.1%} [{arm.rate[1]:.1%}, {arm.rate[2]:.1%}] stayed" if arm.rate else "nothing known yet"
        call.say(f"  {arm.count.name} ({arm.count.share:.0%}): {arm.count.n:,} customers, {stayed}")
        for pair, other in ((arm.held_out, "held out"), (arm.first, found.variants[0].count.name)):
            if pair is not None:
                call.say(f"    against {other}: {_span(pair.found)}: {pair.verdict}")
    call.say(f"  {told['remark']}")
    if found.ratio.alarm:
        call.say(f"  ALARM: the arms do not have their shares (p {found.ratio.p:.3g})")


def _span(found: Difference) -> str:
    return f"{found.lift:+.1%} [{found.low:+.1%}, {found.high:+.1%}]"


@command(app, "pause")
def pause(call: Call, campaign_id: CampaignArgument, by: ByOption = "") -> dict[str, Any]:
    """No more drafts, and nothing of it leaves, until it is resumed."""
    from agent import campaign
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    campaign.pause(campaign_id, workshop.house, by)
    return _status(call, workshop, campaign_id)


@command(app, "resume")
def resume(call: Call, campaign_id: CampaignArgument, by: ByOption = "") -> dict[str, Any]:
    """Go on: a worker takes it up where it stopped, and what is queued may leave again."""
    from agent import campaign
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    campaign.resume(campaign_id, workshop.house, by)
    call.say("a worker goes on with it: holdfast serve or holdfast work")
    return _status(call, workshop, campaign_id)


@command(app, "cancel")
def cancel(
    call: Call,
    campaign_id: CampaignArgument,
    by: Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who decides; kept in the trace.")],
) -> dict[str, Any]:
    """Never again: drafts are rejected, what is queued is taken back, coupons go back."""
    from agent import campaign
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    ended = campaign.cancel(campaign_id, by, workshop.house)
    call.say(f"{ended:,} cases ended")
    return {**_status(call, workshop, campaign_id), "ended": ended}


def _plan(workshop: Any, path: Path | None, top: int | None, band: str | None) -> Any:
    from dataclasses import replace

    from agent.plan import read_plan
    from api.texts import read_toml

    data: dict[str, Any] = {"id": f"care-{workshop.clock.now():%Y-%m-%d}"} if path is None else read_toml(path)
    if band is not None:
        data["band"] = band
    plan = read_plan(data, workshop.brand.currency)
    return replace(plan, top=top) if top is not None else plan


def _in_words(why: str) -> str:
    """A rule of the gate with what it means; the campaign's own reasons are words already."""
    from api.console.texts import texts

    known = texts(Language.EN).get(f"excluded.{why.lower()}")
    return f"{known} ({why})" if known else why


def _status(call: Call, workshop: Any, campaign_id: str) -> dict[str, Any]:
    from agent.domain import CampaignStatus
    from api.campaigning import standing, standing_answer

    found = standing(campaign_id, workshop)
    counts = found.cases
    call.say(f"{campaign_id}: {found.row.status}, {found.row.reached:,} of {found.row.total:,} gone through")
    for name, count in counts.items():
        call.say(f"  {count:,} {name}")
    if (left := found.row.reached - sum(counts.values())) > 0 and "steps" not in found.row.plan:
        call.say(f"  {left:,} left out; holdfast campaign preview says why, of whoever would be now")
    if (told := found.lift) is not None:
        call.say(f"stayed: {_span(told.found)} against held out: {told.verdict}")
    if found.row.status is CampaignStatus.REVIEW:
        call.say(
            f"next: somebody other than {found.row.by} looks at it: holdfast campaign sign-off {campaign_id} --by NAME"
        )
    if counts.get("checked"):
        call.say(f"next: read a few with holdfast review list --all, then holdfast campaign approve {campaign_id}")
    if counts.get("needs_person") or counts.get("blocked"):
        call.say("next: holdfast review list")
    if counts.get("queued"):
        call.say("next: holdfast send")
    answer = standing_answer(found)
    return {"campaign": campaign_id, "state": answer["status"], **answer}
