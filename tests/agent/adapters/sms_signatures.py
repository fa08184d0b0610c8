"""The three providers' signatures checked as their documents say, from the request that came over the wire.

Written apart from the code that signs, and from the other end: a request in, yes or no out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote, urlsplit

from tests.gateways import Gateway


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()


def is_signed_for_aliyun(gateway: Gateway, secret: str) -> bool:
    method, target, _ = gateway.lines[-1].split(" ")
    headers, body = gateway.headers[-1], gateway.bodies[-1]
    parts = urlsplit(target)
    scheme, _, rest = headers["authorization"].partition(" ")
    fields = dict(piece.split("=", 1) for piece in rest.split(","))
    names = fields["SignedHeaders"].split(";")
    assert scheme == "ACS3-HMAC-SHA256"
    assert {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"} <= set(names)
    assert headers["x-acs-content-sha256"] == sha256(body)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(names))
    asked = "\n".join([method, parts.path, query, lines, ";".join(sorted(names)), sha256(body)])
    wanted = mac(secret.encode(), f"{scheme}\n{sha256(asked.encode())}").hex()
    return hmac.compare_digest(wanted, fields["Signature"])


def is_signed_for_tencent(gateway: Gateway, secret: str) -> bool:
    method, target, _ = gateway.lines[-1].split(" ")
    headers, body = gateway.headers[-1], gateway.bodies[-1]
    scheme, _, rest = headers["authorization"].partition(" ")
    fields = dict(piece.split("=", 1) for piece in rest.split(", "))
    _, day, service, end = fields["Credential"].split("/")
    assert (scheme, service, end) == ("TC3-HMAC-SHA256", "sms", "tc3_request")
    names = fields["SignedHeaders"].split(";")
    lines = "".join(f"{name}:{headers[name].lower()}\n" for name in names)
    asked = f"{method}\n{target}\n\n{lines}\n{';'.join(names)}\n{sha256(body)}"
    to_sign = f"{scheme}\n{headers['x-tc-timestamp']}\n{day}/{service}/{end}\n{sha256(asked.encode())}"
    key = mac(mac(mac(f"TC3{secret}".encode(), day), service), end)
    return hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), fields["Signature"])


def is_signed_for_huawei(gateway: Gateway, secret: str) -> bool:
    headers = gateway.headers[-1]
    assert headers["authorization"] == 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"'
    token = dict(re.findall(r'(\w+)="([^"]*)"', headers["x-wsse"]))
    wanted = sha256((token["Nonce"] + token["Created"] + secret).encode())
    return base64.b64decode(token["PasswordDigest"]).decode() == wanted


def is_signed_for_twilio(gateway: Gateway, user: str, secret: str) -> bool:
    wanted = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return gateway.headers[-1]["authorization"] == f"Basic {wanted}"
