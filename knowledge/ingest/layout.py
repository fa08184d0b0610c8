"""Lines without mark-up → headings and paragraphs: for PDF and for documents whose headings are only set in bold.

What a heading looks like in both languages: `第一章 总则`, `一、退货条件`, `（二）运费`, `3. Refunds`, `7.2 Late
refunds`, `Chapter 2`; short, and without the full stop that ends a sentence.
"""

from __future__ import annotations

import re

CHAPTER = re.compile(r"^第\s?[零〇一二三四五六七八九十百千\d]+\s?(?P<kind>[编篇章节])(?:[\s　]|$|(?=[\u4e00-\u9fff]))")
PART = re.compile(r"^(?P<kind>Part|Chapter|Annex|Appendix)\s+(?:\d+|[IVXLC]+|[A-Z])\b", re.IGNORECASE)
ZH_FIRST = re.compile(r"^[一二三四五六七八九十]{1,3}、\s*\S")
ZH_SECOND = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]\s*\S")
NUMBERED = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.、)）]?\s+(?=\S*[^\W\d])")
NUMBERED_ZH = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.、)）]?\s?(?=[\u4e00-\u9fff])")
ENDS_A_SENTENCE = re.compile(r"[。；;，,：:！!]$|(?<![A-Z])\.$")
CHAPTERS = 3
"""Headings of this level or above name themselves (第二章, Part 2); deeper ones are known by a number only."""
MOST_HAN, MOST_WORDS = 30, 12
LEVELS = {"编": 1, "篇": 1, "章": 2, "节": 3, "part": 1, "chapter": 2, "annex": 2, "appendix": 2}


def short_line(line: str) -> bool:
    """Whether a line could be a heading at all."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in line)
    return bool(line) and not ENDS_A_SENTENCE.search(line) and han <= MOST_HAN and len(line.split()) <= MOST_WORDS


def heading_level(line: str) -> int | None:
    """The level that a line's own words give it as a heading; None when they give it none."""
    if not short_line(line):
        return None
    if found := CHAPTER.match(line) or PART.match(line):
        return LEVELS[found["kind"].lower()]
    if ZH_FIRST.match(line):
        return 4
    if ZH_SECOND.match(line):
        return 5
    if (found := NUMBERED.match(line) or NUMBERED_ZH.match(line)) is not None:
        return 4 + found["number"].count(".")
    return None
