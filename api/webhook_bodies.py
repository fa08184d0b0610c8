"""What others post to our webhooks, as OpenAPI says it: the shapes are theirs, read by `agent.receipts`."""

from __future__ import annotations

from typing import Any

from agent.domain import ReceiptKind
from agent.receipts.gateway import MOST

TEXT: dict[str, Any] = {"type": "string"}
SAID: dict[str, Any] = {"type": "string", "minLength": 1, "pattern": r"^[^\x00]+$"}


def _body(media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


def _form(**properties: dict[str, Any]) -> dict[str, Any]:
    needed = [name for name, schema in properties.items() if schema is SAID]
    schema = {"type": "object", "required": needed, "properties": properties}
    return _body("application/x-www-form-urlencoded", schema)


RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["kind"],
    "anyOf": [{"required": ["key"]}, {"required": ["id"]}],
    "properties": {
        "key": SAID,
        "id": SAID,
        "receipt_id": SAID,
        "kind": {"enum": [kind.value for kind in ReceiptKind]},
        "at": {"type": "string", "format": "date-time"},
        "detail": TEXT,
        "text": TEXT,
    },
}
MAIL = _body("application/octet-stream", {"type": "string", "format": "binary"})
GATEWAY = _body(
    "application/json",
    {
        "type": "object",
        "required": ["type", "data"],
        "properties": {
            "type": {"enum": ["message.receipt"]},
            "data": {"oneOf": [RECEIPT, {"type": "array", "minItems": 1, "maxItems": MOST, "items": RECEIPT}]},
        },
    },
)
PUSHED = _body("application/json", {"type": "array", "maxItems": MOST, "items": {"type": "object"}})
TWILIO = _form(MessageSid=SAID, MessageStatus=TEXT, ErrorCode=TEXT)
HUAWEI = _form(smsMsgId=SAID, status=SAID, extend=TEXT)
WHATSAPP = _body(
    "application/json",
    {
        "type": "object",
        "required": ["object", "entry"],
        "properties": {
            "object": {"enum": ["whatsapp_business_account"]},
            "entry": {"type": "array", "items": {"type": "object"}},
        },
    },
)
WECOM = _body("text/xml", {"type": "string", "description": "XML with Encrypt"})
ANSWERS = _body(
    "application/json",
    {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST,
        "items": {"type": "object", "required": ["phone_number"], "properties": {"phone_number": SAID}},
    },
)
ANSWER = _body("application/json", {"type": "object", "required": ["mobile"], "properties": {"mobile": SAID}})
TWILIO_ANSWER = _form(MessageSid=SAID, From=SAID, Body=TEXT, OptOutType=TEXT)
HUAWEI_ANSWER = _form(**{"smsMsgId": SAID, "from": SAID, "body": TEXT, "createTime": TEXT})
