"""A person's word on a draft: approve, edit, reject, take back.

The gate has spoken before (the pipeline asks it again at this moment, on live state). A person may settle what the gate
left to a person; nobody may approve what it blocks.
"""

from __future__ import annotations

from datetime import datetime

from agent.domain import Decision, Draft, Finding, Review, Severity, Verdict, Words
from agent.errors import GateRefused

AUTOMATIC = "automatic"
"""The reviewer's name where no person was needed: the gate passed it and the campaign may send by itself."""
AUDIT_SAMPLE = "drawn for the audit sample"
"""Why a draft that could have gone by itself waits for a person; its line in the trace says so."""
TIMING = frozenset({"QUIET_HOURS"})


def approve(
    draft: Draft, verdict: Verdict, reviewer: str, at: datetime, words: Words | None = None, note: str = ""
) -> Review:
    """Raises GateRefused with the findings when the gate blocks, or leaves it to a person and none is here."""
    if blocking := stops(verdict):
        raise GateRefused(_listed("the gate blocks this message", blocking), "edit the text, or reject the draft")
    if verdict.decision is Decision.REVIEW and reviewer == AUTOMATIC:
        raise GateRefused(_listed("a person must look", verdict.findings), "run: holdfast review list")
    return Review(draft.draft_id, "approve" if words is None else "edit", reviewer, at, note, words)


def edit(draft: Draft, editor: str, at: datetime, words: Words) -> Review:
    """A person's own words, kept beside the draft that they made of it."""
    return Review(draft.draft_id, "edit", editor, at, words=words)


def reject(draft: Draft, reviewer: str, at: datetime, note: str = "") -> Review:
    return Review(draft.draft_id, "reject", reviewer, at, note)


def take_back(draft: Draft, reviewer: str, at: datetime, note: str = "") -> Review:
    return Review(draft.draft_id, "take_back", reviewer, at, note)


def stops(verdict: Verdict) -> tuple[Finding, ...]:
    """The findings that keep a message in. The hour alone does not: such a message waits for the window to open."""
    if verdict.decision is not Decision.BLOCK:
        return ()
    hard = (Severity.BLOCK, Severity.FIX)
    found = tuple(finding for finding in verdict.findings if finding.severity in hard)
    return tuple(f for f in found if not (f.rule in TIMING and verdict.deferred_until is not None))


def _listed(sentence: str, findings: tuple[Finding, ...]) -> str:
    return f"{sentence}: " + "; ".join(f"{finding.rule} ({finding.message})" for finding in findings)
