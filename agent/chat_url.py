"""whatsapp://PHONE_NUMBER_ID:TOKEN@?app_secret=…&verify=… → who carries chat messages, and how we sign in there.

Takes the setting's text, gives a record, and says what cannot be meant without ever repeating a secret. It knows
nothing of HTTP: `agent.adapters.channels.chat` sends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from agent.errors import InputError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HOSTS = {"whatsapp": "graph.facebook.com"}
OPTIONS = frozenset({"app_secret", "verify", "version", "timeout"})
VERSION = "v23.0"
REMEDY = "write it like whatsapp://PHONE_NUMBER_ID:ACCESS_TOKEN@?app_secret=…&verify=A_WORD_OF_YOURS"


@dataclass(frozen=True, slots=True)
class ChatAccount:
    """One sending number at one provider; no secret is in its repr.

    `app_secret` proves our requests and signs theirs; `verify` is the word by which the provider's first call to our
    webhook shows that it is meant.
    """

    provider: str
    sender: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    base_url: str
    verify: str = field(default="", repr=False)
    version: str = VERSION
    timeout_s: float = 20.0


def read_chat_url(text: str) -> ChatAccount:
    """Raises InputError."""
    text = text.strip()
    provider = text.partition("://")[0]
    if provider not in HOSTS:
        raise InputError("nobody knows this chat provider", REMEDY)
    try:
        url = urlsplit(text)
        host, port = url.hostname or HOSTS[provider], url.port
    except ValueError:  # its text may hold the token
        raise InputError("the chat address has a host or port that cannot be", REMEDY) from None
    if url.path not in ("", "/") or url.fragment or not url.username or not url.password:
        raise InputError("the chat address has no sender and token, or something behind the host", REMEDY)
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    if unknown := set(options) - OPTIONS:
        raise InputError(
            f"the chat address has an unknown option {sorted(unknown)[0]!r}", f"known: {', '.join(sorted(OPTIONS))}"
        )
    if not options.get("app_secret"):
        raise InputError("the chat address names no app secret (app_secret=…)", REMEDY)
    if not re.fullmatch(r"v\d{1,3}\.\d", version := options.get("version", VERSION)):
        raise InputError("version of the chat address is none", f"write it like {VERSION}")
    scheme = "http" if host in LOOPBACK else "https"
    return ChatAccount(
        provider=provider,
        sender=unquote(url.username),
        token=unquote(url.password),
        app_secret=options["app_secret"],
        base_url=f"{scheme}://{host}{f':{port}' if port else ''}",
        verify=options.get("verify", ""),
        version=version,
        timeout_s=_timeout(options.get("timeout", "20")),
    )


def _timeout(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 300:
        raise InputError("timeout of the chat address is a number of seconds up to 300", REMEDY)
    return seconds
