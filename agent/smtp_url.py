"""smtp://user:password@host:587?starttls=required → where and how mail is handed over.

Takes the setting's text, gives a record, and says what cannot be meant without ever repeating the password. It knows
nothing of sockets: `agent.adapters.channels.smtp` connects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from agent.errors import InputError

REMEDY = "write it like smtp://user:password@mail.firm.example:587?starttls=required or smtps://…"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PORTS = {"smtp": 587, "smtps": 465}
OPTIONS = frozenset({"starttls", "timeout", "ca"})


class Security(StrEnum):
    """TLS: from the first byte · STARTTLS: before anything is said · PLAIN: in clear."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """One server. `ca` is a certificate file to trust beside the system's own; the password stays out of every repr."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_s: float = 30.0
    ca: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}, {self.security}"


def read_smtp_url(text: str) -> SmtpServer:
    """Raises InputError."""
    url = _split(text)
    options = _options(url)
    user = unquote(url.username) if url.username else None
    password = unquote(url.password) if url.password else None
    security = _security(url.scheme, options)
    host = url.hostname or ""
    if (user is None) != (password is None):
        raise InputError("the SMTP setting has a user without a password, or the other way round", REMEDY)
    if password is not None and security is Security.PLAIN and host not in LOOPBACK:
        raise InputError("the SMTP setting would send the password in clear", "use starttls=required, or smtps://")
    ca = Path(options["ca"]) if "ca" in options else None
    if ca is not None and not ca.is_file():
        raise InputError(f"the certificate file {ca} of the SMTP setting is not there", "give the path of a PEM file")
    return SmtpServer(host, url.port or PORTS[url.scheme], security, user, password, _timeout(options), ca)


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text.strip())
        port, host = url.port, url.hostname
    except ValueError:  # its text may hold the password
        raise InputError("the SMTP setting has a host or port that cannot be", REMEDY) from None
    if url.scheme not in PORTS or not host or port == 0:
        raise InputError("the SMTP setting is no address of a mail server", REMEDY)
    if url.path not in ("", "/") or url.fragment:
        # '#' and '/' in a password end the host part: say so instead of connecting to half of it
        raise InputError("the SMTP setting has something behind the port", f"{REMEDY}; in a password write %23 for #")
    return url


def _options(url: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    if unknown := set(options) - OPTIONS:
        raise InputError(
            f"the SMTP setting has an unknown option {sorted(unknown)[0]!r}", "known: starttls, timeout, ca"
        )
    return options


def _security(scheme: str, options: dict[str, str]) -> Security:
    """STARTTLS is required unless it is switched off by name: a mere offer of it can be taken away on the way."""
    wish = options.get("starttls", "required")
    if scheme == "smtps":
        if "starttls" in options:
            raise InputError("smtps:// is encrypted from the start and has no starttls", "leave starttls out")
        return Security.TLS
    if wish not in ("required", "never"):
        raise InputError(
            f"starttls={wish} is not known", "use starttls=required, or starttls=never inside your own net"
        )
    return Security.STARTTLS if wish == "required" else Security.PLAIN


def _timeout(options: dict[str, str]) -> float:
    try:
        seconds = float(options.get("timeout", "30"))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 300:
        raise InputError("timeout of the SMTP setting is a number of seconds up to 300", "write it like timeout=30")
    return seconds
