"""Questions that customers ask everywhere and that a policy need not answer: what "not covered" looks like.

How alike a question and a clause are says little by itself: "can I pay in bitcoin" is fairly like every clause about
paying. So a question is also held against these (`background/LANGUAGE.txt`, one a line): where it is more like one of
them than like any clause, nothing covers it. A shop whose policies do answer one of them loses that one from its own
list.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def background(language: str) -> tuple[str, ...]:
    """The questions of a language; empty for one that nobody has written any in."""
    file = files("knowledge") / "background" / f"{language}.txt"
    if not file.is_file():
        return ()
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
