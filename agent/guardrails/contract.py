"""The gate as other programs call it: one JSON line in, one object out, in the fixed shape of `holdfast gate`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agent.domain import Finding, Severity, Verdict, Words
from agent.guardrails.engine import check
from agent.guardrails.message import context_finding
from agent.guardrails.reading import context_from_json
from agent.guardrails.values import InvalidInput, MissingInput
from agent.guardrails.words import says


def judge_line(line: str) -> dict[str, Any]:
    """Judge one line. Whatever cannot be read is a block that names the key; nothing raises."""
    ident: Any = None
    try:
        data = _read(line)
        ident = data.get("id")
        words = _words(data)
        channel, context = data.get("channel"), data.get("context")
        if channel is None:
            raise MissingInput("channel")
        if context is None:
            raise MissingInput("context")
        if not isinstance(context, Mapping):
            raise InvalidInput("context", "it must be an object")
        return _answer(ident, check(words, context_from_json(context, channel)))
    except MissingInput as problem:
        return _refused(ident, "INPUT_MISSING", problem.message)
    except InvalidInput as problem:
        return _refused(ident, "INPUT_INVALID", problem.message)
    except Exception as problem:  # an unforeseen input is not judged, and what is not judged is blocked
        return _refused(ident, "RULE_ERROR", f"The message could not be judged ({type(problem).__name__}).")


def _read(line: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line.lstrip("\ufeff"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise InvalidInput("line", f"it is no JSON ({problem})") from None
    if not isinstance(data, Mapping):
        raise InvalidInput("line", "it must be a JSON object")
    return data


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _words(data: Mapping[str, Any]) -> Words:
    draft = data.get("draft")
    if draft is None:
        raise MissingInput("draft")
    if not isinstance(draft, Mapping):
        raise InvalidInput("draft", "it must be an object")
    subject, body = draft.get("subject"), draft.get("body")
    if body is None:
        raise MissingInput("draft.body")
    if not isinstance(body, str):
        raise InvalidInput("draft.body", "it must be text")
    if subject is not None and not isinstance(subject, str):
        raise InvalidInput("draft.subject", "it must be text")
    if not body.strip():
        raise MissingInput("draft.body")
    return Words(subject, body)


def _answer(ident: Any, verdict: Verdict) -> dict[str, Any]:
    fixed = verdict.fixed
    return {
        "id": _plain(ident),
        "verdict": verdict.decision.value,
        "violations": [violation(finding) for finding in verdict.findings],
        "fixed": None if fixed is None else {"subject": fixed.subject, "body": fixed.body},
        "deferred_until": verdict.deferred_until.isoformat() if verdict.deferred_until else None,
        "alternatives": [channel.value for channel in verdict.alternatives],
        "text_hash": verdict.text_hash,
        "rules": verdict.rules,
        "book": verdict.book,
    }


def violation(finding: Finding) -> dict[str, Any]:
    """A finding as other programs read it. `message` is exact and English; `says` is for reps, in their language."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "field": finding.field,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "says": {language: says(finding.rule, language) for language in ("zh", "en")},
    }


def _refused(ident: Any, rule: str, reason: str) -> dict[str, Any]:
    return {
        "id": _plain(ident),
        "verdict": "block",
        "violations": [violation(context_finding(rule, Severity.BLOCK, reason))],
        "fixed": None,
        "deferred_until": None,
        "alternatives": [],
    }


def _plain(ident: Any) -> Any:
    """Ids are given back as they came; only a decimal must be said in another way to be JSON again."""
    return str(ident) if isinstance(ident, Decimal) else ident
