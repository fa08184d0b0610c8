"""whatsapp://PHONE_NUMBER_ID:TOKEN@?app_secret=…&verify=… → who carries chat messages, and how we sign in there.

Takes the setting's text, gives a record, and says what cannot be meant without ever repeating a secret. It knows
nothing of HTTP: `agent.adapters.channels.chat` sends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.errors import InputError
from agent.provider_url import read_provider_url

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
    url = read_provider_url(text, "chat", HOSTS[provider], OPTIONS, REMEDY)
    if not url.user or not url.secret:
        raise InputError("the chat address has no sender and token", REMEDY)
    options = url.options
    if not options.get("app_secret"):
        raise InputError("the chat address names no app secret (app_secret=…)", REMEDY)
    if not re.fullmatch(r"v\d{1,3}\.\d", version := options.get("version", VERSION)):
        raise InputError("version of the chat address is none", f"write it like {VERSION}")
    return ChatAccount(
        provider=provider,
        sender=url.user,
        token=url.secret,
        app_secret=options["app_secret"],
        base_url=url.base_url,
        verify=options.get("verify", ""),
        version=version,
        timeout_s=url.timeout_s,
    )
