"""holdfast review, trace, send: what waits for a person, the story of a case, what leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from api.bootstrap import Workshop

app = typer.Typer(help="Drafts that wait for a person: list, show, approve, edit, retry, reject.")

CaseArgument = Annotated[str, typer.Argument(help="Draft id or case id, as shown by review list.")]
ReviewerOption = Annotated[
    str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who decides; kept in the trace.")
]
NoteOption = Annotated[str, typer.Option("--note", help="Why; kept in the trace.")]


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="review")
    command(root, "trace")(trace)
    command(root, "send")(send)


@command(app, "list")
def list_waiting(
    call: Call,
    everything: Annotated[bool, typer.Option("--all", help="Also what the gate passed.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most this many, most at stake first.")] = 1_000,
) -> dict[str, Any]:
    """What waits, most at stake first: risk × value × persuadable."""
    from api.answers import waiting_answer
    from api.bootstrap import open_workshop
    from api.reviewing import FORMULA, queue

    workshop = open_workshop(call)
    rows = [waiting_answer(waiting) for waiting in queue(workshop, limit)]
    shown = rows if everything else [row for row in rows if row["status"] != "checked"] or rows
    _table(call, shown, workshop.brand.currency)
    return {"waiting": len(shown), "formula": FORMULA, "cases": shown}


@command(app, "show")
def show(call: Call, case_id: CaseArgument) -> dict[str, Any]:
    """One draft with its facts, its findings and why this customer is at risk."""
    from agent.domain import Language
    from api.answers import verdict_answer
    from api.bootstrap import open_workshop
    from api.commands.model import said_for
    from api.reviewing import find_draft
    from api.why_waiting import in_words

    workshop = open_workshop(call)
    case, draft = find_draft(workshop, case_id)
    verdict = workshop.store.cases.latest_verdict(draft.draft_id)
    call.say(f"{case.customer_id} · {case.situation} · {case.status} · {draft.channel} · by {draft.writer.name}")
    for reason in case.reasons:
        call.say(f"  {reason.contribution:+.2f}  {said_for(reason, workshop.brand)}")
    call.say(f"\n{draft.subject or ''}\n\n{draft.body}\n")
    for finding in verdict.findings if verdict else ():
        call.say(f"  ! {finding.severity} {finding.rule}: {finding.message}  {finding.quote or ''}")
    waits = [str(step.data["because"]) for step in workshop.store.cases.story(case.case_id) if step.step == "waits"]
    for why in waits:
        call.say(f"  waits: {in_words(why, Language.EN)}")
    call.say(f"offer: {case.decision.because if case.decision else 'none decided'}")
    for span in draft.spans:
        if span.kind in ("act", "clause"):
            call.say(f"  promised: {draft.body[span.start : span.end]} ← {span.source.id}")
    return {
        "case_id": case.case_id,
        "draft_id": draft.draft_id,
        "status": case.status.value,
        "subject": draft.subject,
        "body": draft.body,
        "waits_because": waits,
        "offer_because": case.decision.because if case.decision else None,
        **(verdict_answer(verdict) if verdict else {}),
    }


@command(app, "approve")
def approve(call: Call, case_id: CaseArgument, by: ReviewerOption, note: NoteOption = "") -> dict[str, Any]:
    """Approve as written. The gate is asked again; what it blocks cannot be approved."""
    return _approve(call, case_id, by, None, None, note)


@command(app, "edit")
def edit(
    call: Call,
    case_id: CaseArgument,
    by: ReviewerOption,
    body: Annotated[Path, typer.Option("--body", help="File with the new body, UTF-8.")],
    subject: Annotated[str | None, typer.Option("--subject", help="New subject; else as it was.")] = None,
    note: NoteOption = "",
) -> dict[str, Any]:
    """Approve with your own words: they pass the same gate."""
    from api.texts import read_text

    return _approve(call, case_id, by, read_text(body).strip("\n"), subject, note)


@command(app, "retry")
def retry(
    call: Call,
    case_id: CaseArgument,
    instruction: Annotated[str, typer.Option("--instruction", help="A wish in your words, zh or en.")] = "",
) -> dict[str, Any]:
    """Write it again: other words, the same offer; an offer that lapsed is decided anew."""
    from api.bootstrap import open_workshop
    from api.commands.drafts import tell
    from api.drafting import answer
    from api.reviewing import regenerate

    workshop = open_workshop(call)
    result = answer(regenerate(workshop, case_id, instruction), workshop)
    tell(call, result)
    return result


@command(app, "reject")
def reject(call: Call, case_id: CaseArgument, by: ReviewerOption, note: NoteOption = "") -> dict[str, Any]:
    """Say no. What was reserved goes back."""
    from api import reviewing
    from api.answers import case_answer
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    _, draft = reviewing.find(workshop, case_id)
    done = reviewing.reject(workshop, case_id, by, note)
    call.say(f"rejected: {draft.draft_id if draft else done.case_id}")
    return case_answer(done, draft)


@command(app, "undo")
def undo(call: Call, case_id: CaseArgument, by: ReviewerOption) -> dict[str, Any]:
    """Take an approval back while the message is still in the outbox."""
    from api import reviewing
    from api.answers import case_answer
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    done = reviewing.undo(workshop, case_id, by)
    call.say(f"taken back: {done.case_id} waits for you again")
    return case_answer(done, workshop.store.cases.latest_draft(done.case_id))


def trace(call: Call, case_id: CaseArgument) -> dict[str, Any]:
    """The whole story of a case: every step, when, on what, with what result. Of a cell (cell_…): what was approved.

    Hashes are shortened; --json has everything whole.
    """
    from agent.errors import NotFound
    from api.bootstrap import open_workshop
    from api.reviewing import find
    from api.story import events_in_words, headline, lines

    workshop = open_workshop(call)
    # what a cell was approved with lies under the cell's own id, as a line of a story does
    case = None if case_id.startswith("cell_") else find(workshop, case_id)[0]
    name = case_id if case is None else case.case_id
    steps = workshop.store.cases.story(name)
    known = events_in_words(workshop.house.history.timeline(case.customer_id, workshop.clock.now())) if case else {}
    if not steps:
        raise NotFound(f"no cell {name!r}", "see the trace of one of its cases")
    for step in steps:
        told = headline(step)
        call.say(f"{step.at:%Y-%m-%d %H:%M:%S}  {step.step}" + (f": {told}" if told else ""))
        call.say_all(lines(step, known))
    return {
        "case_id": name,
        "steps": [{"step": step.step, "at": step.at.isoformat(), "data": dict(step.data)} for step in steps],
    }


def send(
    call: Call, dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would leave.")] = False
) -> dict[str, Any]:
    """Send what is approved and due, each checked once more on the state of this moment."""
    from agent import pipeline
    from agent.errors import UsageError
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    if dry_run:
        due = workshop.store.outbox.due(workshop.clock.now())
        for row in due:
            call.say(f"{row.message.key}  {row.message.channel}  {row.message.customer_id}")
        return {"due": len(due), "dry_run": True, **_stopped(call, workshop)}
    if call.now is not None and workshop.reach.real:
        raise UsageError("real messages leave at the real time: --now is for the sink", "leave --now out")
    deliveries = pipeline.send_due(workshop.house)
    counts: dict[str, int] = {}
    for delivery in deliveries:
        counts[delivery.status.value] = counts.get(delivery.status.value, 0) + 1
        call.say(f"{delivery.status:8}  {delivery.key}  {delivery.where or delivery.detail}")
    call.say(f"{len(deliveries)} due: " + (", ".join(f"{n} {status}" for status, n in counts.items()) or "nothing"))
    return {"due": len(deliveries), **counts, "outbox": str(workshop.home.outbox), **_stopped(call, workshop)}


def _stopped(call: Call, workshop: Workshop) -> dict[str, Any]:
    """Says so when somebody stopped all sending."""
    from agent.domain import DeliveryStatus

    state = workshop.store.sending.state()
    if not state.stopped:
        return {"stopped": False}
    waiting = workshop.store.outbox.counts().get(DeliveryStatus.QUEUED, 0)
    call.say(f"sending is stopped by {state.by}: {waiting} stay queued. Go on with: holdfast sending start --by NAME")
    return {"stopped": True, "stopped_by": state.by, "queued": waiting}


def _approve(call: Call, case_id: str, by: str, body: str | None, subject: str | None, note: str) -> dict[str, Any]:
    from agent import pipeline
    from agent.domain import Words
    from api.bootstrap import open_workshop
    from api.reviewing import find_draft

    workshop = open_workshop(call)
    case, draft = find_draft(workshop, case_id)
    words = Words(draft.subject if subject is None else subject, body) if body is not None else None
    done = pipeline.approve(case, by, workshop.house, words, note, draft.draft_id)
    call.say(f"approved by {by}: {draft.draft_id} is queued; send with: holdfast send")
    return {"case_id": done.case_id, "draft_id": draft.draft_id, "status": done.status.value}


def _table(call: Call, rows: list[dict[str, Any]], currency: str) -> None:
    from rich.table import Table

    from agent.domain import Money
    from agent.money import to_major

    if not rows:
        call.say("Nothing waits. A draft for one customer: holdfast draft --customer ID --channel email")
        return
    table = Table(title="risk × value × persuadable, highest first", title_justify="left")
    for name in ("draft", "customer", "about", "state", "risk", f"value {currency}"):
        table.add_column(name)
    table.add_column("why it waits", overflow="fold")
    for row in rows:
        value = f"{to_major(Money(row['value_minor'], currency)):,.0f}" if row["value_minor"] else ""
        table.add_row(
            row["draft_id"] or row["case_id"],
            row["customer_id"],
            row["situation"],
            row["status"],
            f"{row['risk']:.2f}" if row["risk"] is not None else "",
            value,
            row["why"]["en"],
        )
    call.show(table)
