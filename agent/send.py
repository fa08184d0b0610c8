"""An approved draft → one message → one delivery. Sends only the text that was judged, to the last character."""

from __future__ import annotations

from agent.domain import (
    Brand,
    Channel,
    Customer,
    Delivery,
    DeliveryStatus,
    Draft,
    Language,
    Message,
    Purpose,
    Verdict,
    Words,
)
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError, TransitionNotAllowed
from agent.hashes import message_hash, words_hash
from agent.outbox import message_key
from agent.ports import Clock, DeliveryChannel

S = DeliveryStatus
APP, CHAT = "app:", "chat:"


def compose_message(draft: Draft, words: Words, customer: Customer, brand: Brand) -> Message:
    """Address the approved words. Raises InputError when this customer cannot be reached on this channel."""
    recipient = address_of(customer, draft.channel)
    headers = headers_of(draft.case_id, draft.channel, draft.purpose, brand, draft.language)
    for line in (recipient, words.subject or "", *headers.values()):
        if "\r" in line or "\n" in line:
            raise InputError("a subject, an address or a header has a line break in it", "write it in one line")
    return Message(
        key=message_key(draft.case_id),
        case_id=draft.case_id,
        draft_id=draft.draft_id,
        brand_id=brand.id,
        customer_id=customer.id,
        channel=draft.channel,
        purpose=draft.purpose,
        recipient=recipient,
        subject=words.subject,
        body=words.body,
        headers=headers,
        text_hash=message_hash(recipient, draft.channel, words.subject, words.body, headers),
        made_up=customer.made_up,
    )


def deliver(message: Message, verdict: Verdict, channel: DeliveryChannel, clock: Clock) -> Delivery:
    """Hand over a message whose very words the gate has just let through.

    Raises TransitionNotAllowed when the words are not the judged ones, or the message is not the approved one: that is
    a fault in the house, and nothing leaves.
    """
    if verdict.text_hash != words_hash(message.subject, message.body):
        raise TransitionNotAllowed(f"message {message.key} is not the text that the gate judged")
    if message.text_hash != message_hash(
        message.recipient, message.channel, message.subject, message.body, message.headers
    ):
        raise TransitionNotAllowed(f"message {message.key} was changed after it was approved")
    try:
        return channel.deliver(message)
    except ChannelUnavailable as error:
        now = clock.now()
        not_before = now + error.retry_after if error.retry_after else None
        return Delivery(message.key, S.QUEUED, now, detail=error.message, fault=True, not_before=not_before)
    except DeliveryUnknown as error:
        return Delivery(message.key, S.UNKNOWN, clock.now(), detail=error.message, fault=True)
    except InputError as error:  # nothing left, and trying the same again would not help
        return Delivery(message.key, S.FAILED, clock.now(), detail=error.message)
    except Exception as error:  # a fault in a channel: nobody can say how far it got, and the next message goes on
        why = f"{type(error).__name__}: {error}"
        return Delivery(message.key, S.UNKNOWN, clock.now(), detail=why, fault=True)


def address_of(customer: Customer, channel: Channel) -> str:
    """Where this customer is reached now. Raises InputError when nowhere.

    Without a device or a chat on record it is our own name for the customer, which the firm's own gateway may know.
    """
    address = {
        Channel.EMAIL: customer.email,
        Channel.SMS: customer.phone,
        Channel.PUSH: customer.push_token or f"{APP}{customer.id}",
        Channel.CHAT: customer.chat_id or f"{CHAT}{customer.id}",
    }[channel]
    if not address:
        raise InputError(f"customer {customer.id} has no address for {channel}", "import it, or choose another channel")
    return address


def is_own_name(address: str) -> bool:
    """Whether this is our name for a customer, which no carrier but the firm's own gateway can know."""
    return address.startswith((APP, CHAT))


def headers_of(case_id: str, channel: Channel, purpose: Purpose, brand: Brand, language: Language) -> dict[str, str]:
    """The headers that this case's message will carry; the gate judges them before any message is made."""
    if channel is not Channel.EMAIL:
        return {}
    headers = {
        "From": f"{brand.name_in(language)} <{brand.from_email}>",
        # The same for ever, as the key is: a mail program that is handed the same message twice can show it once.
        "Message-ID": f"<{'.'.join(filter(None, (message_key(case_id), brand.stamp)))}@{_ascii(brand.domains[0])}>",
        "Auto-Submitted": "auto-generated",
    }
    if purpose is Purpose.MARKETING and brand.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{brand.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _ascii(domain: str) -> str:
    """茶铺.example as mail headers write it. Raises InputError when no mail server could know it."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError as error:
        raise InputError(f"the brand's domain {domain!r} cannot be", "correct domains in brand.toml") from error
