"""Something given along without a number or a coupon: a thing put into the box, a step up, a sum rounded down.

Told in a giver's words: who puts more into it, moves somebody up, takes something off. What the customer ordered, and
the papers that go with any parcel, are no gift.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.guardrails.licence import Licence, content
from agent.language.sieve import sieve

_PUT_IN = sieve(
    r"(?:另|多|加|再|额外|悄悄|偷偷|随单|随货|随箱|随信|箱子?里|盒子?里|包裹里|一并)\w{0,5}?"
    r"(?:送(?!达|到|货|上门|回|修)|赠|附(?:上|赠|了)|放(?:了|进)|装(?:了|上)|塞(?:了|进)|加(?:了|上)|备(?:了|好))(?:您"
    r"|给您|上)?"
    r"(?P<what>[\u4e00-\u9fff0-9]{1,10})"
    r"|(?<![a-z])(?:we|i)(?:'ve| have|'ll| will)?(?: also| just| quietly| even)? (?:put|tucked|slipped|popped"
    r"|thr[eo]w(?:n)?|added|included|packed)"
    r"(?: you)?(?: in)? (?P<thing>(?:a|an|some|two|three|another|an extra|a little|a few|a couple of|a bag of"
    r"|a box of)(?: [a-z-]+){1,5})"
)
_STEP_UP = sieve(
    r"(?:给您|帮您|为您|把您)\w{0,6}?(?:升(?:级|到|成|为)|提(?:到|升))(?:到|为|成|至)?\w{0,6}?(?:卡|级|等|档|版|舱|房"
    r"|会员|套餐)"
    r"|(?<![a-z])(?:we|i)(?:'ve| have|'ll| will)? (?:moved|upgraded|bumped|promoted) you (?:up )?(?:to|a|into"
    r"|from)(?: \w+){1,3}"
)
_TAKEN_OFF = sieve(
    r"(?:抹|去|免)(?:了|掉|去|个|您)*零头|少(?:收|算)您?(?:一?点|些|几)|(?:给|帮)您便宜(?:一?点|些|几)|算您便宜"
    r"|(?:专享|内部|员工|成本|老客|老友|亲情)价"
    r"|备了\w{0,3}(?:薄礼|心意|礼物)|(?:薄礼|小心意|小惊喜)"
    r"|(?<![a-z])(?:taken|knock(?:ed)?|take|shav(?:e|ed)) (?:a (?:little|bit|few \w+)|something|some)(?: \w+)? off"
    r"|round(?:ed)? (?:it|that|the \w+) down"
    r"|(?:small|little|nice) (?:gift|surprise|something|present|treat)(?: \w+){0,3} (?:for you|waiting"
    r"|inside|in the box|with your)"
    r"|another (?:day|week|month|year|one)(?: \w+){0,2} on us|for a free [a-z]+|(?:coffee|drinks?|cake|lunch|first one"
    r"|next one|this one)(?: is|'s|s are) on (?:us|me)"
    r"|(?:price|rate) (?:only|just) (?:our |for )?(?:friends|regulars|you)(?![a-z])"
)
_PAPERS = sieve(
    r"发票|说明|贺卡|卡片|保修|质保|清单|单据|退货|标签|合同|收据|小卡|备注|图纸|教程|视频|照片|链接|目录|手册|地址"
    r"|号码|电话|截图|附件|条款|时间|冰袋|填充|缓冲|一层|订的|买的|要的"
    r"|(?<![a-z])(?:invoice|instruction|manual|receipt|label|card|note|leaflet|guide|list|link|photo|picture|video"
    r"|copy|copies|form|address|number"
    r"|ice|padding|paper|line|sentence|comment|reminder|day to|question|explanation|summary|column|table|page|step"
    r"|option|filter)"
)


def gifts(text: str, licence: Licence) -> Iterator[re.Match[str]]:
    """Of a folded text; a thing that an input speaks of is no gift of ours."""
    for match in _PUT_IN.finditer(text):
        what = match["what"] or match["thing"] or ""
        if not _PAPERS.search(match.group()) and not content(what) & content(licence.everything):
            yield match
    yield from _STEP_UP.finditer(text)
    yield from _TAKEN_OFF.finditer(text)
