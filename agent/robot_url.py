"""dingtalk://TOKEN:SECRET@?console=https://… → the group of the firm's own people that is told what waits for them.

Takes the setting's text, gives a record, and says what cannot be meant without repeating token or secret. It knows
nothing of HTTP: `agent.adapters.robots` posts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.errors import InputError
from agent.provider_url import read_provider_url

HOSTS = {"wecom": "qyapi.weixin.qq.com", "dingtalk": "oapi.dingtalk.com", "feishu": "open.feishu.cn"}
SHAPES = {
    "wecom": "wecom://KEY@?console=https://care.firm.example",
    "dingtalk": "dingtalk://ACCESS_TOKEN:SECRET@?console=https://care.firm.example",
    "feishu": "feishu://HOOK:SECRET@?console=https://care.firm.example",
}


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
    url = read_provider_url(text.strip(), kind, HOSTS[kind], {"console"}, remedy)
    if not url.user:
        raise InputError(f"the {kind} address has no token", remedy)
    if kind == "wecom" and url.secret:
        raise InputError("a WeCom robot has a key and no secret", remedy)
    if kind != "wecom" and not url.secret:
        raise InputError(f"the {kind} robot has no secret", f"choose signing in its security settings; {remedy}")
    console = url.options.get("console", "").rstrip("/")
    if console and not console.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise InputError(f"the console of the {kind} address is not https://", remedy)
    return RobotAccount(kind, url.user, url.secret, url.base_url, console)
