"""holdfast review, trace, send: what waits for a person, the story of a case, what leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.terminal import Call, command

app = typer.Typer(help="Drafts that wait for a person: list, show, approve, edit, reject.")

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
    call: Call, everything: Annotated[bool, typer.Option("--all", help="Also what the gate passed.")] = False
) -> dict[str, Any]:
    """What waits, most at stake first: risk × value × persuadable."""
    from agent.domain import WAITING_FOR_PERSON, CaseStatus
    from agent.priority import priority
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    statuses = [*sorted(WAITING_FOR_PERSON), CaseStatus.CHECKED]
    rows = []
    for case in workshop.store.cases.find(statuses):
        draft = workshop.store.cases.latest_draft(case.case_id)
        verdict = workshop.store.cases.latest_verdict(draft.draft_id) if draft else None
        first = priority(case.score) if case.score else None
        rows.append(
            {
                "draft_id": draft.draft_id if draft else None,
                "case_id": case.case_id,
                "customer_id": case.customer_id,
                "status": case.status.value,
                "situation": case.situation,
                "channel": case.channel.value,
                "risk": round(first.risk, 4) if first else None,
                "value_minor": first.value_minor if first else None,
                "persuadable": first.persuadable if first else None,
                "priority": round(first.product) if first else 0,
                "findings": [finding.rule for finding in verdict.findings] if verdict else [],
            }
        )
    rows.sort(key=lambda row: (-row["priority"], row["case_id"]))  # type: ignore[operator]
    shown = rows if everything else [row for row in rows if row["status"] != "checked"] or rows
    _table(call, shown, workshop.brand.currency)
    return {"waiting": len(shown), "formula": "risk × value × persuadable", "cases": shown}


@command(app, "show")
def show(call: Call, case_id: CaseArgument) -> dict[str, Any]:
    """One draft with its facts, its findings and why this customer is at risk."""
    from api.answers import verdict_answer
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    case, draft = _find(workshop, case_id)
    verdict = workshop.store.cases.latest_verdict(draft.draft_id)
    language = workshop.brand.languages[0].value
    call.say(f"{case.customer_id} · {case.situation} · {case.status} · {draft.channel} · by {draft.writer.name}")
    for reason in case.reasons:
        call.say(f"  {reason.contribution:+.2f}  {reason.text.get(language, reason.code)}")
    call.say(f"\n{draft.subject or ''}\n\n{draft.body}\n")
    for finding in verdict.findings if verdict else ():
        call.say(f"  ! {finding.severity} {finding.rule}: {finding.message}  {finding.quote or ''}")
    return {
        "case_id": case.case_id,
        "draft_id": draft.draft_id,
        "status": case.status.value,
        "subject": draft.subject,
        "body": draft.body,
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
    return _approve(call, case_id, by, body.read_text(encoding="utf-8-sig").strip("\n"), subject, note)


@command(app, "reject")
def reject(call: Call, case_id: CaseArgument, by: ReviewerOption, note: NoteOption = "") -> dict[str, Any]:
    """Say no. What was reserved goes back."""
    from agent import pipeline
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    case, draft = _find(workshop, case_id)
    done = pipeline.reject(case, by, workshop.house, note)
    call.say(f"rejected: {draft.draft_id}")
    return {"case_id": done.case_id, "draft_id": draft.draft_id, "status": done.status.value}


def trace(call: Call, case_id: CaseArgument) -> dict[str, Any]:
    """The whole story of a case: every step, when, on what, with what result."""
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    case, _ = _find(workshop, case_id)
    steps = workshop.store.cases.story(case.case_id)
    for step in steps:
        call.say(f"{step.at:%Y-%m-%d %H:%M:%S}  {step.step:8}  {_short(step.data)}")
    return {
        "case_id": case.case_id,
        "steps": [{"step": step.step, "at": step.at.isoformat(), "data": dict(step.data)} for step in steps],
    }


def send(
    call: Call, dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would leave.")] = False
) -> dict[str, Any]:
    """Send what is approved and due, each checked once more on the state of this moment."""
    from agent import pipeline
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    if dry_run:
        due = workshop.store.outbox.due(workshop.clock.now())
        for row in due:
            call.say(f"{row.message.key}  {row.message.channel}  {row.message.customer_id}")
        return {"due": len(due), "dry_run": True}
    deliveries = pipeline.send_due(workshop.house)
    counts: dict[str, int] = {}
    for delivery in deliveries:
        counts[delivery.status.value] = counts.get(delivery.status.value, 0) + 1
        call.say(f"{delivery.status:8}  {delivery.key}  {delivery.where or delivery.detail}")
    call.say(f"{len(deliveries)} due: " + (", ".join(f"{n} {status}" for status, n in counts.items()) or "nothing"))
    return {"due": len(deliveries), **counts, "outbox": str(workshop.home.outbox)}


def _approve(call: Call, case_id: str, by: str, body: str | None, subject: str | None, note: str) -> dict[str, Any]:
    from agent import pipeline
    from agent.domain import Words
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    case, draft = _find(workshop, case_id)
    words = Words(draft.subject if subject is None else subject, body) if body is not None else None
    done = pipeline.approve(case, by, workshop.house, words, note)
    call.say(f"approved by {by}: {draft.draft_id} is queued; send with: holdfast send")
    return {"case_id": done.case_id, "draft_id": draft.draft_id, "status": done.status.value}


def _find(workshop: Any, name: str) -> Any:
    from agent.pipeline import draft_of

    cases = workshop.store.cases
    if name.startswith("case_"):
        case = cases.get(name)
        return case, draft_of(case, workshop.house)
    draft = cases.draft(name)
    return cases.get(draft.case_id), draft


def _table(call: Call, rows: list[dict[str, Any]], currency: str) -> None:
    from rich.table import Table

    if not rows:
        call.say("Nothing waits. A draft for one customer: holdfast draft --customer ID --channel email")
        return
    table = Table(title="risk × value × persuadable, highest first", title_justify="left")
    for name in ("draft", "customer", "about", "state", "risk", f"value {currency}", "findings"):
        table.add_column(name)
    for row in rows:
        value = f"{row['value_minor'] / 100:,.0f}" if row["value_minor"] else ""
        table.add_row(
            row["draft_id"] or row["case_id"],
            row["customer_id"],
            row["situation"],
            row["status"],
            f"{row['risk']:.2f}" if row["risk"] is not None else "",
            value,
            ", ".join(row["findings"]),
        )
    call.show(table)


def _short(data: Any) -> str:
    text = ", ".join(f"{key}={value}" for key, value in data.items())
    return text if len(text) <= 160 else text[:157] + "…"
