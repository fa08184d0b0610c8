"""Secrets that we hand out once and keep only as hashes: sign-in links, sessions, API keys.

They are 256 random bits, so a plain SHA-256 is enough for them; passwords, which people choose, get argon2 in
`sign_in.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

KEY_PREFIX = "hf"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def same(token: str, kept_hash: str) -> bool:
    """Whether this token is the one whose hash was kept, in constant time."""
    return hmac.compare_digest(token_hash(token), kept_hash)


def new_key() -> tuple[str, str, str]:
    """(key id, secret, the whole key as a program sends it: hf_<id>_<secret>)."""
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    return key_id, secret, f"{KEY_PREFIX}_{key_id}_{secret}"


def read_key(key: str) -> tuple[str, str] | None:
    """(key id, secret) of a key in our form; None when it is not one of ours."""
    parts = key.split("_")
    if len(parts) != 3 or parts[0] != KEY_PREFIX or not parts[1] or not parts[2]:
        return None
    return parts[1], parts[2]
