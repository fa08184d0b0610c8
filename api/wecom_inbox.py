"""Read what WeCom keeps for us, from where we read last; that place lies in the home, one line an account.

Takes the callback's token, gives counts. What was read and kept moves the place on, page by page: whoever dies in
between reads that page again, and everything in it is known by its id.
"""

from __future__ import annotations

import json
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
    found: dict[str, Counter[str]] = {"receipts": Counter(), "answers": Counter()}
    for messages, cursor in workshop.wecom_inbox.pages(_cursor(workshop, account.sender), token):
        receipts, answers = read_wecom(messages, workshop.clock.now())
        found["receipts"].update(take_receipts(receipts, workshop))
        found["answers"].update(take_answers(answers, workshop))
        _move_on(workshop, account.sender, cursor)
    return {name: dict(counts) for name, counts in found.items()}


def _cursor(workshop: Workshop, kf: str) -> str:
    try:
        return str(json.loads(workshop.home.wecom_cursors.read_text(encoding="utf-8")).get(kf, ""))
    except (OSError, ValueError, AttributeError):
        return ""  # from the earliest that WeCom still has, three days back


def _move_on(workshop: Workshop, kf: str, cursor: str) -> None:
    place = workshop.home.wecom_cursors
    fresh = place.with_suffix(".part")
    fresh.write_text(json.dumps({kf: cursor}), encoding="utf-8")
    fresh.replace(place)
