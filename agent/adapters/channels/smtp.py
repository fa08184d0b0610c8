"""Mail through a real server, one connection kept open, and an honest answer for every way in which it can go wrong.

It matters at which word the conversation broke. Before the server was given the text, nothing can have left: the
message goes back to the queue. A no to this recipient or this text is final. Once the text is on its way and no reply
came, nobody can know, and nobody sends it again by himself. It knows nothing of cases, stores or who may be written to.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import threading
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from agent.adapters.channels.mail import as_mail
from agent.domain import Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.ports import Clock
from agent.smtp_url import Security, SmtpServer

BROKEN = (OSError, smtplib.SMTPException, ValueError)
"""ValueError: what the library cannot put on the line, a password with foreign letters for instance."""
YES = range(200, 300)
SAID_AT_MOST = 300


class RefusedForGood(Exception):
    """The server's definite no to this one message, in its own words."""


class SmtpChannel:
    """Fits the DeliveryChannel port. `name_of_ours` is how we introduce ourselves: the brand's domain.

    `sign` puts a signature on top of a finished mail.
    """

    def __init__(
        self, server: SmtpServer, name_of_ours: str, clock: Clock, sign: Callable[[bytes], bytes] | None = None
    ) -> None:
        self._server = server
        self._sign = sign
        self._name = name_of_ours.encode("idna").decode()
        self._clock = clock
        self._open: smtplib.SMTP | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def name(self) -> str:
        return "smtp"

    def deliver(self, message: Message) -> Delivery:
        mail = as_mail(message, self._clock.now())
        with self._one_at_a_time:
            try:
                said = self._talk(mail)
            except RefusedForGood as no:
                return Delivery(message.key, DeliveryStatus.FAILED, self._clock.now(), detail=str(no))
        return Delivery(message.key, DeliveryStatus.SENT, self._clock.now(), where=str(mail["Message-ID"]), detail=said)

    def check(self) -> None:
        """Connect, encrypt and sign in, and send nothing. Raises ChannelUnavailable."""
        with self._one_at_a_time:
            self._connection()

    def close(self) -> None:
        """Say good-bye, if anybody is still there."""
        with self._one_at_a_time:
            if self._open is not None:
                with suppress(*BROKEN):
                    self._open.docmd("QUIT")
            self._hang_up()

    def _talk(self, mail: EmailMessage) -> str:
        """The whole conversation about one mail. Raises ChannelUnavailable, RefusedForGood, DeliveryUnknown."""
        text = mail.as_bytes() if self._sign is None else self._sign(mail.as_bytes())
        sender = mail["From"].addresses[0].addr_spec
        recipient = mail["To"].addresses[0].addr_spec
        with self._nothing_left_yet():
            connection = self._connection()
            # A no to the sender is a no to every message: the queue keeps them while somebody puts it right.
            self._require(connection.docmd("MAIL", f"FROM:<{sender}>"), "sender", final=False)
            self._require(connection.docmd("RCPT", f"TO:<{recipient}>"), "recipient")
            self._require(connection.docmd("DATA"), "message", go_on=(354,))
        code, words = self._hand_over(connection, text)
        if code // 100 not in (2, 4, 5):
            self._hang_up()
            raise DeliveryUnknown(
                f"the mail server's answer cannot be read: {code} {_said(words)}", "look into its log"
            )
        self._require((code, words), "message")
        return _said(words)

    def _hand_over(self, connection: smtplib.SMTP, text: bytes) -> tuple[int, bytes]:
        """From the first byte of the text on, silence means that nobody knows."""
        try:
            connection.send(re.sub(rb"(?m)^\.", b"..", text) + b".\r\n")
            return connection.getreply()
        except BROKEN as error:
            self._hang_up()
            raise DeliveryUnknown(
                f"the connection to {self._server.host} broke after the message was on its way: {_why(error)}",
                "look into the mail server's log before it is sent again",
            ) from error

    def _require(self, reply: tuple[int, bytes], what: str, final: bool = True, go_on: Container[int] = YES) -> None:
        """Go on only after a yes; 4xx and anything odd is a not now, 5xx a no for good where `final`."""
        code, words = reply
        if code in go_on:
            return
        if code in (-1, 421):
            self._hang_up()
        no = f"{self._server.host} refused the {what}: {code} {_said(words)}"
        if final and 500 <= code <= 599:
            raise RefusedForGood(no)
        raise ChannelUnavailable(no, "see what the mail server says; it is tried again later")

    @contextmanager
    def _nothing_left_yet(self) -> Iterator[None]:
        """Whatever breaks in here broke before the text was given: it is safe to try again."""
        try:
            yield
        except BROKEN as error:
            self._hang_up()
            raise ChannelUnavailable(f"{self._server.host}: {_why(error)}", "check HOLDFAST_SMTP_URL") from error

    # --- the connection -----------------------------------------------------------------------------------------------

    def _connection(self) -> smtplib.SMTP:
        """The kept connection if it still lives, asked with RSET, which also ends what was begun; else a new one."""
        if self._open is not None:
            try:
                if self._open.docmd("RSET")[0] == 250:
                    return self._open
            except BROKEN:
                pass
            self._hang_up()
        with self._nothing_left_yet():
            self._open = self._connect()
        return self._open

    def _connect(self) -> smtplib.SMTP:
        server, tls = self._server, _tls(self._server)
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, self._name, timeout=server.timeout_s, context=tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, self._name, timeout=server.timeout_s)
        try:
            if server.security is Security.STARTTLS:
                connection.starttls(context=tls)
            connection.ehlo_or_helo_if_needed()
            if server.user is not None and server.password is not None:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _tls(server: SmtpServer) -> ssl.SSLContext:
    """Certificates are checked, always; one of your own making is trusted by its file."""
    context = ssl.create_default_context()
    if server.ca is not None:
        context.load_verify_locations(server.ca)
    return context


def _why(error: Exception) -> str:
    """The server's words where it said any, else the system's."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {_said(words if isinstance(words, bytes) else words.encode())}"
    return str(error) or type(error).__name__


def _said(words: bytes) -> str:
    """A server's words in one line, cut where it talks on."""
    return " ".join(words.decode("utf-8", "replace").split())[:SAID_AT_MOST]
