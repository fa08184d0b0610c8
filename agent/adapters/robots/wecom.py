"""A WeCom group robot: the key in the address is all that it asks for.

https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import quote

from agent.robot_url import RobotAccount


def request(account: RobotAccount, text: str, at: datetime) -> tuple[str, bytes]:
    del at  # nothing is signed
    body = {"msgtype": "text", "text": {"content": text}}
    url = f"{account.base_url}/cgi-bin/webhook/send?key={quote(account.token, safe='')}"
    return url, json.dumps(body, ensure_ascii=False).encode()
