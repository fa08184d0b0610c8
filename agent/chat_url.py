"""whatsapp://… or wecom://… → who carries chat messages, and how we sign in there.

Takes the setting's text, gives a record, and says what cannot be meant without ever repeating a secret. It knows
nothing of HTTP: `agent.adapters.channels.chat` sends.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.errors import InputError
from agent.provider_url import ProviderUrl, read_provider_url

HOSTS = {"whatsapp": "graph.facebook.com", "wecom": "qyapi.weixin.qq.com"}
OPTIONS = {
    "whatsapp": frozenset({"app_secret", "verify", "version", "timeout"}),
    "wecom": frozenset({"kf", "token", "aes_key", "timeout"}),
}
REMEDIES = {
    "whatsapp": "write it like whatsapp://PHONE_NUMBER_ID:ACCESS_TOKEN@?app_secret=…&verify=A_WORD_OF_YOURS",
    "wecom": "write it like wecom://CORPID:SECRET@?kf=OPEN_KFID&token=…&aes_key=…, with the secret of 微信客服",
}
VERSION = "v23.0"


@dataclass(frozen=True, slots=True)
class ChatAccount:
    """One sender at one provider; no secret is in its repr.

    WhatsApp: `app_secret` proves our requests and signs theirs; `verify` is the word by which the provider's first
    call to our webhook shows that it is meant. WeCom: `firm` is the corporation, `sender` the customer-service account
    (open_kfid); `verify` signs its callbacks and `aes_key` (32 bytes) opens them, both empty where none is taken.
    """

    provider: str
    sender: str
    token: str = field(repr=False)
    base_url: str
    app_secret: str = field(default="", repr=False)
    verify: str = field(default="", repr=False)
    version: str = VERSION
    firm: str = ""
    aes_key: bytes = field(default=b"", repr=False)
    timeout_s: float = 20.0


def read_chat_url(text: str) -> ChatAccount:
    """Raises InputError."""
    text = text.strip()
    provider = text.partition("://")[0]
    if provider not in HOSTS:
        raise InputError("nobody knows this chat provider", " or ".join(REMEDIES.values()))
    remedy = REMEDIES[provider]
    url = read_provider_url(text, "chat", HOSTS[provider], OPTIONS[provider], remedy)
    if not url.user or not url.secret:
        raise InputError("the chat address has no sender and token", remedy)
    return READERS[provider](url, remedy)


def _whatsapp(url: ProviderUrl, remedy: str) -> ChatAccount:
    options = url.options
    if not options.get("app_secret"):
        raise InputError("the chat address names no app secret (app_secret=…)", remedy)
    if not re.fullmatch(r"v\d{1,3}\.\d", version := options.get("version", VERSION)):
        raise InputError("version of the chat address is none", f"write it like {VERSION}")
    return ChatAccount(
        provider="whatsapp",
        sender=url.user,
        token=url.secret,
        base_url=url.base_url,
        app_secret=options["app_secret"],
        verify=options.get("verify", ""),
        version=version,
        timeout_s=url.timeout_s,
    )


def _wecom(url: ProviderUrl, remedy: str) -> ChatAccount:
    options = url.options
    if not re.fullmatch(r"[\w-]{4,64}", options.get("kf", ""), re.ASCII):
        raise InputError("the chat address names no customer-service account (kf=…)", remedy)
    if bool(options.get("token")) != bool(options.get("aes_key")):
        raise InputError("token and aes_key of the chat address go together", remedy)
    return ChatAccount(
        provider="wecom",
        sender=options["kf"],
        token=url.secret,
        base_url=url.base_url,
        verify=options.get("token", ""),
        firm=url.user,
        aes_key=_aes_key(options.get("aes_key", ""), remedy),
        timeout_s=url.timeout_s,
    )


def _aes_key(text: str, remedy: str) -> bytes:
    """WeCom's EncodingAESKey: 43 signs of Base64 without the last. A + of it arrives as a blank where it is not %2B."""
    try:
        key = base64.b64decode(text.replace(" ", "+") + "=", validate=True) if text else b""
    except (binascii.Error, ValueError):
        key = b"?"
    if len(key) not in (0, 32):
        raise InputError("aes_key of the chat address is no EncodingAESKey of 43 signs", remedy)
    return key


READERS: Mapping[str, Callable[[ProviderUrl, str], ChatAccount]] = {"whatsapp": _whatsapp, "wecom": _wecom}
