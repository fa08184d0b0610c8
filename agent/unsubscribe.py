"""The way out, one for each message: a case id and a signature in the link, and back again (RFC 8058).

Takes the installation's secret; gives links that nobody can guess and reads none that it did not make. It knows nothing
of cases, customers or the web: whoever serves the link asks `case_of`, then `feedback.unsubscribe_case`.
"""

from __future__ import annotations

import hmac
import re

from agent.errors import InputError

PLACE = "{token}"
SIGNATURE_BYTES = 16
"""128 bits of HMAC-SHA256: nobody guesses one, and the link stays short enough to be typed off a screen."""

HEX = "0123456789abcdef"
LETTERS = "bcdfghjklmnprstz"
"""One letter a hex digit. No digits, capitals or vowels, and none of the letters of qq, wx and vx: whatever the dice
say, the gate can then never read a link as a phone number, a coupon code, a word or somebody's private account."""

_TO_LETTERS = str.maketrans(HEX, LETTERS)
_TO_HEX = str.maketrans(LETTERS, HEX)
_TOKEN = re.compile(f"(?:[{LETTERS}]{{2}})+")
_SHORT = re.compile("case_((?:[0-9a-f]{2})+)")
SHORTENED, AS_IT_IS = b"\x00", b"\x01"


class Unsubscriber:
    """Signs with the first secret and reads tokens of any: links in old mails outlive a change of the secret."""

    def __init__(self, secret: str, *older: str) -> None:
        # A key for this purpose alone: a token must never be of use where the secret signs something else.
        self._keys = [hmac.digest(text.encode(), b"holdfast unsubscribe 1", "sha256") for text in (secret, *older)]

    def token_of(self, case_id: str) -> str:
        """The token of a case, always the same one."""
        said = _packed(case_id)
        return (said + _signature(self._keys[0], said)).hex().translate(_TO_LETTERS)

    def case_of(self, token: str) -> str:
        """The case that a token was made for. Raises InputError when it is forged, cut or not ours."""
        raw = bytes.fromhex(token.translate(_TO_HEX)) if _TOKEN.fullmatch(token) else b""
        said, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if not said or not any(hmac.compare_digest(signature, _signature(key, said)) for key in self._keys):
            raise InputError(
                "this unsubscribe link is not one of ours, or it was cut off",
                "open the whole link of the e-mail, or reply to it with the word unsubscribe",
            )
        return _unpacked(said)


def _signature(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, "sha256")[:SIGNATURE_BYTES]


def _packed(case_id: str) -> bytes:
    """Our own ids are hexadecimal behind `case_` and take half the room; any other id stands as it is."""
    short = _SHORT.fullmatch(case_id)
    return SHORTENED + bytes.fromhex(short[1]) if short else AS_IT_IS + case_id.encode()


def _unpacked(said: bytes) -> str:
    return f"case_{said[1:].hex()}" if said[:1] == SHORTENED else said[1:].decode()
