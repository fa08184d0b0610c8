"""One sentence carried over a redirect: what was just done, and whether it can be taken back.

It travels in a cookie that the next page reads and removes. Whoever forges one only deceives themselves: it holds a key
of our texts and values that the template escapes.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request, Response

FLASH = "holdfast_said"
LASTS_S = 60


@dataclass(frozen=True, slots=True)
class Flash:
    """`key` is a text, `values` fill it. `undo`: the case whose approval may be taken back for a few seconds."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    undo: str = ""
    tone: str = "ok"


def leave(response: Response, flash: Flash, secure: bool) -> None:
    data = json.dumps([flash.key, dict(flash.values), flash.undo, flash.tone]).encode()
    text = base64.urlsafe_b64encode(data).decode().rstrip("=")
    response.set_cookie(FLASH, text, max_age=LASTS_S, httponly=True, samesite="lax", secure=secure, path="/")


def read(request: Request) -> Flash | None:
    text = request.cookies.get(FLASH)
    if not text:
        return None
    try:
        key, values, undo, tone = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    if not all(isinstance(part, str) for part in (key, undo, tone)) or not isinstance(values, dict):
        return None
    return Flash(key, {str(name): str(value) for name, value in values.items()}, undo, tone)


def clear(response: Response) -> None:
    response.delete_cookie(FLASH, path="/")
