"""The demo's page: what happened to whom and why, each fact in each draft with its source, numbers with their baseline.

One self-contained HTML file: no script, no font, no picture from elsewhere. Everything a customer wrote is escaped.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.domain import CaseStatus, Draft, Money, OfferStatus
from agent.money import to_major

if TYPE_CHECKING:
    from api.demo import DemoResult, Told

STATES = {
    CaseStatus.SENT: "sent to the sink",
    CaseStatus.QUEUED: "waits for the quiet hours to end",
    CaseStatus.CHECKED: "passed",
    CaseStatus.NEEDS_PERSON: "waits for a person",
    CaseStatus.BLOCKED: "blocked by the gate",
    CaseStatus.HELD_OUT: "held out: nothing is sent",
}


def write_report(result: DemoResult, path: Path) -> Path:
    """Write the page whole or not at all; returns its path."""
    from jinja2 import Environment

    source = files("api.templates").joinpath("demo_report.html").read_text(encoding="utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    html = page.render(**_facts(result))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(html, encoding="utf-8")
    temporary.replace(path)
    return path


def _facts(result: DemoResult) -> dict[str, Any]:
    told = [item for item in result.cases if item.draft is not None]
    states = Counter(item.case.status for item in told)
    waiting, blocked = states[CaseStatus.NEEDS_PERSON], states[CaseStatus.BLOCKED]
    decided = Counter(item.case.decision.status for item in result.cases if item.case.decision)
    brand = result.workshop.brand
    return {
        "brand": brand,
        "now": result.workshop.clock.now(),
        "customers": result.customers,
        "funnel": (
            ("customers · 客户", result.customers),
            ("flagged · 预警", sum(score.band != "low" for score in result.scores)),
            ("cases · 本次处理", len(result.cases)),
            ("held out · 对照组", decided[OfferStatus.HELD_OUT]),
            ("drafted · 已起草", len(told)),
            ("passed · 通过检查", len(told) - waiting - blocked),
            ("wait for a person · 等人看", waiting),
            ("blocked · 拦下", blocked),
            ("sent to the sink · 已送出", sum(item.case.status is CaseStatus.SENT for item in result.cases)),
        ),
        "model": result.model,
        "writers": Counter(item.draft.writer.name for item in told if item.draft),
        "cases": [_case(item, brand.currency) for item in result.cases],
        "budgets": list(_budgets(result)),
        "imports": result.imports,
    }


def _case(item: Told, currency: str) -> dict[str, Any]:
    case, draft = item.case, item.draft
    language = draft.language.value if draft else "en"
    return {
        "customer": case.customer_id,
        "risk": case.score.probability if case.score else None,
        "band": case.score.band.value if case.score else "",
        "value": to_major_text(case.score.value_minor, currency) if case.score and case.score.value_minor else "",
        "reasons": [
            (reason.contribution, reason.text.get(language, reason.code))
            for reason in case.reasons
            if reason.contribution > 0
        ][:3],
        "situation": case.situation,
        "because": case.decision.because if case.decision else "",
        "offer": case.decision.offer if case.decision else None,
        "state": STATES.get(case.status, case.status.value),
        "status": case.status.value,
        "language": language,
        "channel": case.channel.value,
        "writer": draft.writer if draft else None,
        "subject": cited(draft, "subject") if draft and draft.subject else "",
        "body": cited(draft, "body") if draft else "",
        "findings": item.verdict.findings if item.verdict else (),
        "file": Path(item.where).name if item.where else "",
    }


def cited(draft: Draft, field: str) -> Any:
    """The text with each filled span marked, and its source in the title. Safe HTML."""
    from markupsafe import Markup

    text = (draft.subject or "") if field == "subject" else draft.body
    parts, at = [], 0
    for span in sorted((s for s in draft.spans if s.field == field), key=lambda s: (s.start, -s.end)):
        if span.start < at:
            continue
        source = f"{span.kind}: {span.slot} ← {span.source.type} {span.source.id}"
        parts.append(escape(text[at : span.start]))
        words = escape(text[span.start : span.end])
        parts.append(f'<mark class="{escape(span.kind)}" title="{escape(source)}">{words}</mark>')
        at = span.end
    parts.append(escape(text[at:]))
    return Markup("".join(parts))  # every piece above is escaped


def to_major_text(minor: int, currency: str) -> str:
    """Whole major units: what somebody spent in a year is not read to the penny."""
    return f"{to_major(Money(minor, currency)):,.0f}"


def _budgets(result: DemoResult) -> Any:
    ledger = result.workshop.store.ledger
    for offer in result.workshop.catalogue.offers.values():
        budget = ledger.budget(f"offer:{offer.id}")
        if budget is not None:
            yield {
                "id": offer.id,
                "kind": offer.kind.value,
                "amount": to_major(budget.amount),
                "taken": to_major(type(budget.amount)(budget.reserved_minor, budget.amount.currency)),
                "spent": to_major(type(budget.amount)(budget.spent_minor, budget.amount.currency)),
                "share": (budget.reserved_minor + budget.spent_minor) / max(budget.amount.minor, 1),
                "currency": budget.amount.currency,
            }
