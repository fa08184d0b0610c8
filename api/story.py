"""The trace of a case as a person reads it: each step in words, then what it rests on, then ids and hashes, shortened.

Takes the steps and what the customer's events say in words; gives a headline and lines a step. Everything stands whole
in `holdfast trace --json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agent.domain import Event, TraceStep
from api.unfold import unfolded

Data = Mapping[str, Any]
HASH = re.compile(r"(?<![\w.-])(?=[0-9]*[a-f])[0-9a-f]{12,}\b")
"""Not a number, and no id with a prefix: case_… and d-… are what commands take."""
SHOWN = 8
TECHNICAL = frozenset("draft_id rules text_hash revision prompt key cell model logit base residual method seed".split())
"""What a machine needs and a person hardly ever: last."""


def events_in_words(events: Iterable[Event]) -> dict[str, str]:
    """event id → "order of 2026-02-03: Teapot"."""
    found = {}
    for event in events:
        what = event.item or event.topic or ""
        found[event.id] = f"{event.kind} of {event.at:%Y-%m-%d}" + (f": {what}" if what else "")
    return found


def headline(step: TraceStep) -> str:
    """The step in words; empty where its lines say it."""
    told = HEADLINES.get(step.step)
    return told(step.data) if told else ""


def lines(step: TraceStep, events: Mapping[str, str]) -> list[tuple[str, str]]:
    """What stands below the headline: words first, ids and hashes last."""
    if step.step in SAID_WHOLE:
        return []
    data = _score(step.data) if step.step == "score" else step.data
    data = _facts(data, events) if step.step == "facts" else data
    said = HEADLINE_KEYS.get(step.step, ())
    rows = [(name, _in_words(value, events)) for name, value in unfolded(data) if name not in said]
    return sorted(rows, key=lambda row: _is_technical(*row))


def _is_technical(name: str, value: str) -> bool:
    return name.rpartition(".")[2] in TECHNICAL or bool(HASH.match(value))


def _in_words(value: str, events: Mapping[str, str]) -> str:
    def shorter(found: re.Match[str]) -> str:
        word = found.group()
        return f"{events[word]} ({word[:SHOWN]}…)" if word in events else f"{word[:SHOWN]}…"

    return HASH.sub(shorter, value)


# --- what some steps hold, in words -----------------------------------------------------------------------------------


def _score(data: Data) -> Data:
    score = data.get("score") or {}
    reasons = [
        f"{reason['text'].get('en', reason['code'])} ({reason['contribution']:+.2f}, {reason['code']})"
        for reason in score.get("reasons", ())
    ]
    rest = {name: value for name, value in score.items() if name not in ("reasons", "probability", "band")}
    return {"because": reasons, **rest}


def _facts(data: Data, events: Mapping[str, str]) -> Data:
    """Source → the facts taken from it; passages by what they are."""
    by_source: dict[str, list[str]] = {}
    for fact, source in (data.get("facts") or {}).items():
        by_source.setdefault(_source(source, events), []).append(fact)
    promises = {f"promise {act}": clause for act, clause in (data.get("acts") or {}).items()}
    read = [events.get(name, name) for name in data.get("passages") or ()]
    rest = {name: value for name, value in data.items() if name not in ("facts", "acts", "passages")}
    return {**{f"from {source}": facts for source, facts in by_source.items()}, **promises, "read": read, **rest}


def _source(source: str, events: Mapping[str, str]) -> str:
    kind, _, name = source.partition(":")
    return events.get(name, f"{kind} {name}")


def _said_score(data: Data) -> str:
    score = data.get("score") or {}
    probability = score.get("probability")
    return f"{probability:.0%} likely to leave, risk {score.get('band')}" if probability is not None else ""


def _said_check(data: Data) -> str:
    found = ", ".join(data.get("findings") or ())
    return f"{data.get('decision')} ({data.get('moment')})" + (f": {found}" if found else "")


def _said_draft(data: Data) -> str:
    fell = ", ".join(data.get("fell_back_from") or ())
    return f"written by {data.get('writer')}" + (f", after {fell} gave up" if fell else "")


def _said_send(data: Data) -> str:
    if data.get("stopped"):
        return f"stopped: {data['stopped']}"
    return str(data.get("status")) + (f": {data['detail']}" if data.get("detail") else "")


HEADLINES: Mapping[str, Callable[[Data], str]] = {
    "score": _said_score,
    "status": lambda data: f"{data.get('from')} → {data.get('to')}",
    "offer": lambda data: f"{data.get('status')}: {data.get('because')}",
    "draft": _said_draft,
    "check": _said_check,
    "waits": lambda data: str(data.get("because")),
    "reroute": lambda data: f"{data.get('from')} → {data.get('to')}: {data.get('because')}",
    "review": lambda data: f"{data.get('decision')} by {data.get('reviewer')}",
    "send": _said_send,
}
SAID_WHOLE = frozenset({"status", "waits", "reroute"})
HEADLINE_KEYS = {
    "offer": ("status", "because"),
    "draft": ("writer", "fell_back_from"),
    "check": ("decision", "moment", "findings"),
    "review": ("decision", "reviewer"),
    "send": ("status", "stopped", "detail"),
}
