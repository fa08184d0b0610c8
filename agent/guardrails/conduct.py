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
    r"您|你|是不是|恭喜|看过来|专区|专享|亲|根据|看来|似乎|(?<![a-z])(?:you(?:r|rs|'re|'ve|'ll)?"
    r"|congratulations|congrats|we guess|guess|as an?|for (?:new|expecting)|seems?|must be)(?![a-z])"
)


# the people a product is not for, an insurance of that name, a courtesy
_GENERAL = sieve(
    r"(?:孕妇|孕期|儿童|患者|过敏)\w{0,8}(?:慎用|禁用|请勿|不宜|不建议|遵医嘱|咨询医生)|人群\w{0,4}(?:慎|禁)"
    r"|(?<![a-z])(?:people|anyone|those|customers) (?:who|with)(?![a-z])|not (?:suitable|recommended) (?:for"
    r"|during)"
)


def _sensitive(hit: Hit, field: Field, message: Message) -> Severity | None:
    """Only about this customer; what the customer said in this thread is for a person, not a fault."""
    said = field.sentence(hit.start)
    if (not _SECOND_PERSON.search(said) and field.name == "body") or is_disowned(hit, field, message):
        return None
    if (
        is_supposed(field.tight.text, hit.start)
        or "的话" in field.tight.text[hit.end : hit.end + 6]
        or _GENERAL.search(said)
    ):
        return None
    raised = message.context.customer.facts.get("customer_said_in_thread")
    ticket = message.context.open_ticket
    courtesy = "早日康复" in said or "get well" in said
    if (
        raised
        or courtesy
        or (ticket is not None and ticket.is_open and re.search(r"bereav|hardship|medical|vulner", ticket.type))
    ):
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


def _watched(hit: Hit, field: Field, _: Message) -> Severity | None:
    """What the customer told us, what is only supposed, and how to end being watched are no watching."""
    text = field.tight.text
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


_HARMLESS = sieve(r"不会|不受|不影响|(?<![a-z])(?:won't|will not|not be|isn't|doesn't)(?![a-z])")


def _threat(hit: Hit, field: Field, _: Message) -> Severity | None:
    """逾期不会影响信用 calms; a question asks."""
    text = field.tight.text
    asks = field.sentence(hit.start).rstrip().endswith(("?", "？")) and hit.severity is Severity.HUMAN
    return None if asks or _HARMLESS.search(text[hit.start : hit.end]) else hit.severity


_CANNOT = sieve(r"(?<![a-z])(?:cannot|can't|won't|never|nothing|nobody|not|no)(?![a-z])")
_BUT_US = sieve(
    r"(?:只|仅|但|可以|除了)\w{0,4}(?:发|告诉|给|报|回)|(?<![a-z])(?:but|except|only|just) (?:\w+ ){0,2}(?:us"
    r"|me|send|tell|give|reply)(?![a-z])|(?:请|麻烦)\w{0,12}(?:发|告诉|报|回复)|(?<![a-z])please(?![a-z])"
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
            broken("我们家的茶，说第二没人敢说第一。"),
            broken("找遍全国也找不到第二家这样的茶铺。"),
            broken("这把壶永不褪色，零差评。"),
            broken("The warmest boards in the world, bar none.", language="en"),
            broken("You won't find a sturdier board anywhere.", language="en"),
            broken("Once you've tried ours, everything else tastes flat.", language="en"),
            fine("您问“是不是全国最好”，这话我们不敢说。"),
            fine("第几泡最好喝因人而异，最便宜的一档是试饮装。"),
            fine("每把壶有唯一的编号，水龙头转接头另配。"),
            fine('You saw "best tea on earth"? We don\'t write that.', language="en"),
            fine("Our cheapest plan suits most people, and we aim to be the best at listening.", language="en"),
            fine("The best place to reach us is the chat.", language="en"),
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
            broken("尿酸高的人喝半个月，指标就降下来了。"),
            broken("坚持喝，胃药都可以停了。"),
            broken("一个疗程见效，老中医秘方。"),
            broken("It keeps colds away and brings your cholesterol down.", language="en"),
            broken("Bin your painkillers: the pain is gone in a week.", language="en"),
            broken("Nine out of 10 doctors recommend it.", language="en"),
            fine("茶没有“治胃病”的说法，胃不舒服请看医生。"),
            fine("血压计的袖带可以单买。天凉注意保暖，预防感冒。"),
            fine("喝茶不能代替药物，请勿自行停药。"),
            fine("It isn't a remedy for anything; see your doctor about the headaches.", language="en"),
            fine("Wash cold to prevent fading, and stop using soap on it.", language="en"),
            fine("The valve eases pressure before you open the lid.", language="en"),
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
            broken("后台把您算在“高价值、易流失”那一档。"),
            broken("数据显示您有八成可能不再续费。"),
            broken("内部评级里您属于待挽回客户。"),
            broken("Our model gives you a 70% chance of leaving.", language="en"),
            broken("You're on a list of customers we expect to lose.", language="en"),
            broken("The algorithm has you down as a flight risk.", language="en"),
            fine("您属于金卡会员，系统显示积分已到账。"),
            fine("这款基金的风险等级是R2。"),
            fine("Our system shows your order has left.", language="en"),
            fine("There is a 40% chance of rain on delivery day.", language="en"),
            fine("You're a Gold member until March.", language="en"),
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
            broken("看您退得这么急，家里手头紧吧？"),
            broken("是不是刚丢了工作，才停的会员？"),
            broken("您常买素食，应该是信佛的吧。"),
            broken("Judging by your basket you must be diabetic.", language="en"),
            broken("You seem short of money lately.", language="en"),
            broken("Now that you're a widow, a small pot will do.", language="en"),
            fine("您问的“癌症险”不归我们管。下礼拜三给您送货。"),
            fine("孕期人群慎用，您可以先问医生。"),
            broken("祝您早日康复。", because="who told us? a person looks"),
            fine("When are you expecting your parcel? The money is yours.", language="en"),
            fine("Thank you for your faith in us. Keep your whites separated.", language="en"),
            fine("Your account is disabled; the recovery code is on its way to you.", language="en"),
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
            broken("您这周把茶壶放进购物车又移出，前后三次。"),
            broken("系统记录到您在结算页停留了四分钟。"),
            broken("您连着两晚都在看这把壶。"),
            broken("You've opened the tea page twice today.", language="en"),
            broken("Our logs show five visits to the returns page.", language="en"),
            broken("You put the kettle in your basket, then took it out again.", language="en"),
            fine("您说您看了三遍也没找到入口，在右上角。"),
            fine("如果您打开了两次还是白屏，请卸载重装。"),
            fine("您这个月下了三单，都签收了。"),
            fine("If you opened it twice and it froze, reinstall it.", language="en"),
            fine("You told us you read the page three times, so here is the short way.", language="en"),
            fine("You opened the box and had to look twice. Sorry.", language="en"),
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
            broken("您说走就走，对得起我们这些人吗？"),
            broken("别的家长都给孩子报了，就您还没动静。"),
            broken("您再不来，小店就撑不下去了。"),
            broken("Every cancellation costs someone here their job.", language="en"),
            broken("Good parents don't stop halfway.", language="en"),
            broken("We've done so much for you. Is this how you repay us?", language="en"),
            fine("想走就走，没有什么不好意思的。"),
            fine("孩子落下的课可以看回放，不着急。"),
            fine("要是别的家长问起，可以转给他们。"),
            fine("Other parents ask about this too; the notes stay up.", language="en"),
            fine("If she falls behind, we can add a lesson.", language="en"),
            fine("We're sorry to see you go, and the door stays open.", language="en"),
        ),
    ),
    Rule(
        "TONE_THREAT",
        58,
        "Freedom from fear",
        "UCPD art. 8-9",
        Severity.BLOCK,
        by_list("TONE_THREAT", "It threatens. Say what is true without the threat, or nothing.", _threat),
        examples=(
            broken("再不登录，您的账户将被注销。"),
            broken("Pay now or we'll close your account.", language="en"),
            fine("您的账户一切正常，不会被注销。"),
            fine("Your account stays open as long as you like.", language="en"),
            broken("再给差评，我们可是知道您家住哪儿的。"),
            broken("不续约的话，您存的照片当天就删。"),
            broken("再投诉，就把您拉进黑名单。"),
            broken("Leave early and we'll report you to the credit agencies.", language="en"),
            broken("Take the review down or our lawyers will be in touch.", language="en"),
            broken("We have your address, so think carefully.", language="en"),
            fine("逾期的账单不会影响您的其他业务。"),
            fine("提前解约按剩余月份收费，您自己掂量一下。"),
            fine("您不续费也没关系，照片都还在。"),
            fine("If you cancel first, the number may be released.", language="en"),
            fine("Cancel and your photos stay where they are.", language="en"),
            fine("Your score will not change when you leave.", language="en"),
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
            broken("这么简单的账，小学生都会算。"),
            broken("自己不看说明，怪谁？"),
            broken("别人都会用，怎么就您不会。"),
            broken("A calculator might help you here.", language="en"),
            broken("You left it in the rain for a week. Genius.", language="en"),
            broken("Congratulations on breaking it in a day.", language="en"),
            fine("这么简单的事让您跑了三趟，是我们的不是。"),
            fine("您配合着寄回来，我们却慢了。"),
            fine("您真细心，别人都没看出来。"),
            fine("Some people prefer it black, and that's fine.", language="en"),
            fine("It's an easy one to miss: the switch is under the lid.", language="en"),
            fine("People like you keep a small shop going.", language="en"),
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
            broken("请在回信里写明卡号、动态码和支付密码。"),
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
        by_list("OFF_PLATFORM", "It leads to a private account. Keep to the brand's own channels."),
        examples=(
            broken("加我微信详聊。"),
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
