"""dingtalk://TOKEN:SECRET@?console=https://… → the group of the firm's own people that is told what waits for them.

Takes the setting's text, gives a record, and says what cannot be meant without repeating token or secret. It knows
nothing of HTTP: `agent.adapters.robots` posts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from agent.errors import InputError

HOSTS = {"wecom": "qyapi.weixin.qq.com", "dingtalk": "oapi.dingtalk.com", "feishu": "open.feishu.cn"}
SHAPES = {
    "wecom": "wecom://KEY@?console=https://care.firm.example",
    "dingtalk": "dingtalk://ACCESS_TOKEN:SECRET@?console=https://care.firm.example",
    "feishu": "feishu://HOOK:SECRET@?console=https://care.firm.example",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class RobotAccount:
    """One robot in one group. `console` is where our own pages are reached, for the links; empty: no links."""

    kind: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    base_url: str
    console: str = ""


def read_robot_url(text: str) -> RobotAccount:
    """Raises InputError."""
    kind = text.strip().partition("://")[0]
    if kind not in HOSTS:
        raise InputError("nobody knows this robot", f"write it like {' or '.join(SHAPES.values())}")
    remedy = f"write it like {SHAPES[kind]}"
    try:
        url = urlsplit(text.strip())
        host, port = url.hostname or HOSTS[kind], url.port
    except ValueError:  # its text may hold the secret
        raise InputError(f"the {kind} address has a host or port that cannot be", remedy) from None
    if url.path not in ("", "/") or url.fragment or not url.username:
        raise InputError(f"the {kind} address has no token, or something behind the host", remedy)
    if kind == "wecom" and url.password:
        raise InputError("a WeCom robot has a key and no secret", remedy)
    if kind != "wecom" and not url.password:
        raise InputError(f"the {kind} robot has no secret", f"choose signing in its security settings; {remedy}")
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    console = options.pop("console", "").rstrip("/")
    if options:
        raise InputError(f"the {kind} address has an unknown option {sorted(options)[0]!r}", "known: console")
    if console and not console.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise InputError(f"the console of the {kind} address is not https://", remedy)
    base = f"{'http' if host in LOOPBACK else 'https'}://{host}{f':{port}' if port else ''}"
    return RobotAccount(kind, unquote(url.username), unquote(url.password or ""), base, console)
