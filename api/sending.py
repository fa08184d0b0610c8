"""Which channels are real here, and why not: the settings and the brand, read together. Nothing is built or asked.

`api.bootstrap` builds what this says; `holdfast doctor` tells it. A channel that is not named here is the sink.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from agent.domain import Brand, Channel
from agent.reach import EVERYBODY, NOBODY, Reach
from api.settings import Settings


class Carrier(StrEnum):
    SMTP = "smtp"
    WEBHOOK = "webhook"
    SMS = "sms"
    PUSH = "push"
    CHAT = "chat"


def configured(settings: Settings) -> Mapping[Channel, Carrier]:
    """What the settings name, live or not: mail by SMTP, the rest by its provider, else by the gateway."""
    named: dict[Channel, Carrier] = {}
    if settings.webhook_url:
        named = dict.fromkeys(Channel, Carrier.WEBHOOK)
    if settings.smtp_url:
        named[Channel.EMAIL] = Carrier.SMTP
    if settings.sms_accounts:
        named[Channel.SMS] = Carrier.SMS
    if settings.push:
        named[Channel.PUSH] = Carrier.PUSH
    if settings.chat:
        named[Channel.CHAT] = Carrier.CHAT
    return named


def providers(settings: Settings) -> tuple[str, ...]:
    """Who carries what here, of those whose own rules we hold as data; the firm's gateway is none of them."""
    smtp = ("smtp",) if settings.smtp_url else ()
    push = (settings.push.provider,) if settings.push else ()
    chat = (RULES_OF.get(settings.chat.provider, settings.chat.provider),) if settings.chat else ()
    return (*smtp, *(account.provider for account in settings.sms_accounts), *push, *chat)


RULES_OF = {"wecom": "wecom_kf"}
"""Where one provider has several ways to customers, the one that the setting names."""


def against_live(settings: Settings, brand: Brand) -> tuple[str, str]:
    """Why nobody can be reached, with the remedy; two empty texts when somebody can.

    Three have to say yes: the operator's switch, the brand, and the list of those who may be reached.
    """
    if brand.made_up:
        return "this brand is made up: never live", "holdfast init in a home of its own"
    if not settings.live:
        return "HOLDFAST_LIVE is not set", "leave it so until consents and addresses are in"
    if not settings.allow_list.entries:
        return "HOLDFAST_ALLOW names nobody who may be reached", "begin with your own address; * is everybody"
    if not configured(settings):
        return (
            "no real channel is set",
            "set HOLDFAST_SMTP_URL, HOLDFAST_SMS_URL, HOLDFAST_PUSH_URL, HOLDFAST_CHAT_URL or HOLDFAST_WEBHOOK_URL",
        )
    if Channel.EMAIL in configured(settings) and "@" not in brand.from_email.strip("@"):
        return "the brand has no sender address", "add from_email = … to brand.toml"
    return "", ""


def reach_of(settings: Settings, brand: Brand) -> Reach:
    """Whom this installation reaches, through which real channels."""
    if against_live(settings, brand)[0]:
        return NOBODY
    return Reach(frozenset(configured(settings)), settings.allow_list)


def who(reach: Reach) -> str:
    """The list in words, without the addresses on it."""
    if EVERYBODY in reach.allowed.entries:
        return "everybody with a consent"
    count = len(reach.allowed.entries)
    return f"{count} {'entry' if count == 1 else 'entries'} of HOLDFAST_ALLOW"
