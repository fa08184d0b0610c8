"""A Feishu group robot: seconds and secret are the key that signs nothing at all, and the mark stands in the body.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime
from urllib.parse import quote

from agent.robot_url import RobotAccount


def request(account: RobotAccount, text: str, at: datetime) -> tuple[str, bytes]:
    stamp = str(int(at.timestamp()))
    mark = hmac.digest(f"{stamp}\n{account.secret}".encode(), b"", "sha256")
    body = {
        "timestamp": stamp,
        "sign": base64.b64encode(mark).decode(),
        "msg_type": "text",
        "content": {"text": text},
    }
    url = f"{account.base_url}/open-apis/bot/v2/hook/{quote(account.token, safe='')}"
    return url, json.dumps(body, ensure_ascii=False).encode()
