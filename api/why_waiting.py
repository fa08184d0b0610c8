"""Why a draft waits for a person, in one short sentence in the reader's language."""

from __future__ import annotations

from agent.domain import CaseStatus, Language
from agent.grounding import DISPUTED
from agent.guardrails.words import says
from agent.ways import NO_WAY
from api.console.texts import texts
from api.reviewing import Waiting

KNOWN_WAITS = {
    "drawn for the audit sample": "audit",
    "somebody should call; the draft says what about": "call",
    "no ticket or review stands behind this service message: is it one?": "service",
    "no clause answers what was asked": "unanswered",
    "a ticket is open and its topic says too little: read it before this leaves": "untold",
    "nothing on record speaks of this situation: make sure that it is so": "unheard",
    NO_WAY: "no_way",
}
"""What the house always says alike → its text."""


def in_words(because: str, language: Language) -> str:
    """The house's own sentence in this language, where it is one that it always says alike."""
    if because.startswith(DISPUTED):
        return texts(language)["waits.disputed"].format(said=because.removeprefix(f"{DISPUTED}: "))
    known = KNOWN_WAITS.get(because)
    return texts(language)[f"waits.{known}"] if known else because


def why_waiting(waiting: Waiting, language: Language) -> str:
    """What the house said, else the first finding, else that it only waits for a yes."""
    if waiting.because:
        return in_words(waiting.because, language)
    findings = waiting.verdict.findings if waiting.verdict else ()
    if findings:
        first = says(findings[0].rule, language) or findings[0].message
        return f"{findings[0].rule}: {first}" + (f" (+{len(findings) - 1})" if len(findings) > 1 else "")
    passed = waiting.case.status is CaseStatus.CHECKED
    return texts(language)["waits.yes" if passed else "waits.look"]
