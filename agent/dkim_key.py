"""Selector, domain and key file → the key that mail is signed with, and what cannot be meant, said at start.

Takes the settings' texts, gives a record. It knows nothing of mails, and reads no more of the key than whether it is
one: `agent.adapters.channels.dkim_signature` signs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from agent.errors import InputError

HOW = "make one: openssl genrsa -out dkim.pem 2048; put its public half into DNS"
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")
PRIVATE = re.compile(r"-----BEGIN (?:RSA )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END (?:RSA )?PRIVATE KEY-----\n?")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """The public half stands in DNS under `selector._domainkey.domain`. The key stays out of every repr."""

    selector: str
    domain: str
    pem: bytes = field(repr=False)

    def speaks_for(self, address: str) -> bool:
        """Whether a receiver takes this domain for the sender's own: DMARC asks that they agree."""
        host = address.rpartition("@")[2].casefold()
        return host == self.domain or host.endswith(f".{self.domain}")


def read_dkim_key(selector: str, domain: str, file: Path | None) -> DkimKey | None:
    """None when nothing is set; all three or none. Raises InputError."""
    if not selector and not domain and file is None:
        return None
    if file is None or not selector or not domain:
        missing = "_KEY" if file is None else "_SELECTOR" if not selector else "_DOMAIN"
        raise InputError(f"HOLDFAST_DKIM{missing} is missing", "set selector, domain and key file, or none of them")
    for name, text in (("selector", selector), ("domain", domain)):
        if not NAME.fullmatch(text):
            raise InputError(f"the DKIM {name} {text!r} is no name of the DNS", "write it like 2026q4, firm.example")
    return DkimKey(selector, domain.casefold(), _pem(file))


def _pem(file: Path) -> bytes:
    try:
        text = file.read_text(encoding="ascii").replace("\r\n", "\n").strip() + "\n"
    except FileNotFoundError:
        raise InputError(f"the DKIM key {file} is not there", HOW) from None
    except OSError as error:
        raise InputError(f"the DKIM key {file} cannot be read: {error.strerror}", "let this user read it") from error
    except UnicodeDecodeError:
        raise InputError(f"the DKIM key {file} is no PEM file", HOW) from None
    if "ENCRYPTED" in text:
        raise InputError(f"the DKIM key {file} has a passphrase, and nobody is there to type it", HOW)
    if "PUBLIC KEY" in text:
        raise InputError(f"{file} is the public half of the key: that one belongs into DNS", "name the private one")
    if not PRIVATE.fullmatch(text):
        raise InputError(f"the DKIM key {file} is no private RSA key in PEM", HOW)
    return text.encode()
