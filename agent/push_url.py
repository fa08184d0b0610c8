"""fcm://?key=/secrets/firebase.json → who carries app push, and how we sign in there.

Takes the setting's text, reads the key file that it names, gives a record, and says what cannot be meant without ever
repeating a secret. It knows nothing of HTTP: `agent.adapters.channels.push` sends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from agent.errors import InputError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HOSTS = {"fcm": "fcm.googleapis.com"}
OPTIONS = {"fcm": frozenset({"key", "timeout"})}
REMEDY = "write it like fcm://?key=/secrets/firebase.json"
HOW = "download it anew: Firebase console, project settings, service accounts"
NEEDED = ("project_id", "client_email", "private_key", "token_uri")


@dataclass(frozen=True, slots=True)
class PushAccount:
    """One Firebase project. `user` signs in with `private_key` (PEM) at `token_url`; the key is in no repr."""

    provider: str
    base_url: str
    project: str
    user: str
    token_url: str
    private_key: str = field(repr=False)
    key_id: str = ""
    timeout_s: float = 20.0


def read_push_url(text: str) -> PushAccount:
    """Raises InputError."""
    text = text.strip()
    provider = text.partition("://")[0]
    if provider not in HOSTS:
        raise InputError("nobody knows this push provider", REMEDY)
    try:
        url = urlsplit(text)
        host, port = url.hostname or HOSTS[provider], url.port
    except ValueError:
        raise InputError("the push address has a host or port that cannot be", REMEDY) from None
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    if unknown := set(options) - OPTIONS[provider]:
        raise InputError(f"the push address has an unknown option {sorted(unknown)[0]!r}", "known: key, timeout")
    if url.path not in ("", "/") or url.fragment or not options.get("key"):
        raise InputError("the push address names no key file (key=…), or has something behind the host", REMEDY)
    file = Path(options["key"])
    key = _key_file(file)
    token_url = str(key["token_uri"])
    if urlsplit(token_url).scheme != "https" and urlsplit(token_url).hostname not in LOOPBACK:
        raise InputError(f"token_uri of {file} is not https://", HOW)
    scheme = "http" if host in LOOPBACK else "https"
    return PushAccount(
        provider,
        f"{scheme}://{host}{f':{port}' if port else ''}",
        str(key["project_id"]),
        str(key["client_email"]),
        token_url,
        str(key["private_key"]),
        str(key.get("private_key_id") or ""),
        _timeout(options.get("timeout", "20")),
    )


def _key_file(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"the key file {file} is not there", HOW) from None
    except OSError as error:
        raise InputError(f"the key file {file} cannot be read: {error.strerror}", "let this user read it") from error
    except ValueError:  # its text may hold the key
        raise InputError(f"the key file {file} is no JSON", HOW) from None
    if not isinstance(found, dict) or (missing := [name for name in NEEDED if not found.get(name)]):
        named = "" if not isinstance(found, dict) else f": {missing[0]} is missing"
        raise InputError(f"{file} is no key of a service account{named}", HOW)
    return found


def _timeout(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 300:
        raise InputError("timeout of the push address is a number of seconds up to 300", REMEDY)
    return seconds
