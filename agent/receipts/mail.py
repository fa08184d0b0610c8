"""A mail that came back → what it says about ours: a delivery report (RFC 3464), a complaint (RFC 5965), an answer.

Takes the bytes as a mail server hands them on, gives receipts; an empty list for a mail that speaks of none of ours.
Only a report that names a message by our own stamped Message-ID counts: an address alone can be forged by anybody who
wants to silence somebody else, and so could a key without its stamp (`mail_stamp`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from agent.domain import Receipt, ReceiptKind

OURS = re.compile(r"<(msg_[0-9a-f]{24})\.([0-9a-f]{16,64})@[^>\s]+>")
NOBODY_THERE = re.compile(
    r"user (?:is )?unknown|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox|person)"
    r"|does ?n[o']t exist|mailbox (?:not found|unavailable|disabled)"
    r"|recipient (?:address )?rejected: (?:undeliverable|user)"
    r"|account (?:has been )?(?:disabled|closed|deleted)|用户不存在|收件人不存在|无此用户|账号不存在|邮箱不存在",
    re.I,
)
HARD = re.compile(r"5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)")
"""No such mailbox or domain, a mailbox that was closed. A full one (5.2.2) or a no to our manners (5.7) is not that."""
QUOTED = re.compile(
    r">|\s*(?:-{2,}\s*(?:original message|原始邮件)|on .{4,80} wrote:|.{2,60}(?:写道|寫道)[:：]|发件人[:：])", re.I
)
FAILED, DELIVERED = "failed", frozenset({"delivered", "relayed", "expanded"})
LONGEST = 2_000


IsOurs = Callable[[str, str], bool]
"""Whether a stamp is the one of that key."""


def read_mail(raw: bytes, now: datetime, is_ours: IsOurs, longest_parts: int = 50) -> list[Receipt]:
    """Never raises for what a stranger may send: what cannot be read says nothing."""
    try:
        mail = message_from_bytes(raw, policy=default)
        parts = [part for _, part in zip(range(longest_parts), mail.walk(), strict=False)]
        is_report = mail.get_content_type() == "multipart/report"
        kind = str(mail.get_param("report-type") or "other").casefold() if is_report else ""
        key = _key_of_ours(mail, parts, is_ours, report=is_report)
        if key is None:
            return []
        if kind == "delivery-status":
            return list(_delivery(parts, key, now))
        if kind == "feedback-report":
            return list(_feedback(parts, key, now))
        return [] if is_report or _is_machine(mail) else [_answer(mail, key, now, raw)]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return []


def _key_of_ours(mail: Message, parts: Sequence[Message], is_ours: IsOurs, report: bool) -> str | None:
    """From the mail that a report carries along, whole or its headers alone; of an answer from what it answers."""
    if not report:
        ids = " ".join((str(mail.get("In-Reply-To", "")), str(mail.get("References", ""))))
        return next(reversed(_keys_in(ids, is_ours)), None)
    for part in parts[1:]:
        is_head = part.get_content_type() == "text/rfc822-headers"
        if found := _keys_in(_text(part) if is_head else str(part.get("Message-ID", "")), is_ours):
            return found[0]
    return None


def _keys_in(text: str, is_ours: IsOurs) -> list[str]:
    return [key for key, stamp in OURS.findall(text) if is_ours(key, stamp)]


# --- delivery reports -------------------------------------------------------------------------------------------------


def _delivery(parts: Sequence[Message], key: str, now: datetime) -> Iterator[Receipt]:
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            for number, block in enumerate(_blocks(part)):
                if (kind := _kind(block)) is not None:
                    status, why = _status(block), str(block.get("Diagnostic-Code", ""))
                    said = " ".join(f"{status} {why}".split())[:300]
                    yield Receipt(_id(key, kind, str(number), said), kind, now, "delivery report", key, detail=said)


def _blocks(part: Message) -> list[Message]:
    """One a recipient; the first block is about the report itself."""
    payload = part.get_payload()
    blocks = [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []
    return [block for block in blocks if block.get("Action") is not None]


def _kind(block: Message) -> ReceiptKind | None:
    """None for a report that only says that it takes longer."""
    action = str(block.get("Action", "")).strip().casefold()
    if action in DELIVERED:
        return ReceiptKind.DELIVERED if action == "delivered" else None
    if action != FAILED:
        return None
    status, why = _status(block), str(block.get("Diagnostic-Code", ""))
    vague = status in ("", "5.0.0", "5.5.0", "5.3.0")
    if HARD.fullmatch(status) or (vague and NOBODY_THERE.search(why)):
        return ReceiptKind.HARD_BOUNCE
    return ReceiptKind.SOFT_BOUNCE


def _status(block: Message) -> str:
    """The class.subject.detail of RFC 3463; some servers write it in the diagnosis alone."""
    for text in (str(block.get("Status", "")), str(block.get("Diagnostic-Code", ""))):
        if match := re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", text):
            return match[0]
    return ""


# --- complaints and answers -------------------------------------------------------------------------------------------


def _feedback(parts: Sequence[Message], key: str, now: datetime) -> Iterator[Receipt]:
    """Somebody pressed the spam button. Other feedback (not-spam, dkim) is no complaint."""
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = dict(re.findall(r"(?m)^([A-Za-z-]+):[ \t]*(.*?)[ \t\r]*$", _text(part)))
        named = {name.casefold(): value for name, value in fields.items()}
        if named.get("feedback-type", "").casefold() in ("abuse", "fraud", "opt-out", "complaint"):
            said = f"{named['feedback-type']}, told by {named.get('user-agent', 'nobody named')}"[:300]
            yield Receipt(_id(key, ReceiptKind.COMPLAINT), ReceiptKind.COMPLAINT, now, "complaint", key, detail=said)
            return


def _is_machine(mail: Message) -> bool:
    """An answer that nobody wrote: out of office, a vacation notice, a list."""
    auto = str(mail.get("Auto-Submitted", "no")).casefold()
    bulk = str(mail.get("Precedence", "")).casefold()
    return not auto.startswith("no") or bulk in ("bulk", "junk", "list", "auto_reply") or "X-Autoreply" in mail


def _answer(mail: Message, key: str, now: datetime, raw: bytes) -> Receipt:
    text = own_words(_said_in(mail))
    own = str(mail.get("Message-ID", "")) or hashlib.sha256(raw).hexdigest()
    return Receipt(_id(key, ReceiptKind.REPLIED, own), ReceiptKind.REPLIED, now, "mail answer", key, text=text)


def _said_in(mail: Message) -> str:
    """The text of an answer; of one that is HTML alone, what a reader sees of it."""
    body = mail.get_body(("plain", "html")) if isinstance(mail, EmailMessage) else None
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_subtype() == "plain":
        return text
    from lxml.html import document_fromstring  # late: nearly every answer brings its plain text along

    page = document_fromstring(text)
    for quoted in page.xpath("//blockquote"):
        quoted.drop_tree()
    for block in page.xpath("//br|//p|//div|//tr|//li"):
        block.tail = f"\n{block.tail or ''}"
    return str(page.text_content())


def own_words(text: str) -> str:
    """What was written above the quoted mail."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if QUOTED.match(line):
            break
        lines.append(line)
    return "\n".join(lines).strip()[:LONGEST]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace")
    inner = part.get_payload()
    if isinstance(inner, list):
        return "\n".join(str(one) for one in inner)
    return str(inner)


def _id(*parts: str) -> str:
    """The same report, however often it comes, has the same id."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
