"""What a ticket was about, in words a customer would use.

Takes a topic key, gives a noun phrase; for a key it does not know, a general one.
"""

from __future__ import annotations

from agent.domain import Language

TOPICS: dict[str, dict[Language, str]] = {
    "late_delivery": {Language.ZH: "配送延误", Language.EN: "the late delivery"},
    "damaged_item": {Language.ZH: "商品破损", Language.EN: "the damaged item"},
    "wrong_size": {Language.ZH: "尺码不合适", Language.EN: "the size that did not fit"},
    "wrong_item": {Language.ZH: "发错商品", Language.EN: "the wrong item"},
    "missing_item": {Language.ZH: "少发商品", Language.EN: "the missing item"},
    "refund_slow": {Language.ZH: "退款进度", Language.EN: "your refund"},
    "policy_question": {Language.ZH: "您的咨询", Language.EN: "your question"},
    "quality": {Language.ZH: "商品质量", Language.EN: "the quality of your order"},
    "return_policy": {Language.ZH: "退换货规则", Language.EN: "your question about returns"},
    "price": {Language.ZH: "价格问题", Language.EN: "your question about the price"},
    "membership": {Language.ZH: "会员问题", Language.EN: "your question about membership"},
    "payment": {Language.ZH: "付款问题", Language.EN: "the payment problem"},
    "poor_rating": {Language.ZH: "您的评价", Language.EN: "your review"},
}
GENERAL = {Language.ZH: "您反映的问题", Language.EN: "what you told us"}


def topic_in_words(topic: str, language: Language) -> str:
    return TOPICS.get(topic, GENERAL)[language]
