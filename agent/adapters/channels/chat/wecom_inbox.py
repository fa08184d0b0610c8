"""What WeCom keeps for us: messages and events of the customer-service account, from where we read last.

Takes a cursor, gives the messages behind it and the next cursor. Asking changes nothing at WeCom, and what is read
twice has the same ids. https://developer.work.weixin.qq.com/document/path/94670
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.adapters.channels.chat.wecom_api import WeComApi, as_body, code_of
from agent.errors import ChannelUnavailable, DeliveryUnknown

AT_A_TIME = 200
Page = tuple[Sequence[Mapping[str, Any]], str]


class WeComInbox:
    """One customer-service account."""

    def __init__(self, api: WeComApi, kf: str) -> None:
        self._api = api
        self._kf = kf
        self.one_at_a_time = threading.Lock()
        """Held by whoever reads and moves the cursor on: WeCom knocks again after five seconds."""

    def pages(self, cursor: str, token: str) -> Iterator[Page]:
        """Messages page by page, each with the cursor behind it. `token` is the callback's; good for 10 minutes.

        Raises ChannelUnavailable: what was given before stays read.
        """
        more = True
        while more:
            messages, following, more = self._page(cursor, token)
            cursor = following or cursor
            yield messages, cursor

    def _page(self, cursor: str, token: str) -> tuple[Sequence[Mapping[str, Any]], str, bool]:
        asked = {"open_kfid": self._kf, "limit": AT_A_TIME, "cursor": cursor, "token": token}
        try:
            reply = self._api.post("kf/sync_msg", as_body({name: value for name, value in asked.items() if value}))
        except DeliveryUnknown as error:  # nothing was sent: it is asked again
            raise ChannelUnavailable(error.message, "WeCom is asked again at the next message") from error
        told = reply.json()
        if code_of(reply) != 0 or not isinstance(told, dict):
            # not what was said: it may be what customers wrote
            raise ChannelUnavailable(f"{reply.host} gave no messages: {code_of(reply)}", "see what WeCom says of it")
        following, rows = str(told.get("next_cursor") or ""), told.get("msg_list")
        found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        return found, following, told.get("has_more") == 1 and following not in ("", cursor)
