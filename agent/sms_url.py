"""aliyun://ID:SECRET@?sign=… → who carries SMS and how we sign in there. Several, one a market, with spaces between.

Takes the setting's text, gives records, and says what cannot be meant without ever repeating a secret. It knows nothing
of HTTP: `agent.adapters.channels.sms` sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from agent.errors import InputError
from agent.provider_url import read_provider_url

HOSTS = {
    "aliyun": "dysmsapi.aliyuncs.com",
    "tencent": "sms.tencentcloudapi.com",
    "huawei": "smsapi.cn-north-4.myhuaweicloud.com",
    "twilio": "api.twilio.com",
}
OPTIONS: Mapping[str, frozenset[str]] = {
    "aliyun": frozenset({"sign", "timeout"}),
    "tencent": frozenset({"sign", "app", "region", "timeout"}),
    "huawei": frozenset({"sign", "from", "callback", "timeout"}),
    "twilio": frozenset({"from", "service", "callback", "answers", "timeout"}),
}
SHAPES = {
    "aliyun": "aliyun://ACCESS_KEY_ID:SECRET@?sign=林间小铺",
    "tencent": "tencent://SECRET_ID:SECRET_KEY@?app=1400006666&sign=林间小铺",
    "huawei": "huawei://APP_KEY:APP_SECRET@?sign=林间小铺&from=8824110605***",
    "twilio": "twilio://ACCOUNT_SID:AUTH_TOKEN@?from=%2B15005550006",
}


@dataclass(frozen=True, slots=True)
class SmsAccount:
    """One account at one provider. `sign` is the registered signature without 【】; the secret is in no repr.

    `callback` is where the provider tells what became of a message, `answers` where it hands on what people write back;
    Twilio's signature covers them, to the letter.
    """

    provider: str
    user: str
    secret: str = field(repr=False)
    base_url: str
    sign: str = ""
    app: str = ""
    region: str = ""
    sender: str = ""
    service: str = ""
    callback: str = field(default="", repr=False)  # it may hold a key of ours
    answers: str = field(default="", repr=False)
    timeout_s: float = 20.0

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc


def read_sms_urls(text: str) -> tuple[SmsAccount, ...]:
    """Raises InputError; two accounts at one provider cannot be told apart."""
    accounts = tuple(_account(part) for part in text.split())
    names = [account.provider for account in accounts]
    if len(set(names)) < len(names):
        raise InputError("two accounts at one SMS provider", "name each provider once")
    return accounts


def _account(text: str) -> SmsAccount:
    provider = text.partition("://")[0]
    if provider not in HOSTS:
        raise InputError("nobody knows this SMS provider", f"write it like {' or '.join(SHAPES.values())}")
    remedy = f"write it like {SHAPES[provider]}"
    url = read_provider_url(text, provider, HOSTS[provider], OPTIONS[provider], remedy)
    if not url.user or not url.secret:
        raise InputError(f"the {provider} address has no id and secret", remedy)
    options = url.options
    _require(provider, options, remedy)
    return SmsAccount(
        provider=provider,
        user=url.user,
        secret=url.secret,
        base_url=url.base_url,
        sign=options.get("sign", "").strip("【】 "),
        app=options.get("app", ""),
        region=options.get("region", "ap-guangzhou"),
        sender=options.get("from", ""),
        service=options.get("service", ""),
        callback=options.get("callback", ""),
        answers=options.get("answers", ""),
        timeout_s=url.timeout_s,
    )


def _require(provider: str, options: Mapping[str, str], remedy: str) -> None:
    if provider != "twilio" and not options.get("sign"):
        raise InputError(f"the {provider} address names no signature (sign=…)", remedy)
    if provider == "tencent" and not options.get("app"):
        raise InputError("the tencent address names no application (app=…)", remedy)
    if provider == "huawei" and not options.get("from"):
        raise InputError("the huawei address names no channel number (from=…)", remedy)
    if provider == "twilio" and bool(options.get("from")) is bool(options.get("service")):
        raise InputError("the twilio address names no sender: from=… or service=…, one of them", remedy)
    for name in ("callback", "answers"):
        if not options.get(name, "https://").startswith("https://"):
            raise InputError(f"{name} of the {provider} address is not https://", remedy)
