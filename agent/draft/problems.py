"""What is wrong with a template before it is filled: unknown, missing and repeated slots, promises nobody licensed.

Takes a template and its sheet, gives findings that a model can mend. The words themselves are the gate's business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from agent.domain import Channel, FactSheet, Finding, Language, Sensitivity, Severity
from agent.draft.greeting import shown_name_in
from agent.draft.reply import Template
from agent.draft.tells import about_itself, acts_inside_sentences, broken_off, promises_in_words
from agent.language.echo import echoes
from agent.language.scripts import guess_language
from agent.slots import act_keys, slot_names, slot_table
from agent.slots.grammar import TOKEN

STRAY_SLOT = re.compile(r"[{｛]([^{}｛｝\n]{1,40})[}｝]")
STRAY_PLACE = re.compile(r"\[[^\[\]\n]{2,40}\]|【[^【】\n]{2,40}】")


def problems(template: Template, sheet: FactSheet, finished: bool = True) -> tuple[Finding, ...]:
    return tuple(_problems(template, sheet, finished))


def _problems(template: Template, sheet: FactSheet, finished: bool) -> Iterator[Finding]:
    if not template.body:
        yield _finding("DRAFT_EMPTY", "The message is empty. Write it.", "body")
        return
    if not finished:
        yield _finding("DRAFT_UNFINISHED", "The message ran on past its limit. Write it shorter, to its end.", "body")
    elif (last := broken_off(template.body, sheet.language, sheet.channel)) is not None:
        yield _finding("DRAFT_UNFINISHED", "The message stops in the middle. Write it to its end.", "body", last)
    if sheet.channel in (Channel.EMAIL, Channel.PUSH) and not template.subject:
        yield _finding("SUBJECT_MISSING", "Begin with one line “Subject: …” (主题：…).", "subject")
    for field, text in (("subject", template.subject or ""), ("body", template.body)):
        yield from _unknown(field, text, sheet)
        yield from _telling(field, text, sheet)
    yield from _repeating(template, sheet)
    yield from _counted(template, sheet)


def _repeating(template: Template, sheet: FactSheet) -> Iterator[Finding]:
    """Words that were written to us are background: they shape the message and never stand in it."""
    for field, text in (("subject", template.subject or ""), ("body", template.body)):
        for words in echoes(TOKEN.sub(" ", text), (*sheet.written, *sheet.steer)):
            yield _finding("ECHO", "It repeats what was written to us. Say it in your own words.", field, words)


def _telling(field: str, text: str, sheet: FactSheet) -> Iterator[Finding]:
    """What the words themselves give away, before anything is filled."""
    own = TOKEN.sub(" ", text)
    guessed = guess_language(own)
    if guessed is not None and guessed != sheet.language.value and len(own.split()) + len(own) > 12:
        wanted = "Chinese" if sheet.language is Language.ZH else "English"
        yield _finding("WRONG_LANG", f"The customer reads {wanted}. Write it in {wanted}.", field)
    if (words := about_itself(text, sheet.language)) is not None:
        yield _finding("DRAFT_ABOUT_ITSELF", "It speaks about the task. Write only the message.", field, words)
    if (name := shown_name_in(text, sheet)) is not None:
        yield _finding("NAME_SHOWN", "The name in the list is an example. Write {salutation}.", field, name)
    for key, words in promises_in_words(text, sheet.language):
        licensed = any(act.key == key for act in sheet.acts)
        remedy = f"Write {{act:{key}}} instead." if licensed else "Leave it out."
        yield _finding("PROMISE_IN_WORDS", f"A promise in your own words. {remedy}", field, words)
    for act in acts_inside_sentences(text, sheet.language):
        yield _finding("ACT_NOT_ALONE", f"{act} is a whole sentence. Put it between two sentences.", field, act)


def _unknown(field: str, text: str, sheet: FactSheet) -> Iterator[Finding]:
    for stray in STRAY_SLOT.finditer(TOKEN.sub("", text)):
        yield _finding("SLOT_UNKNOWN", f"{stray[0]} is not on the list of slots. Leave it out.", field, stray[0])
    for place in STRAY_PLACE.finditer(TOKEN.sub("", text)):
        if place[0].strip("【】[]") not in _own_names(sheet):
            yield _finding("PLACEHOLDER", f"{place[0]} was left to be filled. Leave it out.", field, place[0])
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


def _own_names(sheet: FactSheet) -> set[str | None]:
    return {sheet.brand.name, sheet.brand.signature, *sheet.brand.names.values()}


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
