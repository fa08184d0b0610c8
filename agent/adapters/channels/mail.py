"""One message → one standard mail: a text part always, an HTML part made from the same words, headers that hold.

Knows nothing of sockets or files. Sink and SMTP share it; the sink keeps the text part, which is what the gate judged.
Every byte is a function of message and moment. Nothing that a customer wrote can begin a header or an HTML tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from agent.adapters.channels.mail_html import as_html
from agent.domain import Channel, Message
from agent.errors import InputError


class UnfoldedHeader(UnstructuredHeader):
    """A header of URLs, in one line: the library would fold a long URL into encoded words that nobody undoes."""

    max_count = 1

    def fold(self, *, policy: Any) -> str:  # noqa: ARG002
        return f"{self.name}: {self}\r\n"  # type: ignore[attr-defined]


def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", UnfoldedHeader)  # type: ignore[arg-type]
    # 7bit: readable by every server on the way, whatever it offers
    return SMTP.clone(header_factory=headers, cte_type="7bit")


POLICY = _policy()


def as_mail(message: Message, now: datetime, marks: Mapping[str, str] | None = None, html: bool = True) -> EmailMessage:
    """`marks` are headers of the channel's own; they win over those that the message brings. `html` False: text alone.

    Raises InputError when the message cannot be put into a mail, which trying again would not change.
    """
    headers = {
        "Message-ID": f"<{message.key}@holdfast.invalid>",
        "Date": format_datetime(now),
        "To": message.recipient,
        "Subject": message.subject or "",
        **message.headers,
        **(marks or {}),
    }
    mail = EmailMessage(policy=POLICY)
    try:
        for name, value in headers.items():
            mail[name] = _value(name, value)
        mail.set_content(message.body)
        if html and message.channel is Channel.EMAIL:
            _add_html(mail, message)
        mail.as_bytes()  # some of what a mail cannot hold only shows when it is written
    except (ValueError, IndexError, MessageError) as error:
        raise InputError(
            f"message {message.key} cannot be put into a mail: {error}", "correct the text or the address"
        ) from error
    return mail


def _add_html(mail: EmailMessage, message: Message) -> None:
    mail.add_alternative(as_html(message.body), subtype="html")
    mail.set_boundary(f"=_{message.key}")


def _value(name: str, value: str) -> str | Address:
    line = _one_line(name, value)
    if name == "From":
        return _sender(line)
    return _recipient(line) if name == "To" else line


def _one_line(name: str, value: str) -> str:
    """A line break in a header would begin a header of somebody else's making."""
    if value and value.splitlines() != [value]:
        raise InputError(f"the header {name} holds a line break", f"take it out of what {name} is made from")
    return value


def _sender(value: str) -> Address:
    """'Acme, Inc. <care@acme.example>' with the name quoted where a mail needs it."""
    name, _, address = value.rpartition("<")
    name, address = name.strip(), address.strip().removesuffix(">")
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"')
    if not address:
        raise InputError("the brand has no sender address", "add from_email = … to brand.toml")
    return Address(display_name=name, addr_spec=_known_everywhere(address))


def _recipient(value: str) -> Address:
    """Exactly one address: a comma in an import must not make two people read one customer's mail."""
    return Address(addr_spec=_known_everywhere(value.strip()))


def _known_everywhere(address: str) -> str:
    """The domain as every mail server knows it (茶.example → xn--…). A foreign letter before the @ is refused: few
    servers take it, and none says so in time."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise InputError(f"{address!r} is no mail address", "correct the address")
    if not local.isascii():
        raise InputError("the address has letters before the @ that mail servers do not know", "ask for another one")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
