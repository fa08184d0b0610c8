"""Claims, privacy, tone: the rules that a word list decides, each with the reason and the inputs that bend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit, read_lexicons
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.normalise import fold
from agent.language.scripts import mixed_script_words
from agent.language.sieve import sieve

Judge = Callable[[Hit, Field, Message], Severity | None]


def by_list(rule: str, reason: str, judge: Judge | None = None) -> Callable[[Message], Iterator[Finding]]:
    """A check that reports what the rule's lists name; `judge` may soften a hit or let it go (None)."""

    def check(message: Message) -> Iterator[Finding]:
        lexicon = read_lexicons()[rule]
        for field in message.fields:
            text = field.masked(message)
            for hit in lexicon.hits(text):
                severity = judge(hit, field, message) if judge else hit.severity
                if severity is None or message.licence.in_clause(text[hit.start : hit.end]):
                    continue
                yield field.finding(rule, severity, reason, hit.start, hit.end, field.tight)
                if _is_spliced(hit, field):
                    hidden = "A listed term is spelled apart or in look-alike signs."
                    yield field.finding("MIXED_SCRIPT", Severity.BLOCK, hidden, hit.start, hit.end, field.tight)

    return check


# ①, ⓕ, 𝐛: signs that fold to letters and digits but are none
_DRESSED = sieve("[\u2460-\u24ff\u2776-\u2793\u3220-\u32ff\U0001d400-\U0001d7ff\U0001f100-\U0001f1e5]")


def _is_spliced(hit: Hit, field: Field) -> bool:
    start, end = field.tight.raw_span(hit.start, hit.end)
    raw = field.raw[start:end]
    return bool(_DRESSED.search(raw)) or len(fold(raw).text) > hit.end - hit.start or bool(mixed_script_words(raw))


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
    "ABSOLUTE_TERM", "It ranks our goods above all others, which nobody can prove. Say it plainly."
)


def _absolute(message: Message) -> Iterator[Finding]:
    yield from _absoluteby_list(message)
    yield from _evaded(message)


# --- what the inputs bend ---------------------------------------------------------------------------------------------

_SECOND_PERSON = sieve(
    r"您|你|恭喜|看过来|专区|专享|亲|根据|看来|似乎|(?<![a-z])(?:you(?:r|rs|'re|'ve|'ll)?"
    r"|congratulations|congrats|as an?|for (?:new|expecting)|seems?|must be)(?![a-z])"
)


def _sensitive(hit: Hit, field: Field, message: Message) -> Severity | None:
    """Only about this customer; what the customer said in this thread is for a person, not a fault."""
    if not _SECOND_PERSON.search(field.sentence(hit.start)) and field.name == "body":
        return None
    raised = message.context.customer.facts.get("customer_said_in_thread")
    ticket = message.context.open_ticket
    if raised or (ticket is not None and ticket.is_open and re.search(r"bereav|hardship|medical|vulner", ticket.type)):
        return Severity.HUMAN
    return Severity.BLOCK


_HUMAN_CLAIM = sieve(
    r"我(?:就|可)?是(?:一[个位名])?(?:真人|活人|真实的人|人工(?:客服)?(?!智能))|(?:不是|并非"
    r"|可不是)(?:机器人|ai|人工智能|程序|自动回复)|真人客服(?:小|在线|为您)|如假包换的真人"
    r"|(?<![a-z])(?:i'm|i am|you're (?:talking|chatting|speaking) (?:to|with)|this is) (?:a "
    r"|an )?(?:real|actual|living|genuine|true|human)(?: \w+)?(?: (?:person|human|being|agent"
    r"|woman|man))?|(?:not|isn't|no) (?:a |an )?(?:bot|robot|machine|ai|computer"
    r"|automated)(?![a-z])|(?<![a-z])i(?:'m| am) (?:a )?human(?![a-z])"
    r"|由真人|真人(?:一笔|手写|撰写|所写|写的)|(?:绝非|绝不是)机器"
    r"|(?<![a-z])(?:written|signed|typed|composed)(?: \w+)? by (?:a |an )?"
    r"(?:real|living|actual|human)(?: person| being| hand)?(?![a-z])"
)


def _human_claim(message: Message) -> Iterator[Finding]:
    if str(message.context.customer.facts.get("author_kind") or "bot").casefold() in (
        "human",
        "person",
        "agent",
        "rep",
    ):
        return
    for field in message.fields:
        for match in field.find(_HUMAN_CLAIM, field.tight):
            reason = "A machine wrote this and must not say that it is a person."
            yield field.finding("HUMAN_CLAIM", Severity.BLOCK, reason, *match.span(), field.tight)


# --- rivals -----------------------------------------------------------------------------------------------------------

_OTHERS = sieve(
    r"别家|别的(?:商家|店|平台|品牌|公司|运营商|银行|快递)|其他(?:商家|家|平台|品牌|公司|运营商"
    r"|银行|快递|店)|某(?:东|宝|多多|猫|音|信|行|团|商城|品牌|平台)|竞品|竞争对手|对手|同行|友商"
    r"|隔壁家|外面那些"
    r"|(?<![a-z])(?:other|rival|competing|those|most|some) (?:\w+ )?(?:carriers?|stores?|shops?"
    r"|brands?|companies|banks?|couriers?|networks?|providers?|retailers?|sellers?"
    r"|lenders?)(?![a-z])|(?<![a-z])(?:our )?(?:competitors?|rivals?|the competition)(?![a-z])"
)
_FIRM = sieve(
    r"[\u4e00-\u9fff]{2,4}(?:电信|通信|移动|联通|银行|物流|快递|速运|金融|理财|优选|商城|超市|严选|百货|保险|证券)"
    r"|(?:[A-Z][\w&'-]+ ){1,2}(?:Wireless|Mobile|Telecom|Bank|Savings|Express|Logistics|Couriers?"
    r"|Freight|Networks?|Cellular|Home|Goods|Outfitters|Insurance|Finance|Shipping|Parcel|Mart)"
)
_DISPARAGED = sieve(
    r"差|坑|乱|骗|慢|不如|垃圾|假|贵|烂|后悔|黑心|宰|扣费|丢件|暴力|失望|靠不住|不靠谱|跑路|爆雷"
    r"|没保障|忽悠|比不上|不行|偷工减料|翻新|质量堪忧"
    r"|(?<![a-z])(?:drops?|lies?|lied|rip|worse|worst|terrible|awful|hidden fees?|unreliable"
    r"|slow(?:er)?|overcharg\w+|scam\w*|cheat\w*|fake|junk|poor(?:ly)?|bad|loses?|lost|shady"
    r"|break\w*|fail\w*|expensive|overpriced|mediocre|rubbish|cut corners|can't (?:match|compete)"
    r"|don't care|never)(?![a-z])"
)
_COMPARED = sieve(r"比|相比|更|than|compared|unlike|versus|vs|switch|转投|换到")


def _rivals(message: Message) -> Iterator[Finding]:
    named = [fold(name).text for name in message.context.brand.competitors]
    for field in message.fields:
        text = field.masked(message)
        for start, end in _rival_spans(field, text, named):
            sentence = field.sentence(start)
            if _DISPARAGED.search(sentence.replace(text[start:end], "").replace("差异", "")):
                reason = "It runs down a rival. Speak of our own goods only."
                yield field.finding("COMPETITOR", Severity.BLOCK, reason, start, end, field.tight)
            elif any(name in text[start:end] for name in named) or _COMPARED.search(sentence):
                reason = "It names or compares a rival. A person decides."
                yield field.finding("COMPETITOR", Severity.HUMAN, reason, start, end, field.tight)


def _rival_spans(field: Field, text: str, named: list[str]) -> Iterator[tuple[int, int]]:
    for name in named:
        at = text.find(name)
        if name and at >= 0:
            yield at, at + len(name)
    for match in _OTHERS.finditer(text):
        yield match.span()
    for match in _FIRM.finditer(field.raw):
        # the mask shows which firms are our own or stand in the record
        start = next((i for i, raw in enumerate(field.tight.index_map) if raw >= match.start()), None)
        if start is not None and "\x1f" not in text[start : start + len(match.group())]:
            sentence = field.sentence(start)
            if _DISPARAGED.search(sentence) or _COMPARED.search(sentence):
                yield start, min(start + len(match.group()), len(text))


# --- the table --------------------------------------------------------------------------------------------------------

_BOT = {"customer": {"facts": {"author_kind": "bot"}}}
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
        by_list("MEDICAL_CLAIM", "It claims a cure or a medical effect. Take it out."),
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
        by_list("SURVEILLANCE", "It shows that we watched the customer. Speak of orders, not of looks and clicks."),
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
        "THIRD_PARTY",
        55,
        "Other people's privacy",
        "PIPL art. 28-30; GDPR art. 5(1)(c)",
        Severity.BLOCK,
        by_list("THIRD_PARTY", "It tells what somebody else did. Take it out."),
        examples=(
            broken("和您同小区的王女士上周买了两套。"),
            broken("Another customer named Sue ordered this twice.", language="en"),
            fine("送给朋友也合适。"),
            fine("You can add another customer to the family plan.", language="en"),
        ),
    ),
    Rule(
        "PRICE_DISCRIM",
        56,
        "One price for the same thing",
        "PIPL art. 24; consumer law regulations (2024) art. 9",
        Severity.BLOCK,
        by_list("PRICE_DISCRIM", "It makes the price depend on who the customer is. Take it out."),
        examples=(
            broken("因为您从不比价，这个价格只给您。"),
            broken("Because you never compare prices, this one is yours.", language="en"),
            fine("老客户和新客户价格一样。"),
            fine("Prices are the same for everybody.", language="en"),
        ),
    ),
    Rule(
        "COMPETITOR",
        57,
        "Fair play",
        "Advertising Law art. 13; Anti-Unfair-Competition Law; Lanham Act 43(a)",
        Severity.BLOCK,
        _rivals,
        examples=(
            broken("别家的茶又贵又差。"),
            broken("Other shops rip you off.", language="en"),
            broken("Oakline Home sells junk.", language="en", changes={"brand": {"competitors": ["Oakline Home"]}}),
            fine("您可以随时在其他渠道了解茶叶知识。"),
            fine("青禾茶铺不会乱收费。"),
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
        by_list("CREDENTIAL_REQUEST", "It asks for a secret. We never do."),
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
    Rule(
        "HUMAN_CLAIM",
        9,
        "Knowing whom one talks to",
        "EU AI Act art. 50(1); California B&P Code 17941",
        Severity.BLOCK,
        _human_claim,
        examples=(
            broken("我是真人客服小李，不是机器人。", changes=_BOT),
            broken("I'm a real person named Kate.", language="en", changes=_BOT),
            broken("这封信由真人一笔一画写成。"),
            broken("This letter was written by a living person.", language="en"),
            fine("我是智能客服，需要的话可以转人工。", changes=_BOT),
            fine("我是真人客服小李。", changes={"customer": {"facts": {"author_kind": "human"}}}),
            fine("A person on our team will help.", language="en", changes=_BOT),
        ),
    ),
)
