"""Robots in groups of the firm's own people (WeCom, DingTalk, Feishu): they tell what waits, and reach no customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from agent.adapters.channels.posting import Poster, Reply
from agent.adapters.robots import dingtalk, feishu, wecom
from agent.channels import provider_rules
from agent.channels.physics import size
from agent.errors import ChannelUnavailable
from agent.ports import Clock
from agent.robot_url import RobotAccount

TIMEOUT_S = 10.0
REQUESTS: Mapping[str, Callable[[RobotAccount, str, datetime], tuple[str, bytes]]] = {
    "wecom": wecom.request,
    "dingtalk": dingtalk.request,
    "feishu": feishu.request,
}
JSON = {"content-type": "application/json; charset=utf-8"}


class Robot:
    def __init__(self, account: RobotAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._poster = Poster("HOLDFAST_ROBOT_URL", clock, TIMEOUT_S)

    @property
    def name(self) -> str:
        return self._account.kind

    @property
    def longest(self) -> int:
        """Bytes that one message may have."""
        return provider_rules(f"{self._account.kind}_robot").body_max or 2_000

    def tell(self, text: str) -> None:
        """Raises ChannelUnavailable when the group was not told, DeliveryUnknown when nobody can know."""
        assert size(text, provider_rules(f"{self._account.kind}_robot").counts) <= self.longest, "cut it first"
        url, body = REQUESTS[self._account.kind](self._account, text, self._clock.now())
        reply = self._poster.post(url, body, JSON)
        if reply.status != 200 or _code(reply) != 0:
            raise ChannelUnavailable(reply.said, "see what the robot's page says", reply.retry_after)


def _code(reply: Reply) -> Any:
    """Their own word, in an answer that is 200 even when it is a no; 0 is a yes with all three."""
    told = reply.json()
    if not isinstance(told, dict):
        return None
    return next((told[name] for name in ("errcode", "code", "StatusCode") if name in told), None)
