"""Brings a template that was read to its sheet: greeting, signature, literals, words beside slots, in this order.

Takes a Template and a FactSheet, gives a Template. Decides nothing about what may be said: that is for the checks.
"""

from __future__ import annotations

import re
from dataclasses import replace

from agent.domain import Channel, FactSheet
from agent.draft.align import align
from agent.draft.greeting import greeted, named
from agent.draft.neighbours import unechoed
from agent.draft.reply import Template
from agent.slots import slot_names

UNKNOWN_PLACE = r"[\[【<][^\[\]【】<>{}\n]{1,30}[\]】>]"
TEAM = (
    r"(?:the )?(?:\{brand\}\s*)?(?:customer (?:care|service|support)|support|care|service)?(?: team)?(?:,? \{brand\})?"
)
TEAM_ZH = r"\{brand\}\s?(?:客服|团队|客服团队|客服部)?"
BELOW_SIGN_OFF = re.compile(
    rf"(\{{sign_off\}})((?:[ \t]*\n[ \t]*(?:{UNKNOWN_PLACE}|{TEAM}|{TEAM_ZH}))+)\s*\Z",
    re.IGNORECASE,
)


def fit(template: Template, sheet: FactSheet) -> Template:
    subject = None if template.subject is None else unechoed(align(named(template.subject, sheet), sheet), sheet)
    body = _signed(greeted(_without_own_name(template.body, sheet), sheet), sheet)
    body = _once_signed(align(body, sheet))
    return replace(template, subject=subject, body=unechoed(body, sheet))


def _without_own_name(body: str, sheet: FactSheet) -> str:
    """A text message already begins with who sends it."""
    if sheet.channel is not Channel.SMS:
        return body
    names = {sheet.brand.name, sheet.brand.signature or "", *sheet.brand.names.values()} - {""}
    said = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"\A\s*(?:【(?:{said})】|(?:{said}|\{{brand\}})\s*[:：])\s*", "", body, flags=re.IGNORECASE)


def _signed(body: str, sheet: FactSheet) -> str:
    """[Agent Name] and [Your Name] mean whoever signs; where nobody's name is known, the sign-off says it."""
    if sheet.fact("agent_name") is None and "sign_off" not in slot_names(body):
        return re.sub(r"\{agent_name(?:\|[a-z]+)?\}", "{sign_off}", body, count=1)
    return body


def _once_signed(body: str) -> str:
    """The rest of a signature's form ([Your Position], Customer Care) below a sign-off that says it all."""
    return BELOW_SIGN_OFF.sub(r"\1", body)
