"""Which way a message may take: where free text goes, where approved texts alone, and where else this person agreed to.

Takes a customer, an occasion and the house; gives answers and stores nothing. What a channel forbids goes another way
or not at all: it is never bent until it looks allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.channels import ApprovedTemplate, market_of, objections, rules_for
from agent.domain import Case, Channel, Customer, Purpose, ReceiptKind, Words
from agent.errors import InputError
from agent.house import House
from agent.send import address_of, is_own_name

ELSEWHERE = (Channel.EMAIL, Channel.PUSH, Channel.SMS)
"""Other channels in the order in which they are tried. A chat is a running conversation, and nobody is led into one."""
OFFER = "offer"
SOFT_MOST, SOFT_WITHIN = 3, timedelta(days=30)
"""A full mailbox empties again; three messages in a row within a month say that nobody looks after it."""
NO_WAY = "only approved texts go on this channel, none fits, and the customer agreed to no other one"


def templates_alone(channel: Channel, customer: Customer, purpose: Purpose, house: House) -> bool:
    """Whether on this way only approved texts are carried: by the market's rules, or by those of its provider.

    The firm's own gateway has no rules that anybody told us, and the sink none at all: there the market's hold.
    """
    market = market_of(channel, customer.language, customer.timezone)
    provider = house.providers.get(market)
    if provider is not None and provider.wants_template(purpose):
        return True
    rules = rules_for(channel, customer.language, customer.timezone)
    return not rules.free_text and purpose is Purpose.MARKETING


def texts_for(
    channel: Channel, customer: Customer, purpose: Purpose, situation: str | None, house: House
) -> tuple[ApprovedTemplate, ...]:
    """Approved texts for this occasion, those for this very situation first; `situation` None: for any."""
    market = market_of(channel, customer.language, customer.timezone)
    provider = house.providers.get(market)
    return house.templates.usable(
        market, purpose, customer.language, situation, _today(customer, house), provider.key if provider else None
    )


def shut(channel: Channel, customer: Customer, purpose: Purpose, house: House) -> bool:
    """Whether nothing at all could go this way."""
    return bool(why_shut(channel, customer, purpose, house))


def why_shut(channel: Channel, customer: Customer, purpose: Purpose, house: House) -> str:
    """Nobody carries it there, or only approved texts go, and there is none; empty while something could go."""
    if _unserved(channel, customer, house):
        return f"no provider of {channel} serves the customer's market"
    if templates_alone(channel, customer, purpose, house) and not texts_for(channel, customer, purpose, None, house):
        return "only approved texts go there, and templates.toml has none for this occasion"
    return ""


def _unserved(channel: Channel, customer: Customer, house: House) -> bool:
    """Providers are set for this channel, and none of them serves the customer's market."""
    market = market_of(channel, customer.language, customer.timezone)
    return market not in house.providers and any(rules.channel is channel for rules in house.providers.values())


def against(channel: Channel, customer: Customer, purpose: Purpose, words: Words, house: House) -> str:
    """Why whoever carries this would not take these words as they are; empty when they would, or nobody told us."""
    provider = house.providers.get(market_of(channel, customer.language, customer.timezone))
    found = objections(provider, words, purpose, customer.language.value) if provider is not None else ()
    return found[0] if found else ""


def carries_offers(channel: Channel, customer: Customer, purpose: Purpose, house: House) -> bool:
    """Whether a coupon could be said there: in free text always, in an approved text only where it has the place."""
    if not templates_alone(channel, customer, purpose, house):
        return True
    texts = texts_for(channel, customer, purpose, None, house)
    return any(variable.slot.startswith(OFFER) for text in texts for variable in text.variables)


def closed(channel: Channel, address: str, house: House) -> str:
    """Why nothing goes to this address any more; empty while it is open. A new address on record is a new chance."""
    told = house.store.receipts.of_address(channel, address)
    hard = next((at for kind, at, _ in told if kind is ReceiptKind.HARD_BOUNCE), None)
    if hard is not None:
        return f"this address is closed: a message came back on {hard:%Y-%m-%d} as undeliverable"
    if len(came_back_since_one_arrived(told, house.clock.now())) >= SOFT_MOST:
        return f"this address is closed for now: {SOFT_MOST} messages in a row came back in {SOFT_WITHIN.days} days"
    return ""


def came_back_since_one_arrived(told: Sequence[tuple[ReceiptKind, datetime, str]], now: datetime) -> set[str]:
    """The messages that came back for a while, of the last weeks and since the last one that arrived."""
    arrived = max((at for kind, at, _ in told if kind is ReceiptKind.DELIVERED), default=None)
    begin = max(now - SOFT_WITHIN, arrived) if arrived is not None else now - SOFT_WITHIN
    return {key for kind, at, key in told if kind is ReceiptKind.SOFT_BOUNCE and at > begin}


def elsewhere(case: Case, customer: Customer, house: House) -> Channel | None:
    """Another channel for this case, where free text goes and this customer agreed to; None when there is none.

    A campaign's case stays on the campaign's own channels.
    """
    if case.purpose is Purpose.REPLY:
        return None
    for channel in _allowed(case, house):
        reached = _agreed(channel, customer, case.purpose) and reached_on(channel, customer, house)
        free = not templates_alone(channel, customer, case.purpose, house) and not _unserved(channel, customer, house)
        if channel is not case.channel and reached and free:
            return channel
    return None


def _allowed(case: Case, house: House) -> Sequence[Channel]:
    if case.campaign_id is None:
        return ELSEWHERE
    named = house.store.campaigns.get(case.campaign_id)[1].get("channels", ())
    return [channel for channel in ELSEWHERE if channel.value in named]


def _agreed(channel: Channel, customer: Customer, purpose: Purpose) -> bool:
    """Marketing needs a yes for this very channel; what somebody waits to hear may go to any address that they gave."""
    consent = customer.consents.get(channel)
    return purpose is not Purpose.MARKETING or (consent is not None and consent.granted is True)


def reached_on(channel: Channel, customer: Customer, house: House) -> bool:
    """Whether there is an address on record that still takes messages.

    Our own name for a customer is one for the firm's gateway, and none for a carrier whose rules we know.
    """
    try:
        address = address_of(customer, channel)
        if is_own_name(address) and market_of(channel, customer.language, customer.timezone) in house.providers:
            return False
        return not closed(channel, address, house)
    except InputError:
        return False


def closed_for(channel: Channel, customer: Customer, house: House) -> str:
    """Why this customer's address on this channel takes no messages; empty when it does, or there is none."""
    try:
        return closed(channel, address_of(customer, channel), house)
    except InputError:
        return ""


def _today(customer: Customer, house: House) -> date:
    return house.clock.now().astimezone(ZoneInfo(customer.timezone or house.brand.timezone)).date()
