"""Whoever wants no program to choose what they are sent: said as a wish, or asked how.

Takes text, gives whether, and what else was said. A carved name on a cup is another matter than a profile.
"""

from __future__ import annotations

import re

from agent.language.spoken import fold

_NO_ZH = r"(?:关闭|关掉|关了|取消|停止|停掉|不要|不想要?|别|拒绝|退出|不同意|不接受|不允许|不许|禁止|反对|撤回|请勿|勿)"
_KIND_ZH = (
    r"(?:个性化(?!刻|定制|印|设计|包装|礼)(?:推荐|推送|营销|广告|内容|服务)?|自动化?(?:决策|营销决策)|(?:用户|客户|消费者?)?画像"
    r"|算法(?:推荐|推送)|精准(?:营销|推送)|定向(?:推送|广告|营销)|兴趣推荐)"
)
_WHO_ZH = r"(?:系统|机器|算法|程序|电脑|ai|大数据)"
_WISH = re.compile(
    rf"{_NO_ZH}(?:你们)?(?:再)?(?:给我|对我|为我|把我|拿我|用|做|搞|使用|进行|我的?|你们的?|这种|任何|所有|的)*{_KIND_ZH}"
    rf"|{_KIND_ZH}(?:功能|设置)?(?:给我|帮我|请)?(?:关了?|关掉|关闭|取消|停掉?|停止)"
    rf"|撤回对?(?:你们的?|我的?)?{_KIND_ZH}的?(?:同意|授权)"
    rf"|(?:别|不要|不想|不许|不愿意?)(?:再)?(?:被|让|由|叫){_WHO_ZH}(?:来|替我|给我|帮我)?(?:选|挑|决定|推荐|分析|判断|画像)"
    r"|(?:别|不要|不许|不同意|停止|禁止)(?:你们)?(?:再)?(?:分析|追踪|跟踪|收集|监控)我的?(?:数据|记录|行为|浏览|购买|消费|喜好|习惯)"
    r"|\b(?:stop|no|no more|don'?t|do not|never|opt(?:ing)?(?: me)? out (?:of|from)|turn(?:ing)? off|switch off|disable"
    r"|refuse|object to|without|not consent to|withdraw(?: my)? consent (?:to|for))"
    r"(?: (?:to|want|any|all|the|your|my|me|being|be|do|make|making|use|using|with|for|about|of|this|that|kind))*"
    r" (?:profil(?:e|ing|ed)(?! (?:picture|photo|page|name))|personali[sz](?:ed|ation)(?= (?:ads?|adverts?|advertising"
    r"|marketing|offers?|messages?|content|recommendations?|e-?mails?|targeting|off)\b|[.!,]*$)|automated (?:decision"
    r"|processing|profiling|marketing)|algorithmic|tracking me"
    r"|targeted (?:ads?|adverts?|advertising|marketing|offers?))"
    r"|\b(?:don'?t|do not|not) (?:want|let|like|have)?(?: to)?(?: have| let| be)?(?: a| an| your| any| some| the)* ?"
    r"(?:program|computer|machine|algorithm|ai|bot|system)s? (?:to )?(?:choos\w+|decid\w+|pick\w*|select\w*|profil\w+)"
    r"|\bpersonali[sz]ation off\b"
)
_ASKED = re.compile(r"怎么|怎样|如何|在哪|哪里|\b(?:how|where)\b(?!ever)")
_WHY = re.compile(r"为什么|为何|是不是|有没有|会不会|\b(?:why|does|do you|are you|is (?:this|it|there))\b")
_LINKED = re.compile(r"(?:^|[,，.。;；!！])\s*(?:和|以及|还有|也|and|also)\s*|\s+(?:and|or)\s*$")
READ = 600


def wants_no_profile(text: str) -> bool:
    """Whether somebody wants it ended; not who asks how, or why there is one."""
    words = fold(text[:READ])
    return bool(_WISH.search(words)) and not _ASKED.search(words) and not _WHY.search(words)


def asks_how_no_profile(text: str) -> bool:
    words = fold(text[:READ])
    return bool(_WISH.search(words)) and bool(_ASKED.search(words))


def said_besides(text: str) -> str:
    """What was said in the same breath."""
    return _LINKED.sub(" ", _WISH.sub(" ", fold(text[:READ]))).strip()
