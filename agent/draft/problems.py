"""What is wrong with a template before it is filled: unknown, missing and repeated slots, promises nobody licensed.

Takes a template and its sheet, gives findings that a model can mend. The words themselves are the gate's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agent.domain import Channel, FactSheet, Finding, Sensitivity, Severity
from agent.draft.reply import Template
from agent.slots import act_keys, slot_names, slot_table


def problems(template: Template, sheet: FactSheet, finished: bool = True) -> tuple[Finding, ...]:
    return tuple(_problems(template, sheet, finished))


def _problems(template: Template, sheet: FactSheet, finished: bool) -> Iterator[Finding]:
    if not template.body:
        yield _finding("DRAFT_EMPTY", "The message is empty. Write it.", "body")
        return
    if not finished:
        yield _finding("DRAFT_UNFINISHED", "The message ran on past its limit. Write it shorter, to its end.", "body")
    if sheet.channel in (Channel.EMAIL, Channel.PUSH) and not template.subject:
        yield _finding("SUBJECT_MISSING", "Begin with one line “Subject: …” (主题：…).", "subject")
    for field, text in (("subject", template.subject or ""), ("body", template.body)):
        yield from _unknown(field, text, sheet)
    yield from _counted(template, sheet)


def _unknown(field: str, text: str, sheet: FactSheet) -> Iterator[Finding]:
    for name in dict.fromkeys(slot_names(text)):
        fact = sheet.fact(name)
        if fact is None or fact.sensitivity is not Sensitivity.QUOTE:
            message = f"{{{name}}} is not on the list of slots. Leave it out."
            yield _finding("SLOT_UNKNOWN", message, field, "{" + name)
    licensed = {act.key for act in sheet.acts}
    for key in dict.fromkeys(act_keys(text)):
        if key not in licensed:
            message = f"{{act:{key}}} is not a promise we may make here. Leave it out."
            yield _finding("ACT_UNLICENSED", message, field, f"{{act:{key}}}")


def _counted(template: Template, sheet: FactSheet) -> Iterator[Finding]:
    """Required slots stand in the body; each slot is said as often as the table allows, the subject not counted."""
    counts = Counter(slot_names(template.body))
    for fact in sheet.facts:
        if fact.required and not counts[fact.slot]:
            yield _finding("SLOT_MISSING", f"{{{fact.slot}}} is required and missing. Say it once.", "body")
    for name, count in counts.items():
        spec = slot_table().get(name)
        if spec is not None and count > spec.max_uses:
            yield _finding("SLOT_REPEATED", f"{{{name}}} is said {count} times. Say it once.", "body")
    for key, count in Counter(act_keys(template.body)).items():
        if count > 1:
            yield _finding("ACT_REPEATED", f"{{act:{key}}} is said {count} times. Say it once.", "body")


def _finding(rule: str, message: str, field: str, quote: str | None = None) -> Finding:
    return Finding(rule=rule, severity=Severity.FIX, message=message, field=field, quote=quote)
