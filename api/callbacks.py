"""Who may tell us what became of a message: a key of ours, or the signature of whoever carries it.

A dependency like `allowed`, for routes that providers call: they sign what they post and have no key. The signature is
checked over the very bytes that came, before anybody reads what they say.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from agent.access import Caller, Role, Scope
from agent.errors import InputError
from agent.webhooks import verified
from agent.wecom_seal import tags, unsealed
from api.auth import Permission, workshop_of
from api.bootstrap import Workshop
from api.errors import Problem

TOLERANCE = timedelta(minutes=5)
KNOCK = 16_384
"""Bytes of a callback of WeCom's at most: it says that there is something to fetch."""
Check = Callable[[Request, bytes, Workshop], str]


async def raw_body(request: Request) -> bytes:
    return await request.body()


Raw = Annotated[bytes, Depends(raw_body)]


@dataclass(frozen=True)
class SignedPermission(Permission):
    """`check` gives the name of whoever signed, or raises Problem 401. With a key the signature is not asked for."""

    check: Check

    def __call__(self, request: Request, raw: Raw) -> Caller:  # type: ignore[override]
        if "authorization" in request.headers or "cookie" in request.headers:
            return super().__call__(request)
        who = self.check(request, raw, workshop_of(request))
        caller = Caller(f"signed:{who}", who, Role.INTEGRATOR, (self.scope,), by_key=True)
        request.state.caller = caller  # not counted: a provider that is told to wait may never tell again
        return caller


def signed(check: Check, roles: frozenset[Role], scope: Scope) -> Any:
    return Depends(SignedPermission(roles, scope, check))


def by_gateway(request: Request, raw: bytes, shop: Workshop) -> str:
    """Standard Webhooks, with the secret that we sign for the same gateway with."""
    gateway = shop.settings.gateway
    if gateway is None:
        raise _refused("No gateway is set, so nobody can sign for one.", "send a key, or set HOLDFAST_WEBHOOK_URL")
    named = {name: request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    try:
        at = verified(named, raw, gateway.secrets)
    except InputError as error:
        raise _refused(error.message, error.remedy) from error
    if abs(shop.clock.now() - at) > TOLERANCE:
        raise _refused("The signature is older or newer than five minutes.", "check the clock of the gateway")
    return "gateway"


def by_twilio(request: Request, raw: bytes, shop: Workshop) -> str:
    """A status callback. The URL that is signed is the one that we gave."""
    return _by_twilio(request, raw, shop, "callback")


def by_twilio_answer(request: Request, raw: bytes, shop: Workshop) -> str:
    """A message that came in, at the URL that the number was given."""
    return _by_twilio(request, raw, shop, "answers")


def _by_twilio(request: Request, raw: bytes, shop: Workshop, option: str) -> str:
    """HMAC-SHA1 over the URL and the form, with the account's token."""
    accounts = (one for one in shop.settings.sms_accounts if one.provider == "twilio" and getattr(one, option))
    if (account := next(accounts, None)) is None:
        raise _refused(
            f"No {option} of Twilio is set.", f"add {option}=https://… to the twilio address of HOLDFAST_SMS_URL"
        )
    theirs = request.headers.get("x-twilio-signature", "")
    ours = twilio_signature(account.secret, getattr(account, option), form_of(raw))
    if not hmac.compare_digest(ours.encode(), theirs.encode()):
        raise _refused("The signature does not fit the form.", f"see that {option}= is the URL that Twilio calls")
    return "twilio"


def by_whatsapp(request: Request, raw: bytes, shop: Workshop) -> str:
    """HMAC-SHA256 over the very bytes, with the app's secret."""
    if (account := shop.settings.chat) is None or account.provider != "whatsapp":
        raise _refused("WhatsApp is not set here.", "set HOLDFAST_CHAT_URL")
    ours = "sha256=" + hmac.digest(account.app_secret.encode(), raw, "sha256").hex()
    if not hmac.compare_digest(ours.encode(), request.headers.get("x-hub-signature-256", "").encode()):
        raise _refused("The signature does not fit the body.", "see that app_secret= is the one of the app that posts")
    return "whatsapp"


def by_whatsapps_word(request: Request, raw: bytes, shop: Workshop) -> str:  # noqa: ARG001
    """The first call, which is not signed: it shows the word that we gave."""
    account, told = shop.settings.chat, request.query_params
    word = account.verify if account is not None else ""
    theirs = told.get("hub.verify_token", "")
    if not word or told.get("hub.mode") != "subscribe" or not hmac.compare_digest(word.encode(), theirs.encode()):
        raise _refused("This is not the word.", "set verify= in HOLDFAST_CHAT_URL to the one that is set there")
    return "whatsapp"


def by_wecom(request: Request, raw: bytes, shop: Workshop) -> str:
    """WeCom's signature over what is sealed, and the seal itself; with the token and key of HOLDFAST_CHAT_URL."""
    wecom_said(request, raw, shop)
    return "wecom"


def wecom_said(request: Request, raw: bytes, shop: Workshop) -> str:
    """What a callback of WeCom says, out of its seal. Raises Problem 401."""
    if (account := shop.settings.chat) is None or account.provider != "wecom" or not account.verify:
        raise _refused("WeCom's callback is not set here.", "set HOLDFAST_CHAT_URL with token= and aes_key=")
    if len(raw) > KNOCK:
        raise _refused("A knock of WeCom's is shorter.", "see who posts here")
    told = request.query_params
    handshake = request.method == "GET"
    sealed = told.get("echostr", "") if handshake else tags(raw.decode("utf-8", "replace")).get("Encrypt", "")
    shown, timestamp, nonce = (told.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
    try:
        return unsealed(account, shown, timestamp, nonce, sealed)
    except InputError as error:
        raise _refused(f"{error.message[0].upper()}{error.message[1:]}.", error.remedy) from error


def form_of(raw: bytes) -> dict[str, str]:
    """The fields of a posted form; one with hundreds of fields is nobody's and has none."""
    try:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        return {}


def twilio_signature(token: str, url: str, form: Mapping[str, str]) -> str:
    told = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), told.encode(), "sha1")).decode()


def _refused(message: str, remedy: str) -> Problem:
    return Problem(401, "who_are_you", message, remedy)
