"""Claims about the goods that nobody can prove: above all others, and good for one's health."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list, is_disowned, unless_disowned
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

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


_NOT_IT = sieve(r"\w{0,4}?(?:它|这个|这款|我们)?(?:都|也)?(?:不会|做不到|不行|谈不上|不能|没有|管不了|治不了)")
_ADVICE = sieve(
    r"(?:您|你)(?:说|提到)|医生|就医|(?<![a-z])(?:you said|you mentioned|doctor|gp|midwife|pharmacist)(?![a-z])"
)


_NOTHING = sieve(r" (?:nothing|no (?:disease|illness|pain|one|body))")


def _medical(hit: Hit, field: Field, message: Message) -> Severity | None:
    """Sending somebody to a doctor with what they told us claims nothing."""
    if is_disowned(hit, field, message):
        return None
    said = field.sentence(hit.start)
    if _NOTHING.match(field.tight.text, hit.end) or _NOT_IT.match(field.tight.text, hit.end):
        return None
    asks = re.search(
        r"请(?:先)?(?:问|咨询|看)|(?<![a-z])(?:ask|check with|speak to|talk to|see) (?:your|a|the)(?![a-z])", said
    )
    return None if asks and _ADVICE.search(said) else hit.severity


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
            broken("Two weeks of it and your knees stop hurting.", language="en"),
            fine("You asked whether it will lower your cholesterol. No, we never said so.", language="en"),
            fine("Wash cold to prevent fading, and stop using soap on it.", language="en"),
            fine("The valve eases pressure before you open the lid.", language="en"),
        ),
    ),
)
