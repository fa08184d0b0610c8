"""Where messages go that must not reach anybody: real .eml files in a folder, and a manifest of what was put there.

A file is named by its message key and appears whole or not at all, so that handing the same message over twice leaves
one file. Every channel ends here by default; the header X-Holdfast-Channel says which one it stood for.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import BinaryIO

from agent.adapters.channels.mail import as_mail
from agent.domain import Channel, Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable
from agent.ports import Clock


class SinkChannel:
    """Fits the DeliveryChannel port."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._manifest = Manifest(folder / "manifest.jsonl")

    @property
    def name(self) -> str:
        return "sink"

    def deliver(self, message: Message) -> Delivery:
        path = self._folder / f"{message.key}.eml"
        now = self._clock.now()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                self._write(path, what_would_have_left(message, now).as_bytes())
            self._manifest.add(message, path, now)
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


class Manifest:
    """One line of JSON a message. The file is read once; afterwards the keys are remembered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: set[str] | None = None

    def add(self, message: Message, file: Path, now: datetime) -> None:
        """List a message that is not listed yet."""
        if self._keys is None:
            self._keys = self._read()
        if message.key in self._keys:
            return
        row = {
            "key": message.key,
            "case_id": message.case_id,
            "customer_id": message.customer_id,
            "channel": message.channel.value,
            "file": file.name,
            "text_hash": message.text_hash,
            "at": now.isoformat(),
            "made_up": message.made_up,
        }
        with self._path.open("a+b") as manifest:
            manifest.write(_fresh_line(manifest) + json.dumps(row, ensure_ascii=False).encode() + b"\n")
        self._keys.add(message.key)

    def _read(self) -> set[str]:
        """The keys of every whole line. A line that was cut off by a kill lists nothing: its message is listed anew."""
        keys: set[str] = set()
        if not self._path.exists():
            return keys
        with self._path.open("rb") as manifest:
            for line in manifest:
                try:
                    keys.add(str(json.loads(line)["key"]))
                except (ValueError, KeyError, TypeError):
                    continue
        return keys


def _fresh_line(manifest: BinaryIO) -> bytes:
    """A line break where the last line was cut off in the middle of being written, else nothing."""
    if manifest.seek(0, os.SEEK_END) == 0:
        return b""
    manifest.seek(-1, os.SEEK_END)
    return b"" if manifest.read(1) == b"\n" else b"\n"


def what_would_have_left(message: Message, now: datetime) -> EmailMessage:
    """A standard mail, whatever the channel, that says which one it stood for and whom it did not reach."""
    marks = {"X-Holdfast-Channel": message.channel.value, "X-Holdfast-Recipient": message.recipient}
    if message.made_up:
        marks["X-Holdfast-Made-Up"] = "yes: a simulated customer, nobody's address"
    if message.channel is not Channel.EMAIL:
        marks["To"] = f"{message.channel}@sink.invalid"
    return as_mail(message, now, marks, html=False)
