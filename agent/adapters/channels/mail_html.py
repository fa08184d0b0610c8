"""Plain words → the same words in HTML: paragraphs, line breaks, links that can be clicked, and nothing else.

A pure function of the text, because the text is what was judged and approved: no pictures, no tracking, no style, no
word more or less.
"""

from __future__ import annotations

import html
import re

_URL = re.compile(r"https?://[^\s<>\"'，。；！？、（）()【】「」“”’\[\]]+")
_END_OF_SENTENCE = ".,;:!?…"


def as_html(text: str) -> str:
    """A whole document. What looks like markup in the text is shown as it was typed."""
    blocks = (block.strip("\n") for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")))
    paragraphs = "\n".join(f"<p>{_lines(block)}</p>" for block in blocks if block.strip())
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{paragraphs}\n</body></html>\n'


def _lines(block: str) -> str:
    return "<br>\n".join(_linked(line) for line in block.split("\n"))


def _linked(line: str) -> str:
    parts, at = [], 0
    for match in _URL.finditer(line):
        url = match.group().rstrip(_END_OF_SENTENCE)
        parts += [html.escape(line[at : match.start()]), f'<a href="{html.escape(url)}">{html.escape(url)}</a>']
        at = match.start() + len(url)
    return "".join((*parts, html.escape(line[at:])))
