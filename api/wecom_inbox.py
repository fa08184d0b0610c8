"""Read what WeCom keeps for us, from where we read last; that place lies in the home, one line an account.

Takes the callback's token, gives counts. What was read and kept moves the place on, page by page: whoever dies in
between reads that page again, and everything in it is known by its id.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from agent.receipts import read_wecom
from api.answering import take_answers
from api.receiving import take_receipts

if TYPE_CHECKING:
    from api.bootstrap import Workshop


def read_wecom_inbox(workshop: Workshop, token: str) -> dict[str, dict[str, int]]:
    """Raises ChannelUnavailable; what came before it is kept."""
    account = workshop.settings.chat
    assert account is not None, "asked for where WeCom is set"
    kf, inbox = account.sender, workshop.wecom_inbox
    found: dict[str, Counter[str]] = {"receipts": Counter(), "answers": Counter()}
    with inbox.one_at_a_time:
        for messages, cursor in inbox.pages(_cursors(workshop).get(kf, ""), token):
            receipts, answers = read_wecom(messages, workshop.clock.now())
            found["receipts"].update(take_receipts(receipts, workshop))
            found["answers"].update(take_answers(answers, workshop))
            _move_on(workshop, kf, cursor)
    return {name: dict(counts) for name, counts in found.items()}


def _cursors(workshop: Workshop) -> dict[str, str]:
    """Empty where the file cannot be read: then from the earliest that WeCom still has, three days back."""
    try:
        kept = json.loads(workshop.home.wecom_cursors.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(kf): str(cursor) for kf, cursor in kept.items()} if isinstance(kept, dict) else {}


def _move_on(workshop: Workshop, kf: str, cursor: str) -> None:
    place = workshop.home.wecom_cursors
    fresh = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
    fresh.write_text(json.dumps({**_cursors(workshop), kf: cursor}), encoding="utf-8")
    fresh.replace(place)
