"""Whoever wants no program to choose what they are sent: said as a wish, or asked how.

Takes text, gives whether, and what else was said. Each sentence is read by itself: a question in one takes nothing from
the wish in the next. A carved name on a cup is another matter than a profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.language.spoken import fold

_NO_ZH = r"(?:关闭|关掉|关了|取消|停止|停掉|不要|不想要?|别|拒绝|退出|不同意|不接受|不允许|不许|禁止|反对|撤回|请勿|勿)"
_KIND_ZH = (
    r"(?:个性化(?!刻|定制|印|设计|包装|礼)(?:推荐|推送|营销|广告|内容|服务)?|自动化?(?:决策|营销决策)"
    r"|(?:用户|客户|消费者?)?画像|算法(?:推荐|推送)|精准(?:营销|推送)|定向(?:推送|广告|营销)|兴趣推荐)"
)
_WHO_ZH = r"(?:系统|机器|算法|程序|电脑|ai|大数据)"
_ADS = r"(?:ads?|adverts?|advertising|marketing|offers?|recommendations?|e-?mails?|texts?|targeting)"
_KIND_EN = (
    rf"(?:profiling|profiled|profile me|personali[sz](?:ed|ation)(?= {_ADS}\b| off\b|[.!,]*$)|automated (?:decision"
    rf"|processing|profiling|marketing)|algorithmic|track(?:ing)? me|targeted {_ADS})"
)
_WISH = re.compile(
    rf"{_NO_ZH}(?:你们)?(?:再)?(?:给我|对我|为我|把我|拿我|用|做|搞|发|推|使用|进行|我的?|你们的?|这种|任何|所有|的)*{_KIND_ZH}"
    rf"|{_KIND_ZH}(?:功能|设置)?(?:给我|帮我|请)?(?:关了?|关掉|关闭|取消|停掉?|停止)"
    rf"|撤回对?(?:你们的?|我的?)?{_KIND_ZH}的?(?:同意|授权)"
    rf"|(?:别|不要|不想|不许|不愿意?)(?:再)?(?:被|让|由|叫){_WHO_ZH}(?:来|替我|给我|帮我)?"
    r"(?:选|挑|决定|推荐|分析|判断|画像)(?!快递|时间|地址|颜色|款|尺码|配送|退款)"
    r"|(?:别|不要|不许|不同意|停止|禁止)(?:你们)?(?:再)?(?:分析|追踪|跟踪|收集|监控)我的?"
    r"(?:数据|记录|行为|浏览|购买|消费|喜好|习惯)"
    r"|(?:别|不要|不许|不同意|停止)(?:再)?(?:用|拿|把)我的?(?:数据|信息|记录|资料)\w{0,4}(?:推荐|营销|推广|分析|画像)"
    r"|\b(?:stop|no|no more|don'?t|do not|never|opt(?:ing)?(?: me)? out (?:of|from)|turn(?:ing)? off|switch off|disable"
    r"|refuse|object to|without|not consent to|withdraw(?: my)? consent (?:to|for))"
    r"(?: (?:to|want|any|all|the|your|my|me|being|be|do|make|making|use|using|with|for|about|of|this|that|kind|consent"
    rf"|agree|sending|marketing|and))* {_KIND_EN}"
    rf"|\bturn(?:ing)?(?: the| your| all)? {_KIND_EN}(?: {_ADS})? off\b|\bpersonali[sz]ation off\b"
    r"|\b(?:don'?t|do not|not) (?:want|let|like|have)?(?: to)?(?: have| let| be)?(?: a| an| your| any| some| the)* ?"
    r"(?:program|computer|machine|algorithm|ai|bot|system)s? (?:to )?(?:choos\w+|decid\w+|pick\w*|select\w*|profil\w+)"
    r"(?= (?:what|which|who|whom|things|for me|me|about me|my (?:offers|ads|marketing|messages))\b|[.!,]*$)"
)
_ASKED = re.compile(
    r"怎么|怎样|如何|在哪|哪里|能不能|可不可以|可以.{0,12}吗"
    r"|\b(?:how|where)\b(?!ever)|\b(?:possible|can i|could i|do you let|am i able)\b"
)
_NO_WISH = re.compile(
    r"为什么|为何|是不是|有没有|会不会|如果|要是|的话|之前|以前|曾经"
    r"|\b(?:why|does|do you|are you|is (?:this|it|there)|if|when|once|after|already|used to)\b"
)
_DENIED = re.compile(
    r"(?:不要|别|没有?(?:要|说|想)?|不是(?:要|想)?|不想|不用)(?:再)?(?:帮我|给我|把)?$"
    r"|\b(?:don'?t|do not|did ?n[o']t|never|not|received|receive|got|get|see|had|have|found)(?: to| want to)? $"
)
_AFTER = re.compile(r"(?:了|掉)?(?:之?后|以后|会|还|是否|有没有|影响)|,? (?:affect|mean|will|would)\b")
_SENTENCE = re.compile(r"(?<=[。！？!?;；\n])|(?<=\.) |(?<=[,，])")
_LINKED = re.compile(r"(?:^|[,，.。;；!！])\s*(?:和|以及|还有|并且?|也|and|also)\s*|\s+(?:and|or)\s*$")
ENDS = 600
"""Characters read at each end of a long text: a wish stands at its beginning or its end."""


def wants_no_profile(text: str) -> bool:
    """Whether somebody wants it ended; not who asks how, or supposes it, or says that they did not."""
    return any(_is_meant(match, said) and not _ASKED.search(said) for match, said in _spoken(text))


def asks_how_no_profile(text: str) -> bool:
    return not wants_no_profile(text) and any(bool(_ASKED.search(said)) for _, said in _spoken(text))


def speaks_of_profiling(text: str) -> bool:
    return any(True for _ in _spoken(text))


def said_besides(text: str) -> str:
    """What was said in the same breath."""
    return _LINKED.sub(" ", _WISH.sub(" ", " ".join(_lines(text)))).strip()


def _spoken(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each place that may be the wish, with its sentence."""
    for line in _lines(text):
        for said in _SENTENCE.split(line):
            for match in _WISH.finditer(said):
                yield match, said


def _is_meant(match: re.Match[str], said: str) -> bool:
    denied = _DENIED.search(said[: match.start()]) or _AFTER.match(said, match.end())
    return not denied and not _NO_WISH.search(said)


def _lines(text: str) -> list[str]:
    if len(text) > 2 * ENDS:
        text = f"{text[:ENDS]}\n{text[-ENDS:]}"
    return [fold(line) for line in text.splitlines()]
