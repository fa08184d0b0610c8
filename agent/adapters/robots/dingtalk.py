"""A DingTalk group robot: milliseconds and secret are signed with the secret, and stand in the address.

https://open.dingtalk.com/document/robots/customize-robot-security-settings
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

from agent.robot_url import RobotAccount


def request(account: RobotAccount, text: str, at: datetime) -> tuple[str, bytes]:
    stamp = str(round(at.timestamp() * 1000))
    mark = hmac.digest(account.secret.encode(), f"{stamp}\n{account.secret}".encode(), "sha256")
    query = {"access_token": account.token, "timestamp": stamp, "sign": base64.b64encode(mark).decode()}
    body = {"msgtype": "text", "text": {"content": text}}
    return f"{account.base_url}/robot/send?{urlencode(query)}", json.dumps(body, ensure_ascii=False).encode()
