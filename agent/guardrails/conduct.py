"""Claims, privacy, tone: the rules that a word list decides, each with the reason and the inputs that bend it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list, is_disowned, is_supposed, told_by_customer, unless_disowned
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

# --- absolute terms hidden in other signs -----------------------------------------------------------------------------

_EVADED = sieve(
    r"(?:zui|蕞|嶵|朂|㝡|醉(?=佳|优惠|便宜|低价))\s?(?:佳|好|优|低|高|强|便宜|jia|hao|you)"
    r"|最\s?(?:jia|hao|you|di|gao|qiang|pian\s?yi|亻圭|隹)"
    r"|(?:第|弟|di)\s?(?:yi|壹|1|①)(?=品牌|名|家|选择)|(?:顶|鼎|ding)\s?(?:ji|极"
    r"|及)(?=[品的，。！\s]|$)|(?:wei|惟)\s?(?:yi|一)(?=的|选择)"
)


def _evaded(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        for match in _EVADED.finditer(field.masked(message)):
            reason = "A superlative is written in other signs."
            yield field.finding("ABSOLUTE_TERM", Severity.BLOCK, reason, *match.span(), field.tight)
            yield field.finding("MIXED_SCRIPT", Severity.BLOCK, reason, *match.span(), field.tight)


_absoluteby_list = by_list(
    "ABSOLUTE_TERM", "It ranks our goods above all others, which nobody can prove. Say it plainly.", unless_disowned
)


def _absolute(message: Message) -> Iterator[Finding]:
    yield from _absoluteby_list(message)
    yield from _evaded(message)


# --- what the inputs bend ---------------------------------------------------------------------------------------------

_SECOND_PERSON = sieve(
    r"您|你|恭喜|看过来|专区|专享|亲|根据|看来|似乎|(?<![a-z])(?:you(?:r|rs|'re|'ve|'ll)?"
    r"|congratulations|congrats|as an?|for (?:new|expecting)|seems?|must be)(?![a-z])"
)


# the people a product is not for, an insurance of that name, a courtesy
_GENERAL = sieve(
    r"(?:孕妇|孕期|儿童|患者|过敏)\w{0,8}(?:慎用|禁用|请勿|不宜|不建议|遵医嘱|咨询医生)|人群\w{0,4}(?:慎|禁)|(?<![a-z])(?:people|anyone|those|customers) (?:who|with)(?![a-z])|not (?:suitable|recommended) (?:for|during)"
)


def _sensitive(hit: Hit, field: Field, message: Message) -> Severity | None:
    """Only about this customer; what the customer said in this thread is for a person, not a fault."""
    said = field.sentence(hit.start)
    if (not _SECOND_PERSON.search(said) and field.name == "body") or is_disowned(hit, field, message):
        return None
    if is_supposed(field.tight.text, hit.start) or _GENERAL.search(said):
        return None
    raised = message.context.customer.facts.get("customer_said_in_thread")
    ticket = message.context.open_ticket
    if raised or (ticket is not None and ticket.is_open and re.search(r"bereav|hardship|medical|vulner", ticket.type)):
        return Severity.HUMAN
    return Severity.BLOCK


_ADVICE = sieve(
    r"(?:您|你)(?:说|提到)|医生|就医|(?<![a-z])(?:you said|you mentioned|doctor|gp|midwife|pharmacist)(?![a-z])"
)


def _medical(hit: Hit, field: Field, message: Message) -> Severity | None:
    """Sending somebody to a doctor with what they told us claims nothing."""
    if is_disowned(hit, field, message):
        return None
    said = field.sentence(hit.start)
    asks = re.search(
        r"请(?:先)?(?:问|咨询|看)|(?<![a-z])(?:ask|check with|speak to|talk to|see) (?:your|a|the)(?![a-z])", said
    )
    return None if asks and _ADVICE.search(said) else hit.severity


_SWITCHES_OFF = sieve(
    r"关闭|关掉|停用|退出|不再|(?<![a-z])(?:turn|switch) (?:it |this |them )?off|opt out|disable|delete"
)


def _watched(hit: Hit, field: Field, message: Message) -> Severity | None:
    """What the customer told us, what is only supposed, and how to end being watched are no watching."""
    text = field.tight.text
    before, _, _ = text[: hit.start].rpartition("。")
    if (
        is_supposed(text, hit.start)
        or is_supposed(text, hit.start + 1)
        or told_by_customer(text, hit.start)
        or told_by_customer(text, hit.start + 2)
    ):
        return None
    if re.match(r"(?:if|when|should) ", text[hit.start : hit.end]):
        return None
    counted = re.search(r"\d|次|遍|twice|times|minutes", text[hit.start : hit.end])
    return None if _SWITCHES_OFF.search(field.sentence(hit.start)) and not counted else hit.severity


_OWN_PAGE = sieve(
    r"(?:app|小程序|官网|官方|页面|网页|登录页|登录时|设置|网点|柜台|atm|收银台|自助机|门锁|快递柜|柜子|路由器|盒子|说明书)|(?<![a-z])(?:app|website|site|page|screen|settings|portal|atm|router|box|keypad|label|checkout|till|terminal|sign-?in|store)(?![a-z])"
)
_TO_US = sieve(
    r"(?:发|告诉|告知|报|念|给|回复|回传|私信|留言|写)\w{0,4}(?:我|我们|客服|这里|过来|一下|本|邮件|对话)|对话|聊天|回信|回复|(?<![a-z])(?:me|us|here|reply(?:ing)?|this (?:chat|email|e-mail|message)|back)(?![a-z])"
)
_TO_ANOTHER = sieve(
    r"(?:给|到)(?:您的?)?(?:新|对方|携入|转入|接入)\w{0,4}(?:运营商|公司|方|机构|银行)|(?<![a-z])(?:to|with) (?:your |the )?new (?:carrier|provider|bank|network|supplier|operator|company)(?![a-z])"
)
_SEEN_IN_PERSON = sieve(r"(?:出示|携带|带上?|带好|凭)\w{0,6}身份证(?!.{0,6}(?:照|拍|发))")
_WARNS = sieve(
    r"(?:不会|从不|绝不|永远不|不要|别|勿|切勿|无需|不用|不必|不需要|谨防|警惕|凡是|任何人|骗)|(?<![a-z])(?:never|don't|do not|won't|will not|no need|needn't|without|beware|scam\w*|anyone who|nobody|no one)(?![a-z])"
)


def _secret(hit: Hit, field: Field, message: Message) -> Severity | None:
    """A secret typed into our own page, shown at a counter or given to a new carrier is where it belongs."""
    text = field.tight.text
    start, end = field.sentence_at(hit.start)
    said, clause = text[start:end], text[max(start, hit.start - 30) : min(end, hit.end + 30)]
    if _TO_ANOTHER.search(said) or _SEEN_IN_PERSON.search(said):
        return None
    if _OWN_PAGE.search(clause) and not _TO_US.search(clause):
        return None
    near = re.split(r"[，,；;]", text[start : hit.end])[-1]
    warned = _WARNS.search(near) or (_WARNS.search(said) and not _BUT_US.search(said))
    return None if warned or is_disowned(hit, field, message) else hit.severity


_BUT_US = sieve(
    r"(?:只|仅|但|可以|除了)\w{0,4}(?:发|告诉|给|报|回)|(?<![a-z])(?:but|except|only|just) (?:\w+ ){0,2}(?:us|me|send|tell|give|reply)(?![a-z])|(?:请|麻烦)\w{0,12}(?:发|告诉|报|回复)|(?<![a-z])please(?![a-z])"
)


# --- the table --------------------------------------------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    Rule(
        "ABSOLUTE_TERM",
        50,
        "Honest praise",
        "Advertising Law art. 9(3); SAMR guide on absolute terms (2023); FTC on substantiation",
        Severity.BLOCK,
        _absolute,
        examples=(
            broken("我们的茶是全国最好的。"),
            broken("口碑第一，品质顶级。"),
            broken("茶壶，最 佳 的 选 择。"),
            broken("我们zui佳的茶。"),
            broken("没有哪家的茶比得上我们。"),
            broken("最受欢迎的茶壶。", because="weak: a person looks"),
            broken("We are the best shop there is.", language="en"),
            broken("Nobody beats our prices, the lowest prices around.", language="en"),
            fine("最近还好吗？最晚明天发出，您最喜欢的茶到了。"),
            fine("7到21天是最佳赏味期，最好密封保存。"),
            fine("第一次下单请在首页查看最新物流，我们努力做到最好。"),
            fine("没有绝对安全的说法，也不敢说最好。"),
            fine("All the best, and best wishes. We'll do our best.", language="en"),
            fine("I can't say which shop is cheapest.", language="en"),
            fine("Dear Ms Best, thank you.", language="en", changes={"customer": {"name": "Dana Best"}}),
        ),
    ),
    Rule(
        "MEDICAL_CLAIM",
        51,
        "Health",
        "Advertising Law art. 16-18; Food Safety Law art. 73; UCPD Annex I no. 17",
        Severity.BLOCK,
        by_list("MEDICAL_CLAIM", "It claims a cure or a medical effect. Take it out.", _medical),
        examples=(
            broken("这款茶能降血压、治失眠。"),
            broken("Our tea relieves migraines, doctors recommend it.", language="en"),
            fine("这款茶不含咖啡因，晚上也能喝。"),
            fine("Treat the board with oil; it cures in two days. Treat yourself gently.", language="en"),
        ),
    ),
    Rule(
        "CHURN_REVEAL",
        52,
        "Not being reduced to a score",
        "House rule",
        Severity.BLOCK,
        by_list("CHURN_REVEAL", "It tells the customer how we score or segment people. Take it out."),
        examples=(
            broken("系统预测您可能离开我们。"),
            broken("您是我们的高价值客户。"),
            broken("You are on our at-risk customers list.", language="en"),
            fine("好久没见您，最近还好吗？"),
            fine("Use the churn butter mould cold.", language="en"),
        ),
    ),
    Rule(
        "SENSITIVE_INFER",
        53,
        "What nobody may guess",
        "PIPL art. 28-29; GDPR art. 9",
        Severity.BLOCK,
        by_list("SENSITIVE_INFER", "It guesses at health, faith, money troubles or grief. Leave it out.", _sensitive),
        examples=(
            broken("恭喜您怀孕啦，孕妈专区已开启。"),
            broken("It seems you are struggling financially.", language="en"),
            broken(
                "得知您生病住院，病情要紧。", changes={"customer": {"facts": {"customer_said_in_thread": "患病住院"}}}
            ),
            fine("天凉了，注意保暖。"),
            fine("The gift shop has new cards.", language="en"),
        ),
    ),
    Rule(
        "SURVEILLANCE",
        54,
        "Not being watched",
        "PIPL art. 6; GDPR art. 5(1)(a)",
        Severity.BLOCK,
        by_list(
            "SURVEILLANCE", "It shows that we watched the customer. Speak of orders, not of looks and clicks.", _watched
        ),
        examples=(
            broken("我们注意到您昨晚浏览了茶壶三次。"),
            broken("We noticed you looked at the kettle four times.", language="en"),
            fine(
                "您8月下单的茶壶用得还顺手吗？",
                changes={"customer": {"facts": {"last_order": {"date": "2026-08-11", "item": "茶壶"}}}},
            ),
            fine("You can view all orders in your account.", language="en"),
        ),
    ),
    Rule(
        "TONE_PRESSURE",
        58,
        "Freedom to stay away",
        "UCPD Annex I no. 30; house rule",
        Severity.BLOCK,
        by_list("TONE_PRESSURE", "It presses with guilt, shame or pity. Leave the customer free."),
        examples=(
            broken("您真的忍心吗，小编都哭了。"),
            broken("Jenny may lose her job. How could you?", language="en"),
            broken("It's been quiet without you.", language="en", because="mild: a person looks"),
            fine("好久没见您，有空来坐坐。"),
            fine("We miss you. No pressure at all.", language="en"),
            fine("You owe us nothing.", language="en"),
        ),
    ),
    Rule(
        "TONE_THREAT",
        58,
        "Freedom from fear",
        "UCPD art. 8-9",
        Severity.BLOCK,
        by_list("TONE_THREAT", "It threatens. Say what is true without the threat, or nothing."),
        examples=(
            broken("再不登录，您的账户将被注销。"),
            broken("Pay now or we'll close your account.", language="en"),
            fine("您的账户一切正常，不会被注销。"),
            fine("Your account stays open as long as you like.", language="en"),
        ),
    ),
    Rule(
        "TONE_INSULT",
        58,
        "Respect",
        "House rule",
        Severity.BLOCK,
        by_list("TONE_INSULT", "It insults or blames. Write it as you would to a guest."),
        examples=(
            broken("这都不会，怪您自己。"),
            broken("Well, genius, read the label.", language="en"),
            fine("不是您的问题，是我们没写清楚。"),
            fine("That is a good question.", language="en"),
            broken("这是您自己的问题。"),
            fine("个人信息是您自己的，账户是您自己的还是家人的？"),
        ),
    ),
    Rule(
        "CREDENTIAL_REQUEST",
        7,
        "Accounts and money",
        "House rule against phishing",
        Severity.BLOCK,
        by_list("CREDENTIAL_REQUEST", "It asks for a secret. We never do.", _secret),
        examples=(
            broken("请把验证码发给我。"),
            broken("Please send your full card number.", language="en"),
            fine("请勿将验证码告诉任何人。"),
            fine("We will never ask you to share your password.", language="en"),
            broken("验证码别告诉别人，只发给我。"),
            fine("身份证照片请先不要发来。卡号、密码、验证码请一概不要发给任何人。", because="a warning"),
        ),
    ),
    Rule(
        "OFF_PLATFORM",
        8,
        "A trail that can be followed",
        "House rule against fraud",
        Severity.BLOCK,
        by_list("OFF_PLATFORM", "It leads to a private account. Keep to the brand's own channels."),
        examples=(
            broken("加我微信详聊。"),
            broken("Just message me on WhatsApp.", language="en"),
            fine("请在App内联系客服。"),
            fine("Message us in the app.", language="en"),
        ),
    ),
)
