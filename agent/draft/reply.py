"""Reads what a writer answered: takes off what is not the message, splits subject from body, mends the slots' spelling.

Takes raw text, gives a Template. Knows no values; what it cannot read it leaves for the checks to find. Each step has a
file of its own: thoughts, structured, remarks, plain, spelling, and here the subject and the parts we add ourselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.domain import Channel
from agent.draft.plain import unmarked, untagged
from agent.draft.remarks import LABEL, SPOKEN_TO, first_version, unfenced, without_remarks, without_speaker
from agent.draft.spelling import aliases, mend_slots
from agent.draft.structured import read_structured
from agent.draft.thoughts import said

__all__ = ["Template", "aliases", "mend_slots", "read_reply"]

WITH_SUBJECT = (Channel.EMAIL, Channel.PUSH)
BODY_LABEL = re.compile(
    r"^\s*[*_#\s【\[]*(?:body|message|text|content|正文|内容)[*_】\]]*\s*(?:[:：][*_]*|\n|(?<=】)|(?<=\]))\s*",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"^[\s*_]*(?:to|from|cc|bcc|date|preheader|preview(?: text)?|reply-to|收件人|发件人|抄送|日期|"
    r"预览(?:文本|文字)?|预标题|摘要)"
    r"[*_]*\s*[:：][^\n]*\n",
    re.IGNORECASE,
)
MORE_SUBJECTS = re.compile(
    r"^[\s*_]*(?:alternat\w+|other|second|backup|another|备选|备用|其他|另一个)\s*(?:subjects?(?: lines?)?|主题|"
    r"标题)[*_]*\s*\d?\s*[:：]"
    r"[^\n]*\n",
    re.IGNORECASE,
)
LISTED = re.compile(r"^\s*(?:[1-9][.)、．]|[-*•])\s*")
HEADING = re.compile(r"\A\s*(?:#{1,4}\s+(?P<heading>[^\n]+)|\*\*(?P<bold>[^*\n]{2,60})\*\*[ \t]*(?=\n[ \t]*\n))\s*")
QUOTED = re.compile(r"^[\"“「'](?P<inside>[^\"”」\n]+)[\"”」']$")
QUOTE_MARK = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)
OUR_SLOTS = "unsubscribe|postal_address|signature"
OUR_LINE = re.compile(rf"^(?P<line>[^\n]*\{{(?:{OUR_SLOTS})\}}[^\n]*)$\n?", re.MULTILINE)
SIGNED_IN_FRONT = re.compile(r"\A\s*【(?:\{signature\}|\{brand\})】\s*")
OPT_OUT = re.compile(
    r"(?:[,，;；|｜\s]*(?:拒收|退订)(?:请)?(?:回复?|发送?)?\s?[A-Za-z]{1,3}(?![A-Za-z])|"
    r"[,，;；\s]*回复?\s?[A-Za-z]{1,3}\s?(?:即可)?退订)[。.！!]?"
    r"|(?:[,;|\s]*(?:reply|text|txt)\s+[\"“']?(?:stop|end|unsub\w*)\b[\"”']?(?:\s+to\s+[a-z -]{3,30})?)[.!]?"
    r"|^[^\n{]*\b(?:unsubscribe|opt[- ]?out)\b[^\n{]*$"
    r"|^[^\n{。]*(?:退订|不想再收到)[^\n{]*$",
    re.IGNORECASE | re.MULTILINE,
)
CLOSING = re.compile(r"^\s*(?:地址|公司地址|address)\s*[:：]\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """A message with slots, as a writer meant it. `subject` is None where none was written."""

    subject: str | None
    body: str


def read_reply(text: str, channel: Channel) -> Template:
    subject, body = _parts(text, channel)
    body = _without_ours(unmarked(body).strip())
    if channel not in WITH_SUBJECT or not subject:
        return Template(None, body)
    return Template(_one_line(unmarked(subject)), body)


def _parts(text: str, channel: Channel) -> tuple[str | None, str]:
    text = unfenced(_unquoted_lines(said(text)))
    found = read_structured(text)
    if found is not None:
        subject, body = found
        body = mend_slots(untagged(body))
        return (mend_slots(subject) if subject else None), without_remarks(body)
    return _split(mend_slots(untagged(text)), channel)


def _split(text: str, channel: Channel) -> tuple[str | None, str]:
    """Subject and body. What stands above the first subject line is never part of a mail."""
    text = first_version(without_speaker(text))
    label = LABEL.search(text)
    if label is not None and (channel in WITH_SUBJECT or not text[: label.start()].strip()):
        subject, body = _labelled(text[label.end() :])
        return subject, without_remarks(_headless(body))
    text = without_remarks(_headless(text))
    heading = HEADING.match(text)
    if heading is not None and channel in WITH_SUBJECT and not SPOKEN_TO.search(heading[0]):
        return (heading["heading"] or heading["bold"]).strip("*_ "), _headless(text[heading.end() :])
    return None, _headless(text)


def _labelled(text: str) -> tuple[str, str]:
    """What follows “Subject:”: on its line, or on the next; of a list of proposals the first."""
    first, _, rest = text.lstrip(" \t*_").partition("\n")
    if not first.strip("*_ "):
        lines = rest.lstrip("\n").split("\n")
        first, rest = lines[0], "\n".join(lines[1:])
        if LISTED.match(first):
            while rest and LISTED.match(rest):
                rest = rest.partition("\n")[2]
            first = LISTED.sub("", first)
    return first, rest


def _headless(text: str) -> str:
    """Without the lines of a mail's head and without a word that says: here the body begins."""
    before = None
    while before != text:
        before, text = text, MORE_SUBJECTS.sub("", HEADER.sub("", text.lstrip("\n"), count=1), count=1)
    return BODY_LABEL.sub("", text)


def _unquoted_lines(text: str) -> str:
    """A mail quoted line by line; a quotation inside one is Markdown's matter."""
    lines = [line for line in text.split("\n") if line.strip()]
    return QUOTE_MARK.sub("", text) if lines and all(line.lstrip().startswith(">") for line in lines) else text


def _one_line(subject: str) -> str | None:
    subject = " ".join(subject.strip().strip("*_#").split())
    quoted = QUOTED.match(subject)
    return (quoted["inside"].strip() if quoted else subject) or None


def _without_ours(body: str) -> str:
    """Who sends it, where they live and how to stop stand in the frame, whoever writes; said twice it reads oddly."""
    body = SIGNED_IN_FRONT.sub("", body)
    body = OUR_LINE.sub(lambda match: "" if "{salutation}" not in match["line"] else _ours_out_of(match["line"]), body)
    return CLOSING.sub("", OPT_OUT.sub("", body)).strip()


def _ours_out_of(line: str) -> str:
    return re.sub(rf"【?\{{(?:{OUR_SLOTS})\}}】?", "", line) + "\n"
