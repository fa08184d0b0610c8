"""What swindlers write: asking for a secret, or leading to a private account."""

from __future__ import annotations

import re

from agent.domain import Severity
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list, is_disowned
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_OWN_PAGE = sieve(
    r"(?:app|小程序|官网|官方|页面|网页|登录页|登录时|设置|网点|柜台|atm|收银台|自助机|门锁|快递柜|柜子"
    r"|路由器|盒子|说明书)|(?<![a-z])(?:app|website|site|page|screen|settings|portal|atm|router|box|keypad"
    r"|label|checkout|till|terminal|sign-?in|store)(?![a-z])"
)

_TO_US = sieve(
    r"(?:发|告诉|告知|报|念|给|回复|回传|私信|留言|写)\w{0,4}(?:我|我们|客服|这里|过来|一下|本|邮件|对话)"
    r"|对话|聊天|回信|回复|(?<![a-z])(?:me|us|here|reply(?:ing)?|this (?:chat|email|e-mail|message)"
    r"|back)(?![a-z])"
)

_TO_ANOTHER = sieve(
    r"(?:给|到)(?:您的?)?(?:新|对方|携入|转入|接入)\w{0,4}(?:运营商|公司|方|机构|银行)|(?<![a-z])(?:to"
    r"|with) (?:your |the )?new (?:carrier|provider|bank|network|supplier|operator|company)(?![a-z])"
)

_SEEN_IN_PERSON = sieve(r"(?:出示|携带|带上?|带好|凭)\w{0,6}身份证(?!.{0,6}(?:照|拍|发))")

_WARNS = sieve(
    r"(?:不会|从不|绝不|永远不|不要|别|勿|切勿|无需|不用|不必|不需要|谨防|警惕|凡是|任何人|骗)"
    r"|(?<![a-z])(?:never|don't|do not|won't|will not|no need|needn't|without|beware|scam\w*|anyone who"
    r"|nobody|no one)(?![a-z])"
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
    if _CANNOT.search(text[hit.start : hit.end]):
        return None
    near = re.split(r"[，,；;]", text[start : hit.end])[-1]
    warned = _WARNS.search(near) or (_WARNS.search(said) and not _BUT_US.search(said))
    return None if warned or is_disowned(hit, field, message) else hit.severity


def _private(hit: Hit, field: Field, message: Message) -> Severity | None:
    """What strangers offer, or what nobody can follow up, is warned of."""
    warned = _WARNS_OF_STRANGERS.search(field.sentence(hit.start))
    return None if warned or is_disowned(hit, field, message) else hit.severity


_WARNS_OF_STRANGERS = sieve(
    r"自称|冒充|假冒|骗子|诈骗|骗局|我们(?:也|都)?(?:查不到|保不了|追不回|帮不了|管不了)|(?:别|勿|不要)(?:理会|理他"
    r"|相信|轻信|上当|转)"
    r"|谨防|警惕"
    r"|(?<![a-z])(?:pretend\w*|claiming to be|impersonat\w+|scam\w*|fraud\w*|beware"
    r"|we (?:can't|cannot) (?:trace|protect|cover|help with|get (?:it|them|that) back))(?![a-z])"
)

_CANNOT = sieve(r"(?<![a-z])(?:cannot|can't|won't|never|nothing|nobody|not|no)(?![a-z])")

_BUT_US = sieve(
    r"(?:只|仅|但|可以|除了)\w{0,4}(?:发|告诉|给|报|回)|(?<![a-z])(?:but|except|only|just) (?:\w+ ){0,2}(?:us"
    r"|me|send|tell|give|reply)(?![a-z])|(?:请|麻烦)\w{0,12}(?:发|告诉|报|回复)|(?<![a-z])please(?![a-z])"
)


RULES: tuple[Rule, ...] = (
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
            broken("请在回信里写明卡号、动态码和支付密码。"),
            broken("骗子很多，请当心。为了安全，请把密码告诉我，我们不会这样对别人。"),
            broken("Just snap both sides of your driver's license and drop the pictures here.", language="en"),
            broken("身份证拍个照发我，马上给您办。"),
            broken("您把短信里那六位数字念给我听。"),
            broken("Read me the code that just came through on your phone.", language="en"),
            broken("I need the long number and the three digits on the back.", language="en"),
            broken("Put your password in your reply and I'll look.", language="en"),
            fine("请在App登录页输入验证码。"),
            fine("办理时请带好身份证到门店。"),
            fine("您那张卡的后四位是0087，对吗？"),
            fine("Give the PIN to your new provider and never to us.", language="en"),
            fine("Could you confirm the last four digits of your card?", language="en"),
            fine("Enter the six-digit code on the sign-in screen.", language="en"),
        ),
    ),
    Rule(
        "OFF_PLATFORM",
        8,
        "A trail that can be followed",
        "House rule against fraud",
        Severity.BLOCK,
        by_list("OFF_PLATFORM", "It leads to a private account. Keep to the brand's own channels.", _private),
        examples=(
            broken("加我微信详聊。"),
            broken("加我微信私下转给我，平台查不到的。", because="who cannot trace it is the bait, not a warning"),
            broken("Pay me directly, the office can't trace it.", language="en"),
            fine("自称客服、让您把钱转到个人账户的，都别理会。"),
            broken("Just message me on WhatsApp.", language="en"),
            fine("请在App内联系客服。"),
            fine("Message us in the app.", language="en"),
            broken("钱直接转给师傅个人就行，不用走系统。"),
            broken("＋V：qinghe_xiaoli，价格好说。"),
            broken("扫我私人的码付，省得走平台。"),
            broken("Just Zelle me the difference.", language="en"),
            broken("Pay the driver in cash and skip the website.", language="en"),
            broken("Let's take this to Telegram, nobody needs to know.", language="en"),
            fine("付款请走官网，不要转给个人。"),
            fine("门店可以付现金，也可以刷卡。"),
            fine("我们的官方微信公众号里能查物流。"),
            fine("We take cash and cards at the counter.", language="en"),
            fine("You can pay by PayPal at checkout.", language="en"),
            fine("Never send money to anybody's private account.", language="en"),
        ),
    ),
)
