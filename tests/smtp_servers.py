"""Mail servers on loopback for the tests: a real one, and one that does what its script says, death included."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = b"care@linden-lane.example", b"s3cret p@ss/word"


@dataclass
class Mailbox:
    """A handler of aiosmtpd: keeps what it takes; refuses recipients on request."""

    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    refuses: Mapping[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=SMTP)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.raw.append(envelope.content)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 2.0.0 Ok: queued as 4XyZ"


def signs_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(box: Mailbox, **settings: Any) -> Iterator[int]:
    """A real SMTP server in a thread; gives its port."""
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **settings)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def self_made_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for localhost, and the file to trust it by."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


DIES, HANGS, DIES_IN_TEXT, HALF_CLOSES = "dies", "hangs", "dies in text", "half closes"
"""HALF_CLOSES: takes what is said and shuts its own mouth. A reply that begins with LATE comes when nobody waits."""
LATE, LATE_S = "late ", 1.5
USUAL = {
    "GREETING": "220 hello", "EHLO": "250 hello", "HELO": "250 hello", "MAIL": "250 ok", "RCPT": "250 ok",
    "DATA": "354 go on", "TEXT": "250 2.0.0 taken", "RSET": "250 ok", "NOOP": "250 ok", "QUIT": "221 bye",
}  # fmt: skip


class ScriptedServer:
    """Speaks line by line as its script says. `script` maps a verb (GREETING and TEXT too) to a reply or a way to end.

    `texts` holds each text that came whole; `verbs` everything that was said, by connection.
    """

    def __init__(self, **script: str) -> None:
        self.script = {**USUAL, **script}
        self.texts: list[bytes] = []
        self.verbs: list[list[str]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._over = threading.Event()

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection, as a server that was restarted does."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open.clear()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self.verbs.append([])
            threading.Thread(target=self._serve, args=(connection, self.verbs[-1]), daemon=True).start()

    def _serve(self, connection: socket.socket, verbs: list[str]) -> None:
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as lines:
            if not self._answer(connection, "GREETING"):
                return
            while line := lines.readline():
                verb = line[:4].decode("ascii", "replace").strip().upper()
                verbs.append(verb)
                if not self._answer(connection, verb):
                    return
                if verb == "DATA" and self.script["DATA"].startswith("354") and not self._text(connection, lines):
                    return
                if verb == "QUIT":
                    return

    def _text(self, connection: socket.socket, lines: Any) -> bool:
        text = b""
        while (line := lines.readline()) != b".\r\n":
            text += line
            if not line or self.script["TEXT"] == DIES_IN_TEXT:
                return False
        self.texts.append(text)
        return self._answer(connection, "TEXT")

    def _answer(self, connection: socket.socket, verb: str) -> bool:
        reply = self.script.get(verb, "502 what?")
        if reply == HANGS:
            self._over.wait()
        if reply == HALF_CLOSES:
            connection.shutdown(socket.SHUT_WR)
            return True
        if reply in (DIES, HANGS):
            return False
        if reply.startswith(LATE):
            self._over.wait(LATE_S)
        connection.sendall(reply.removeprefix(LATE).encode() + b"\r\n")
        return not reply.startswith(("554 no service", "421"))
