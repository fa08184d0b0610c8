"""Puts the marks in. What is left of numbers, braces and angle brackets goes too.

A number could be copied, and a bracket could close the block that the words stand in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.language.masking.find import find_private, plain

_LEFT_OVER = re.compile(r"\d+(?:[.,]\d+){0,8}")
_BRACES = str.maketrans("", "", "{}｛｝<>＜＞")


def mask(text: str, names: Sequence[str] = ()) -> str:
    """On one line, without numbers, codes, addresses, links, names in context and braces."""
    text = plain(text)
    parts: list[str] = []
    at = 0
    for found in find_private(text, names):
        parts += [_rest(text[at : found.start]), found.mark]
        at = found.end
    parts.append(_rest(text[at:]))
    return " ".join("".join(parts).split())


def hide(text: str, names: Sequence[str] = ()) -> str:
    """Only what identifies somebody is masked; other numbers, lines and braces stay as they are."""
    text = plain(text)
    for found in reversed(find_private(text, names)):
        text = text[: found.start] + found.mark + text[found.end :]
    return text


def _rest(text: str) -> str:
    return _LEFT_OVER.sub("[n]", text).translate(_BRACES)
