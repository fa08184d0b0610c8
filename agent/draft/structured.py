"""Reads an answer that came as JSON, well-formed or nearly, although nobody asked for it.

Takes text, gives subject and body, or None where it is no JSON. What a key is called decides what it is; keys that
speak about the message (channel, tone, notes) are left out.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

START = re.compile(r"[\[{]\s*(?:[\[{]\s*)?[\"'“”](?:[^\"'“”\n]{1,40})[\"'“”]\s*:")
TRAILING_COMMA = re.compile(r",(\s*[}\]])")
PAIR = re.compile(r'"(?P<key>[^"\n]{1,40})"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)(?:"|\Z)', re.DOTALL)
SUBJECT_KEYS = frozenset({"subject", "subject_line", "title", "headline", "主题", "标题", "邮件主题"})
BEFORE_KEYS = frozenset({"greeting", "salutation", "opening", "称呼", "问候"})
BODY_KEYS = frozenset(
    {
        "body", "content", "text", "message", "sms", "reply", "answer", "draft", "email", "push", "notification",
        "chat", "paragraphs", "output", "response", "html", "正文", "内容", "短信", "短信内容", "消息", "邮件",
        "邮件正文", "推送", "回复",
    }
)  # fmt: skip
AFTER_KEYS = frozenset({"closing", "signature", "sign_off", "signoff", "落款", "署名", "结尾"})
Parts = list[tuple[str, str]]


def read_structured(text: str) -> tuple[str | None, str] | None:
    start = START.search(text)
    if start is None or (start.start() and not _only_an_opening(text[: start.start()])):
        return None
    parts = _parts(text[start.start() :])
    bodies = [value for key, value in parts if key in BODY_KEYS]
    if not bodies:
        return None
    subject = next((value for key, value in parts if key in SUBJECT_KEYS), None)
    before = [value for key, value in parts if key in BEFORE_KEYS]
    after = [value for key, value in parts if key in AFTER_KEYS]
    return subject, "\n\n".join([*before, *bodies, *after])


def _only_an_opening(before: str) -> bool:
    """A line or two about what follows; a message that quotes a pair of braces is not JSON."""
    return len(before) <= 200 and "{" not in before


def _parts(text: str) -> Parts:
    loaded = _loaded(text)
    if loaded is None:
        return [(match["key"].strip().lower(), _unescaped(match["value"])) for match in PAIR.finditer(text)]
    if isinstance(loaded, list) and all(isinstance(item, dict) for item in loaded):
        loaded = loaded[0] if loaded else {}  # several variants: the first
    return list(_leaves(loaded, ""))


def _loaded(text: str) -> Any:
    """The value at the start of the text, whatever follows it; None where no reading of it works."""
    for attempt in (text, TRAILING_COMMA.sub(r"\1", text), TRAILING_COMMA.sub(r"\1", re.sub("[“”]", '"', text))):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(attempt)
            return value
        except json.JSONDecodeError:
            continue
    closing = max(text.rfind("}"), text.rfind("]"))
    try:
        return ast.literal_eval(text[: closing + 1])  # Python's own spelling, with single quotes
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _leaves(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, str(name).strip().lower())
    elif isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        if texts:
            yield key, "\n\n".join(texts)
    elif isinstance(value, str):
        yield key, value


def _unescaped(value: str) -> str:
    for escape, char in (("\\n", "\n"), ('\\"', '"'), ("\\t", " "), ("\\/", "/"), ("\\\\", "\\")):
        value = value.replace(escape, char)
    return value
