"""A service account's key → an access token for an hour (RFC 7523): a signed assertion, exchanged at Google's door.

The only file that knows cryptography, which is loaded where push is set and not before. Fetching a token sends no
message, so whatever goes wrong here is "not now".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from agent.adapters.channels.held_token import HeldToken
from agent.adapters.channels.posting import Poster
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError, NotReady
from agent.ports import Clock
from agent.push_url import HOW, PushAccount

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AN_HOUR = timedelta(hours=1)


class GoogleToken:
    """Kept until shortly before it ends. Raises at once, not at the first message, when the key is none."""

    def __init__(self, account: PushAccount, poster: Poster, clock: Clock) -> None:
        try:
            from cryptography.hazmat.primitives import hashes, serialization
            from cryptography.hazmat.primitives.asymmetric import padding, rsa
        except ImportError as error:
            raise NotReady(
                "push cannot be signed: cryptography is not installed", "pip install holdfast[push]"
            ) from error
        try:
            key = serialization.load_pem_private_key(account.private_key.encode(), None)
        except (ValueError, TypeError) as error:
            raise InputError("the private_key of the push key file is none", HOW) from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise InputError("the private_key of the push key file is no RSA key", HOW)
        self._sign: Callable[[bytes], bytes] = lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        self._account = account
        self._poster = poster
        self._held = HeldToken(self._fetch, clock, int(AN_HOUR.total_seconds()))

    def get(self, unlike: str = "") -> str:
        """A token that holds for some minutes yet and is not `unlike`, which was refused. Raises ChannelUnavailable."""
        return self._held.get(unlike)

    def _fetch(self, now: datetime) -> tuple[str, Any]:
        form = {"grant_type": GRANT, "assertion": self._assertion(now)}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        try:
            reply = self._poster.post(self._account.token_url, urlencode(form).encode(), headers)
        except DeliveryUnknown as error:  # of a token, not of a message
            raise ChannelUnavailable(error.message, "Google gave no token: it is tried again later") from error
        told = reply.json()
        if reply.status != 200 or not isinstance(told, dict) or not told.get("access_token"):
            raise ChannelUnavailable(
                f"{reply.host} gave no access token: {reply.status}", "see that the key is not revoked"
            )
        return str(told["access_token"]), told.get("expires_in")

    def _assertion(self, now: datetime) -> str:
        head = {"alg": "RS256", "typ": "JWT", **({"kid": self._account.key_id} if self._account.key_id else {})}
        begins = int(now.timestamp())
        claims = {
            "iss": self._account.user,
            "scope": SCOPE,
            "aud": self._account.token_url,
            "iat": begins,
            "exp": begins + int(AN_HOUR.total_seconds()),
        }
        told = f"{_part(json.dumps(head).encode())}.{_part(json.dumps(claims).encode())}"
        return f"{told}.{_part(self._sign(told.encode()))}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
