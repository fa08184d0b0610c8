"""WhatsApp Cloud API: an approved template with its values, or free text to whoever wrote in the last 24 hours.

Takes a message whose recipient is a WhatsApp number, gives a Delivery. The words were judged and approved; here they
are only found again, as template and values. What the answer's code means is a table.
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from agent.adapters.channels.posting import LOOK, Poster, Reply
from agent.channels import ApprovedTemplate, objections, provider_rules
from agent.chat_url import ChatAccount
from agent.domain import Delivery, DeliveryStatus, Message, Words
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.ports import Clock
from agent.send import is_own_name

NOT_NOW = frozenset(
    {
        0, 3, 4, 10, 190, 368, 80007, 130429, 131005, 131016, 131031, 131042, 131045, 131048, 131056, 131057, 132001,
        132015, 132016, 133004, 133010,
    }
)  # fmt: skip
"""Our token, account, number or template, a limit, an overload: to put right by us or by time, and nothing was done."""
UNKNOWN = frozenset({1, 2, 131000})
LANGUAGES = {"zh": "zh_CN", "en": "en"}
POSITION = re.compile(r"p[1-9]\d?")


class WhatsApp:
    """Fits the DeliveryChannel port."""

    def __init__(
        self, account: ChatAccount, templates: Sequence[ApprovedTemplate], place: ZoneInfo, clock: Clock
    ) -> None:
        """`place`: where the days of an approval are counted."""
        self._account = account
        self._templates = tuple(template for template in templates if template.provider == self.name)
        self._place = place
        self._clock = clock
        self._poster = Poster("HOLDFAST_CHAT_URL", clock, account.timeout_s)
        proof = hmac.digest(account.app_secret.encode(), account.token.encode(), "sha256").hex()
        sender = quote(account.sender, safe="")
        self._url = f"{account.base_url}/{account.version}/{sender}/messages?appsecret_proof={proof}"

    @property
    def name(self) -> str:
        return "whatsapp"

    def deliver(self, message: Message) -> Delivery:
        told = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": _number(message.recipient),
            "biz_opaque_callback_data": message.key,
            **self._content(message),
        }
        try:
            body = json.dumps(told, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError(f"message {message.key} holds half a character", "correct the text") from error
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._account.token}"}
        return self._outcome(message, self._poster.post(self._url, body, headers))

    def _content(self, message: Message) -> dict[str, Any]:
        """The template that gives these words, else the words themselves where those may go. Raises InputError."""
        rules, today = provider_rules(self.name), self._clock.now().astimezone(self._place).date()
        if against := objections(rules, Words(message.subject, message.body), message.purpose, "en"):
            raise InputError(against[0], "choose other words, or another channel")
        for template in self._templates:
            if template.is_for(message.purpose, today) and (values := template.read(message.body)) is not None:
                return {"type": "template", "template": _template(template, values)}
        if rules.wants_template(message.purpose):
            raise InputError(
                f"no template that whatsapp approved for {message.purpose} says these words",
                "choose one of templates.toml",
            )
        return {"type": "text", "text": {"preview_url": False, "body": message.body}}

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        told, now = reply.json(), self._clock.now()
        if reply.status == 200:
            return Delivery(message.key, DeliveryStatus.SENT, now, where=_id(told), detail=reply.said)
        code = _code(told)
        if code in UNKNOWN and reply.status != 503:
            raise DeliveryUnknown(reply.said, LOOK)
        if code in NOT_NOW or code in range(200, 300) or reply.status in (401, 429, 503):
            raise ChannelUnavailable(reply.said, "see what WhatsApp says", reply.retry_after)
        if reply.status in range(400, 500):
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)
        raise DeliveryUnknown(reply.said, LOOK)


def _template(template: ApprovedTemplate, values: Mapping[str, str]) -> dict[str, Any]:
    """`spring/en_GB` is the template spring in that language. Values by name; p1, p2 … are WhatsApp's {{1}}, {{2}}."""
    name, _, language = template.provider_id.partition("/")
    by_place = all(POSITION.fullmatch(place) for place in values)
    ordered = sorted(values, key=lambda place: int(place[1:])) if by_place else list(values)
    parameters = [
        {"type": "text", **({} if by_place else {"parameter_name": place}), "text": values[place]} for place in ordered
    ]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    return {
        "name": name,
        "language": {"code": language or LANGUAGES[template.language.value]},
        **({"components": components} if components else {}),
    }


def _number(recipient: str) -> str:
    if is_own_name(recipient):
        raise InputError("no WhatsApp number of this customer is on record", "import chat_id, or identify with one")
    digits = re.sub(r"[\s().-]", "", recipient).removeprefix("+")
    if not re.fullmatch(r"[1-9]\d{6,14}", digits, re.ASCII):
        raise InputError("the customer's chat_id is no WhatsApp number", "write it with its country, like 447700900123")
    return digits


def _id(told: Any) -> str | None:
    rows = told.get("messages") if isinstance(told, dict) else None
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    return str(first.get("id") or "") or None


def _code(told: Any) -> int | None:
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None
