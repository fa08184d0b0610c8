"""fcm://?key=/secrets/firebase.json or jpush://APP_KEY:SECRET@ → who carries app push, and how we sign in there.

Takes the setting's text, reads the key file that it names, gives a record, and says what cannot be meant without ever
repeating a secret. It knows nothing of HTTP: `agent.adapters.channels.push` sends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.errors import InputError
from agent.provider_url import LOOPBACK, read_provider_url

HOSTS = {"fcm": "fcm.googleapis.com", "jpush": "api.jpush.cn"}
OPTIONS = {"fcm": frozenset({"key", "timeout"}), "jpush": frozenset({"timeout"})}
REMEDY = "write it like fcm://?key=/secrets/firebase.json or jpush://APP_KEY:MASTER_SECRET@"
HOW = "download it anew: Firebase console, project settings, service accounts"
NEEDED = ("project_id", "client_email", "private_key", "token_uri")


@dataclass(frozen=True, slots=True)
class PushAccount:
    """One Firebase project, whose `user` signs in with `private_key` (PEM) at `token_url`; or one application of JPush,
    with its key as `user` and its `secret`. Neither key nor secret is in a repr."""

    provider: str
    base_url: str
    user: str
    secret: str = field(default="", repr=False)
    project: str = ""
    token_url: str = ""
    private_key: str = field(default="", repr=False)
    key_id: str = ""
    timeout_s: float = 20.0


def read_push_url(text: str) -> PushAccount:
    """Raises InputError."""
    text = text.strip()
    provider = text.partition("://")[0]
    if provider not in HOSTS:
        raise InputError("nobody knows this push provider", REMEDY)
    url = read_provider_url(text, "push", HOSTS[provider], OPTIONS[provider], REMEDY)
    if provider == "fcm":
        return _firebase(url.base_url, url.options.get("key", ""), url.timeout_s)
    if not url.user or not url.secret:
        raise InputError("the jpush address has no key and secret", REMEDY)
    return PushAccount(provider, url.base_url, url.user, url.secret, timeout_s=url.timeout_s)


def _firebase(base_url: str, named: str, timeout_s: float) -> PushAccount:
    if not named:
        raise InputError("the fcm address names no key file (key=…)", REMEDY)
    file = Path(named)
    key = _key_file(file)
    token_url = str(key["token_uri"])
    if urlsplit(token_url).scheme != "https" and urlsplit(token_url).hostname not in LOOPBACK:
        raise InputError(f"token_uri of {file} is not https://", HOW)
    return PushAccount(
        "fcm",
        base_url,
        str(key["client_email"]),
        project=str(key["project_id"]),
        token_url=token_url,
        private_key=str(key["private_key"]),
        key_id=str(key.get("private_key_id") or ""),
        timeout_s=timeout_s,
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
