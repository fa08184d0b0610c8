"""Receipts as others write them → our records: bounced and reported mails, answers, what providers push.

Each file reads one shape and knows nothing of stores or effects; `feedback.take_receipt` acts.
"""

from agent.receipts.gateway import read_gateway
from agent.receipts.mail import read_mail
from agent.receipts.sms import read_aliyun, read_huawei, read_tencent, read_twilio

__all__ = ["read_aliyun", "read_gateway", "read_huawei", "read_mail", "read_tencent", "read_twilio"]
