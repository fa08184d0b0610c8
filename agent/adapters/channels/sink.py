"""Where messages go that must not reach anybody: real .eml files in a folder, and a manifest of what was put there.

A file is named by its message key and appears whole or not at all, so that handing the same message over twice leaves
one file. Every channel ends here by default; the header X-Holdfast-Channel says which one it stood for.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from agent.domain import Channel, Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable
from agent.ports import Clock


class SinkChannel:
    """Fits the DeliveryChannel port."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    @property
    def name(self) -> str:
        return "sink"

    def deliver(self, message: Message) -> Delivery:
        path = self._folder / f"{message.key}.eml"
        now = self._clock.now()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                self._write(path, as_mail(message, now).as_bytes(policy=SMTP))
            if not self._listed(message.key):
                self._list(message, path, now)
        except OSError as error:
            raise ChannelUnavailable(
                f"the sink {self._folder} cannot be written: {error.strerror}", "free some space, check permissions"
            ) from error
        return Delivery(message.key, DeliveryStatus.SENT, now, where=str(path))

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def _listed(self, key: str) -> bool:
        manifest = self._folder / "manifest.jsonl"
        return manifest.exists() and f'"key": "{key}"' in manifest.read_text(encoding="utf-8")

    def _list(self, message: Message, path: Path, now: datetime) -> None:
        row = {
            "key": message.key,
            "case_id": message.case_id,
            "customer_id": message.customer_id,
            "channel": message.channel.value,
            "file": path.name,
            "text_hash": message.text_hash,
            "at": now.isoformat(),
            "made_up": message.made_up,
        }
        with (self._folder / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
            manifest.write(json.dumps(row, ensure_ascii=False) + "\n")


def as_mail(message: Message, now: datetime) -> EmailMessage:
    """A standard mail, whatever the channel: what would have left, readable by any mail program."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = f"<{message.key}@holdfast.invalid>"
    mail["Date"] = format_datetime(now)
    mail["To"] = message.recipient if message.channel is Channel.EMAIL else f"{message.channel}@sink.invalid"
    mail["Subject"] = message.subject or ""
    mail["X-Holdfast-Channel"] = message.channel.value
    mail["X-Holdfast-Recipient"] = message.recipient
    if message.made_up:
        mail["X-Holdfast-Made-Up"] = "yes: a simulated customer, nobody's address"
    for name, value in message.headers.items():
        mail[name] = value
    mail.set_content(message.body)
    return mail
