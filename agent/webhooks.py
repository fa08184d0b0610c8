"""Standard Webhooks: secrets as they are written in settings, and the signature that a receiver checks.

Takes an id, a moment and a body, gives the three headers. It knows nothing of HTTP or of what the body means.
https://www.standardwebhooks.com: `v1,` + base64 of HMAC-SHA256 over "id.timestamp.body".
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from agent.errors import InputError

PREFIX = "whsec_"
SHORTEST = 24
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def read_secrets(text: str) -> tuple[bytes, ...]:
    """One secret or, while they are being changed, several, with spaces or commas between. Raises InputError."""
    secrets = tuple(_secret(part) for part in re.split(r"[,\s]+", text.strip()) if part)
    if not secrets:
        raise InputError("the webhook secret is missing", "make one: whsec_ and the base64 of 32 random bytes")
    return secrets


def _secret(text: str) -> bytes:
    remedy = "write whsec_ and the base64 of 24 to 64 random bytes, as your gateway shows it"
    encoded = text.removeprefix(PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise InputError("a webhook secret is not base64", remedy) from None
    if not text.startswith(PREFIX) or len(key) < SHORTEST:
        raise InputError(f"a webhook secret does not begin with {PREFIX} or is too short", remedy)
    return key


def read_webhook_url(text: str) -> str:
    """Raises InputError; what is sent holds names and addresses, so only loopback goes without TLS."""
    try:
        url = urlsplit(text.strip())
        host, _ = url.hostname, url.port
    except ValueError:
        host, url = None, urlsplit("")
    if url.scheme not in ("http", "https") or not host:
        raise InputError(
            "the webhook address is no https:// address", "write it like https://gateway.firm.example/send"
        )
    if url.scheme == "http" and host not in LOOPBACK:
        raise InputError("the webhook address is not encrypted (http)", "use https://")
    return text.strip()


def verified(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes]) -> datetime:
    """The moment that was signed, when one of the signatures fits one of the secrets. Raises InputError.

    Whether that moment is near enough is the caller's question.
    """
    remedy = "sign id, timestamp and body by Standard Webhooks, with the secret of HOLDFAST_WEBHOOK_SECRET"
    webhook_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not webhook_id or not re.fullmatch(r"\d{1,10}", stamp, re.ASCII):
        raise InputError("the request is not signed", remedy)
    at = datetime.fromtimestamp(int(stamp), UTC)
    ours = signed(webhook_id, at, body, secrets)["webhook-signature"].split()
    theirs = headers.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(mine.encode(), their.encode()) for mine in ours for their in theirs[:10]):
        raise InputError("the signature does not fit the body", remedy)
    return at


def signed(webhook_id: str, at: datetime, body: bytes, secrets: Sequence[bytes]) -> Mapping[str, str]:
    """The three headers. With several secrets there are several signatures, and one that fits is enough."""
    timestamp = str(int(at.timestamp()))
    content = f"{webhook_id}.{timestamp}.".encode() + body
    marks = [base64.b64encode(hmac.digest(secret, content, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }
