"""Someone's own words without what identifies a person or could be copied: names, numbers, codes, addresses, links.

Text in, text with typed marks out ([number], [code], [link] …). What was masked is never put back into these words: a
prompt reads the marks, and facts reach a message only through slots.
"""

from __future__ import annotations

import re

MASKS = (
    (re.compile(r"https?://\S+|www\.\S+"), "[link]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[email]"),
    (re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,}\b"), "[code]"),
    (re.compile(r"[+＋]?[0-9０-９](?:[\s-]?[0-9０-９]){6,}"), "[number]"),
    (re.compile(r"[0-9０-９]+(?:[.,][0-9]+)*"), "[n]"),
    (re.compile(r"[{}｛｝<>]"), ""),
)


def mask(text: str) -> str:
    """On one line, without numbers, codes, addresses, links and braces."""
    for pattern, mark in MASKS:
        text = pattern.sub(mark, text)
    return " ".join(text.split())
