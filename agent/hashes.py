"""What a verdict and an approval sign. One place, so that draft, approve and send can never mean different things."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def words_hash(subject: str | None, body: str) -> str:
    """SHA-256 of subject and body: what the gate judged."""
    return _digest([subject, body])


def message_hash(recipient: str, channel: str, subject: str | None, body: str, headers: Mapping[str, str]) -> str:
    """SHA-256 of everything that would leave: what an approval signs."""
    return _digest([recipient, channel, subject, body, sorted(headers.items())])


def _digest(parts: object) -> str:
    # surrogatepass: a lone surrogate is a finding for the gate, not a crash of the hash
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
