"""Receipts as others write them → our records: bounced and reported mails, answers, what providers push.

Each file reads one shape and knows nothing of stores or effects; `feedback` acts (`take_receipt`, `take_answer`).
"""

from agent.receipts.answers import (
    read_aliyun_answers,
    read_huawei_answer,
    read_tencent_answer,
    read_twilio_answer,
)
from agent.receipts.gateway import read_gateway
from agent.receipts.mail import read_mail
from agent.receipts.sms import read_aliyun, read_huawei, read_tencent, read_twilio
from agent.receipts.wecom import read_wecom
from agent.receipts.whatsapp import read_whatsapp

__all__ = [
    "read_aliyun",
    "read_aliyun_answers",
    "read_gateway",
    "read_huawei",
    "read_huawei_answer",
    "read_mail",
    "read_tencent",
    "read_tencent_answer",
    "read_twilio",
    "read_twilio_answer",
    "read_wecom",
    "read_whatsapp",
]
