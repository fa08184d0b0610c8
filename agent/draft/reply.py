"""Reads what a writer answered: takes off what is not the message, splits subject from body, mends the slots' spelling.

Takes raw text, gives a Template. Knows no values; what it cannot read it leaves for the checks to find.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.domain import Channel
from agent.slots import FORMS, slot_table

THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
STRAY_THINKING = re.compile(r"^.*?</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
MARKERS = re.compile(r"<\|[^|<>]{1,30}\|>|</?s>|\[/?INST\]")
FENCE = re.compile(r"^```[a-z]*\s*\n?|\n?```\s*$", re.MULTILINE | re.IGNORECASE)
ROLE = re.compile(r"^\s*(?:assistant|ai|助手|客服助手)\s*[:：]\s*", re.IGNORECASE)
ANNOUNCE = re.compile(
    r"^\s*(?:(?:sure|certainly|of course|okay|ok)[^\n]{0,40}[!.,:]\s*)?"
    r"(?:here(?:'s| is| are)[^\n]{0,60}:|以下是[^\n]{0,40}[:：]|(?:好的|当然)[，,。！!][^\n]{0,40}[:：])\s*\n+",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"^\s*[*_#\s]*(?:subject(?: line)?|title|主题|标题|邮件主题)[*_\s]*[:：][*_ \t]*(?P<subject>[^\n]*)\n+",
    re.IGNORECASE,
)
BODY_LABEL = re.compile(r"^\s*[*_]*(?:body|message|text|正文|内容)[*_]*\s*[:：][*_]*\s*", re.IGNORECASE)
BRACES = re.compile(r"[{｛]{1,3}\s*([^{}｛｝\n]{1,40}?)\s*[}｝]{1,3}")
BRACKETED = re.compile(r"[【\[<《〈]([^【】\[\]<>《》〈〉\n]{1,20})[】\]>》〉]")
FOOTER_SLOTS = frozenset({"unsubscribe", "postal_address", "signature"})
FOOTER_LINE = re.compile(r"^.*\{(?:unsubscribe|postal_address|signature)\}.*$\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """A message with slots, as a writer meant it. `subject` is None where none was written."""

    subject: str | None
    body: str


def read_reply(text: str, channel: Channel) -> Template:
    text = _bare(text)
    subject, body = _from_json(text) or _split(text)
    body = FOOTER_LINE.sub("", mend_slots(strip_markdown(body))).strip()
    if channel not in (Channel.EMAIL, Channel.PUSH):
        return Template(None, body)
    return Template(mend_slots(strip_markdown(subject)).strip() if subject else None, body)


def _bare(text: str) -> str:
    """Without thoughts, role words and announcements."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = STRAY_THINKING.sub("", THINKING.sub("", text))
    text = FENCE.sub("", MARKERS.sub("", text)).strip()
    text = ANNOUNCE.sub("", ROLE.sub("", text)).strip()
    for left, right in (('"', '"'), ("“", "”"), ("「", "」")):
        if text.startswith(left) and text.endswith(right) and text.count(left) <= 2:
            text = text[1:-1].strip()
    return text


def _from_json(text: str) -> tuple[str | None, str] | None:
    if not text.startswith("{") or '"body"' not in text:
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("body"), str):
        return None
    subject = found.get("subject")
    return (subject if isinstance(subject, str) else None), found["body"]


def _split(text: str) -> tuple[str | None, str]:
    match = SUBJECT.match(text)
    if match is None:
        return None, BODY_LABEL.sub("", text)
    return match["subject"], BODY_LABEL.sub("", text[match.end() :])


def strip_markdown(text: str) -> str:
    """Emphasis, headings, bullets and link syntax; the words stay."""
    text = re.sub(r"\[([^\[\]\n]+)\]\((\S+?)\)", r"\1 \2", text)
    text = re.sub(r"^\s{0,3}#{1,6}\s+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*[-*•]\s+(?=\S)", "", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return re.sub(r"(?<![\w*])[*](?=\S)([^*\n]+?)(?<=\S)[*](?![\w*])", r"\1", text)


@lru_cache(maxsize=1)
def aliases() -> Mapping[str, str]:
    """Every name a slot goes by, folded, to its own name."""
    names: dict[str, str] = {}
    for name, spec in slot_table().items():
        for alias in (name, *spec.aliases):
            names[_fold(alias)] = name
    return names


def _fold(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).lower()


def mend_slots(text: str) -> str:
    """{ First_Name } and ｛名字｝ become {first_name}; 【姓名】 too, when the words in the brackets name a slot."""
    text = BRACES.sub(lambda match: _respell(match[1]) or match[0], text)
    return BRACKETED.sub(lambda match: _known(match[1]) or match[0], text)


def _respell(inside: str) -> str | None:
    act = re.fullmatch(r"act\s*[:：]\s*([A-Za-z_0-9 -]+)", inside, re.IGNORECASE)
    if act:
        return "{act:" + re.sub(r"[\s-]+", "_", act[1].strip().lower()) + "}"
    known = _known(inside)
    if known:
        return known
    # Nothing we know: kept as one clean slot, so that it is found by its name and never deleted in silence.
    clean = re.fullmatch(r"([A-Za-z_0-9 -]+)(?:\|([a-z_]+))?", inside)
    return "{" + re.sub(r"[\s-]+", "_", clean[1].strip().lower()) + "}" if clean else None


def _known(inside: str) -> str | None:
    name, _, form = inside.replace("｜", "|").partition("|")
    slot = aliases().get(_fold(name))
    if slot is None:
        return None
    form = form.strip().lower()
    has_form = form in FORMS.get(slot_table()[slot].type, ())
    return f"{{{slot}|{form}}}" if form and has_form else f"{{{slot}}}"
