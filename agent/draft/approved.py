"""A message where only approved texts may go: one is chosen and its variables are filled from the sheet, nothing else.

Takes a case's sheet and the templates that its occasion allows; gives a draft, or the reason why none fits. No writer
is asked: what a carrier approved is not worded anew. A text that leaves out what must be said (the code of a coupon
that was reserved, its last day) does not fit, and none is bent until it does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from agent.channels import ApprovedTemplate, provider_rules
from agent.channels.templates import PLACE
from agent.domain import Case, Draft, FactSheet, WriterStamp
from agent.errors import SlotError
from agent.realise.fill import fill

APPROVED = "approved template"
"""The name on the stamp of a draft that no model and no phrasebook wrote."""


def approved_draft(case: Case, sheet: FactSheet, templates: Sequence[ApprovedTemplate]) -> Draft | str:
    """The first template that says all that must be said, filled; else why none fits, in one sentence."""
    why = "no approved template is for this occasion"
    for template in templates:
        found = _filled(case, sheet, template)
        if isinstance(found, Draft):
            return found
        why = found
    return why


def _filled(case: Case, sheet: FactSheet, template: ApprovedTemplate) -> Draft | str:
    slots = {variable.slot.partition("|")[0] for variable in template.variables}
    unsaid = [fact.slot for fact in sheet.facts if fact.required and fact.slot not in slots]
    if unsaid:
        return f"template {template.id} has no place for {unsaid[0]}"
    try:
        values = {variable.name: fill(f"{{{variable.slot}}}", sheet, 0, "body")[0] for variable in template.variables}
        text = template.fill(values)
        if text is None:
            wrong = next(v.name for v in template.variables if not v.takes(values[v.name]))
            return f"what {{{wrong}}} of template {template.id} would say does not fit its type or length"
        body_template = _in_slots(template)
        body, spans = fill(body_template, sheet, 0, "body")
    except SlotError as error:
        return f"template {template.id} cannot be filled: {error.message}"
    assert body.endswith(text), "both are filled from the same values"
    return Draft(
        draft_id=_draft_id(case, sheet, template, body),
        case_id=case.case_id,
        language=sheet.language,
        channel=sheet.channel,
        purpose=sheet.purpose,
        situation=sheet.situation,
        subject_template=None,
        body_template=body_template,
        subject=None,
        body=body,
        spans=spans,
        writer=WriterStamp(
            APPROVED, f"{template.provider}:{template.provider_id}", "", 0, 0, 0, 1, detail={"template": template.id}
        ),
    )


def _in_slots(template: ApprovedTemplate) -> str:
    """The text in our own slots, the signature in front where the provider puts one."""
    slots = {variable.name: variable.slot for variable in template.variables}
    text = PLACE.sub(lambda place: f"{{{slots[place[1]]}}}", template.text)
    return f"【{{signature}}】{text}" if provider_rules(template.provider).signed else text


def _draft_id(case: Case, sheet: FactSheet, template: ApprovedTemplate, body: str) -> str:
    """The same case, moment and words give the same id, so that a repeated run makes no second draft."""
    moment = sheet.now.isoformat() if sheet.now else ""
    parts = (case.case_id, moment, template.provider, template.provider_id, body)
    return "d-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
