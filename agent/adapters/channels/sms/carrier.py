"""One SMS channel over one account a market: the number decides who carries the message.

Takes the accounts' channels; a number that none of them serves is a plain no, told before anything leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from agent.channels import objections, provider_rules
from agent.domain import Delivery, Message, Words
from agent.errors import InputError
from agent.phones import e164, is_mainland

CHINA, ELSEWHERE = "sms_cn", "sms_intl"


class Provider(Protocol):
    """One account at one provider; `name` is the key of its rules."""

    @property
    def name(self) -> str: ...

    def hand_over(self, message: Message, number: str) -> Delivery:
        """As a channel delivers: FAILED for a no, ChannelUnavailable, DeliveryUnknown, InputError."""
        ...


class SmsCarrier:
    """Fits the DeliveryChannel port. `chinese_shop`: numbers without a country are mainland ones."""

    def __init__(self, by_market: Mapping[str, Provider], chinese_shop: bool) -> None:
        self._by_market = dict(by_market)
        self._chinese_shop = chinese_shop

    @property
    def name(self) -> str:
        return "sms"

    def deliver(self, message: Message) -> Delivery:
        number = e164(message.recipient, self._chinese_shop)
        market = CHINA if is_mainland(number) else ELSEWHERE
        provider = self._by_market.get(market)
        if provider is None:
            where = "in mainland China" if market == CHINA else "outside mainland China"
            raise InputError(f"no SMS provider is set for numbers {where}", "add one to HOLDFAST_SMS_URL")
        words, language = Words(message.subject, message.body), "zh" if market == CHINA else "en"
        if against := objections(provider_rules(provider.name), words, message.purpose, language):
            raise InputError(against[0], "choose other words, or another channel")
        return provider.hand_over(message, number)
