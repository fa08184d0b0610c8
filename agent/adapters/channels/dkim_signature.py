"""A mail signed by the firm's domain (DKIM, RFC 6376): it says whose it is, and nobody can change it unseen.

The only file that knows dkimpy, which is loaded where a key is set and not before. The big mailboxes want the way out
signed as well (RFC 8058), so the List-Unsubscribe headers are covered, and From is covered once more than it is there:
nobody can put a second one on top.
"""

from __future__ import annotations

from agent.dkim_key import HOW, DkimKey
from agent.errors import InputError, NotReady

COVERED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted",
)  # fmt: skip


class DkimSigner:
    """Signs with one key. Raises at once, not at the first mail, when the library is missing or the key is none."""

    def __init__(self, key: DkimKey) -> None:
        try:
            import dkim
        except ImportError as error:
            raise NotReady("mail cannot be signed: dkimpy is not installed", "pip install holdfast[dkim]") from error
        self._dkim = dkim
        self._key = key
        try:
            self.sign(b"From: a@b.example\r\n\r\n\r\n")
        except Exception as error:  # whatever the library makes of it, with this key nothing can be signed
            raise InputError(
                f"the DKIM key of {key.selector}._domainkey.{key.domain} cannot sign: {error}", HOW
            ) from error

    @property
    def name(self) -> str:
        """Where the public half stands in DNS."""
        return f"{self._key.selector}._domainkey.{self._key.domain}"

    def sign(self, mail: bytes) -> bytes:
        """The mail with its signature on top; not a byte of it is changed."""
        head = mail.partition(b"\r\n\r\n")[0].lower()
        there = [name for name in COVERED if b"\r\n" + name + b":" in b"\r\n" + head]
        signature: bytes = self._dkim.sign(
            mail,
            self._key.selector.encode(),
            self._key.domain.encode(),
            self._key.pem,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*there, b"from"],
        )
        return signature + mail
