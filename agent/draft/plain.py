"""Makes plain text of HTML (`untagged`) and Markdown (`unmarked`): the words stay, the marks go.

Takes text, gives text. Tags go before slots are mended, because <first_name> is none; Markdown goes after, so that no
slot is torn. Tables become lines of “what: value”, because a reader of a plain mail sees pipes.
"""

from __future__ import annotations

import html
import re

from agent.slots.grammar import TOKEN

HTML_TAGS = (
    "p|br|div|span|b|i|u|em|strong|h[1-6]|ul|ol|li|a|html|head|body|table|tr|td|th|tbody|thead|img|font|center|hr|"
    "small|blockquote|pre|meta|!doctype html"
)
TAG = re.compile(rf"</?(?:{HTML_TAGS})(?:\s[^<>]*)?\s*/?>", re.IGNORECASE)
PAIRED = re.compile(r"<(code|title|address|mark|time)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
"""Tags that could be slots; only a pair of them is HTML."""
UNSEEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|#\d{2,5}|hellip|mdash|ndash|[lr][ds]quo|copy);")
RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,}|—{2,}|(?:[-*_] ){2,}[-*_])\s*$\n?", re.MULTILINE)
SEPARATOR = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
HAN = re.compile(r"[\u3400-\u9fff]")


def unmarked(text: str) -> str:
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    text = _without_marks(_without_tables(TOKEN.sub(hide, text)))
    text = re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE))


def untagged(text: str) -> str:
    text = PAIRED.sub(r"\2", text)
    if TAG.search(text):
        text = UNSEEN.sub("", text)
        text = re.sub(r"<h[1-3]\b[^<>]*>", "# ", text, flags=re.IGNORECASE)
        text = re.sub(r"<br\s*/?>\n?|<(?:li|tr)\b[^<>]*>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(r"</(?:p|div|h[1-6]|ul|ol|table)\s*>\s*", "\n\n", text, flags=re.IGNORECASE)
        text = TAG.sub("", text)
    return ENTITY.sub(lambda match: html.unescape(match[0]).replace("\xa0", " "), text)


def _without_marks(text: str) -> str:
    text = RULE.sub("", text)
    text = re.sub(r"^[ \t]{0,3}(?:>[ \t]?)+", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[([^\[\]\n]+)\]\((\S+?)\)", r"\1 \2", text)
    text = re.sub(r"^\s{0,3}#{1,6}\s+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*[-*•·]\s+(?=\S)", "", text, flags=re.MULTILINE)
    text = re.sub(r"`{1,3}([^`\n]+)`{1,3}", r"\1", text)
    text = re.sub(r"~~(?=\S)([^~\n]+)~~", r"\1", text)
    text = re.sub(r"(\*{1,3}|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])[*](?=\S)([^*\n]+?)(?<=\S)[*](?![\w*])", r"\1", text)
    return re.sub(r"(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])", r"\1", text)


def _without_tables(text: str) -> str:
    lines, out, at = text.split("\n"), list[str](), 0
    while at < len(lines):
        if at + 1 < len(lines) and "|" in lines[at] and SEPARATOR.match(lines[at + 1]) and "-" in lines[at + 1]:
            head, at = _cells(lines[at]), at + 2
            while at < len(lines) and "|" in lines[at]:
                out += _row(head, _cells(lines[at]))
                at += 1
            continue
        out.append(lines[at])
        at += 1
    return "\n".join(out)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(head: list[str], cells: list[str]) -> list[str]:
    """Two columns are a list of names and values; more are read under their headings."""
    if len(cells) == 2:
        return [_pair(*cells)]
    return [_pair(name, value) for name, value in zip(head, cells, strict=False) if value]


def _pair(name: str, value: str) -> str:
    name = name.strip("*_ :：")
    if not name:
        return value
    return f"{name}：{value}" if HAN.search(name) else f"{name}: {value}"
