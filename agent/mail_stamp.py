"""What makes a Message-ID one that only we can write: a signature of the message's key, and back again.

A report or an answer acts on a customer, and comes from whoever writes to an address that stands in every mail. The key
in our ids follows from ids that others may know; the stamp beside it does not.
"""

from __future__ import annotations

import hmac

STAMP_BYTES = 12
"""96 bits of HMAC-SHA256: beyond guessing over the network, and the id stays within a line."""


class MailStamp:
    """Stamps with the first secret and knows stamps of any: answers to old mails outlive a change of the secret."""

    def __init__(self, secret: str, *older: str) -> None:
        # a key for this purpose alone: a stamp must never be of use where the secret signs something else
        self._keys = [hmac.digest(text.encode(), b"holdfast message-id 1", "sha256") for text in (secret, *older)]

    def of(self, key: str) -> str:
        """The stamp of a message, always the same one, in hexadecimal."""
        return _stamp(self._keys[0], key)

    def is_ours(self, key: str, stamp: str) -> bool:
        return any(hmac.compare_digest(stamp.encode(), _stamp(one, key).encode()) for one in self._keys)


def _stamp(secret: bytes, key: str) -> str:
    return hmac.digest(secret, key.encode(), "sha256")[:STAMP_BYTES].hex()
