"""Fills a template from its fact sheet. Template and sheet in; finished words and their citations out. Knows no writer.

Every filled character is covered by a span that names its source, with offsets in code points of the finished text. The
parts the law wants (sender, address, how to stop) are appended here, so that no writer can forget them.
"""

from __future__ import annotations

from agent.acts import act_in_words
from agent.domain import Channel, FactSheet, Language, Realised, Sensitivity, Source, Span
from agent.errors import SlotError
from agent.realise.frame import frame
from agent.slots import ActRef, SlotRef, parse, say
from agent.voice import addressed, voice_of

SUBJECT_LIMIT = 78
SPAN_KINDS = {"offer": "offer", "ledger": "offer", "clause": "clause", "act": "act"}
PLAIN_SUBJECT = {Language.ZH: "来自{brand}的一封信", Language.EN: "A note from {brand}"}


def realise(template_subject: str | None, template_body: str, sheet: FactSheet, variant: int = 0) -> Realised:
    """Subject and body filled, mandatory parts added. `variant` picks among the native sentences of an act.

    Raises SlotError naming the slot, form or act that the sheet does not have.
    """
    subject, subject_spans = _fill_subject(template_subject, sheet, variant)
    body, body_spans = fill(frame(template_body, sheet), sheet, variant, "body")
    return Realised(subject=subject, body=body, spans=(*subject_spans, *body_spans))


def _fill_subject(template: str | None, sheet: FactSheet, variant: int) -> tuple[str | None, tuple[Span, ...]]:
    """A subject that grew too long in the filling gives way to a plain one: cutting it could cut a name or a code."""
    if template is None or sheet.channel not in (Channel.EMAIL, Channel.PUSH):
        return None, ()
    subject, spans = fill(" ".join(template.split()), sheet, variant, "subject")
    if len(subject) <= SUBJECT_LIMIT or sheet.channel is not Channel.EMAIL:
        return subject, spans
    return fill(PLAIN_SUBJECT[sheet.language], sheet, variant, "subject")


def fill(template: str, sheet: FactSheet, variant: int, field: str) -> tuple[str, tuple[Span, ...]]:
    """One field, without any frame."""
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for piece in parse(template):
        if isinstance(piece, str):
            words = piece
        else:
            words, slot, source = _words_of(piece, sheet, variant)
            kind = "act" if isinstance(piece, ActRef) else SPAN_KINDS.get(source.type, "fact")
            if kind != "clause":  # a quoted rule stands as it is written
                words = addressed(words, voice_of(sheet.brand, sheet.language))
            spans.append(Span(field, at, at + len(words), slot, kind, source))
        parts.append(words)
        at += len(words)
    return "".join(parts), tuple(spans)


def _words_of(piece: SlotRef | ActRef, sheet: FactSheet, variant: int) -> tuple[str, str, Source]:
    if isinstance(piece, ActRef):
        return _act_words(piece, sheet, variant)
    fact = sheet.fact(piece.name)
    if fact is None:
        raise SlotError(
            f"The fact sheet has no {{{piece.name}}}.",
            "Leave the slot out, or use one that is on the sheet.",
            slot=piece.name,
        )
    if fact.sensitivity is not Sensitivity.QUOTE:
        raise SlotError(
            f"{{{piece.name}}} may shape the words but never appear in them.", "Leave the slot out.", slot=piece.name
        )
    return say(fact, piece.form, sheet), piece.name, fact.source


def _act_words(piece: ActRef, sheet: FactSheet, variant: int) -> tuple[str, str, Source]:
    act = next((act for act in sheet.acts if act.key == piece.key), None)
    if act is None:
        raise SlotError(
            f"The promise “{piece.key}” is not licensed for this customer.",
            "Leave the act out, or put a clause in force that backs it.",
            slot=f"act:{piece.key}",
        )
    words = act_in_words(piece.key, sheet.language, variant, sheet.channel)
    return words, f"act:{piece.key}", Source("clause", act.clause.id)
