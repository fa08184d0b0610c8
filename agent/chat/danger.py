"""Words that no rule of a shop answers: somebody is hurt, in danger, or must know whether something harms them.

Takes words, gives what is the matter, or "". Wide on purpose: a colleague who is called for nothing loses a minute.
"""

from __future__ import annotations

import re

from agent.language.spoken import fold

LIFE, HARM, ALLERGY, POLICE = "life", "harm", "allergy", "police"
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        LIFE,
        re.compile(
            r"(?:不想|不愿|没法|不能)(?:再)?活|活不下去|(?<!笑)(?<!累)(?<!烦)想死(?!你)|自杀|自残|轻生|了结自己"
            r"|结束(?:我的?|自己的?)生命"
            r"|\b(?:kill(?:ing)? myself|suicid\w*|end (?:my|it all) ?(?:life)?|(?:don'?t|do not) want to (?:live"
            r"|be alive|go on)"
            r"|hurt(?:ing)? myself|self[- ]harm)\b"
        ),
    ),
    (
        HARM,
        re.compile(
            r"[烫烧割划砸炸夹扎咬灼刺]伤|流血|出血|受伤|骨折|中毒|窒息|触电|漏电|起火|着火|冒烟|爆炸"
            r"|(?<![美帅酷香气笑爽])炸(?:了|开|裂)"
            r"|送医|急诊|住院|[去进上]了?医院|误[食吞]|[吞咽]下去?了|上吐下泻|拉肚子|腹泻|呕吐|食物中毒"
            r"|缝了?[\d一二两三四五六七八九十几]*针"
            r"|(?:(?<!把)(?<!扶)手(?!机|表|柄|提)|脚|腿|脸|嘴|头|胳膊|孩子|宝宝|老人)\w{0,4}(?:划|割|扎|刺|烫|砸|夹|烧"
            r"|咬|碰|崩)(?:破|伤|到|着"
            r"|了|开)|(?:划|割|扎|刺)破了?(?:手|脚|脸|嘴|腿)|把手(?:划|割|夹|扎|刺)(?:破|伤|出血)"
            r"|(?:烧|点|燎)着了|着了火|火苗|里(?:面)?有(?:玻璃|刀片|铁丝|针头|碎渣)|玻璃(?:渣|碴|碎片)"
            r"|[喝吃用涂抹]了?\w{0,6}(?:以?后|就|之后)?\w{0,4}(?:吐了?|不舒服|难受|起(?:疹|红点|泡)|头晕|发烧)"
            r"|\b(?:bleed(?:ing|s)?|injur(?:ed|y|ies)|cut (?:myself|himself|herself)|burn(?:t|ed|s)? (?:me"
            r"|myself|my|his|her|him|our)"
            r"|scald\w*|poison(?:ed|ing)?|electric shock|electrocut\w*|caught fire|on fire|explod(?:ed|ing)|hospital"
            r"|emergency room"
            r"|ambulance|chok(?:ed|ing)|stitch(?:es|ed)|swallow(?:ed|ing)|vomit\w*|thr(?:ew|ow(?:n|ing)?) up|diarrh\w+"
            r"|food poisoning"
            r"|shards?|splinters?|razor|(?:cut|sliced|crushed|trapped|scraped|hurt) (?:my|his|her|our|their"
            r"|a) (?:\w+ )?(?:hand|finger|thumb|foot|leg|arm|face|lip|mouth|knee|eye|skin|head|toe|palm|tongue|gum"
            r"|wrist|neck|son|daughter|child|baby|kid|feet)s?"
            r"|(?:sick|ill|unwell|dizzy|a rash|hives|blisters?) (?:after|from|since)|broke out in|hot (?:oil|water|tea"
            r"|soup|wax)(?: \w+)? (?:on|over|all over)"
            r"|(?:set|sets|setting) (?:the |my |our )?\w+ (?:on fire|alight))\b"
        ),
    ),
    (ALLERGY, re.compile(r"过敏|\b(?:allerg(?:y|ies|ic)|anaphyla\w*)\b")),
    (
        POLICE,
        re.compile(
            r"报警|报案|派出所|曝光|找(?:媒体|记者)|\b(?:call(?:ing)? the police|go(?:ing)? to the (?:police|press"
            r"|papers|media))\b"
        ),
    ),
)


def danger_in(question: str) -> str:
    """LIFE, HARM, ALLERGY or POLICE, the gravest that the words tell of; "" for none."""
    words = fold(question[:2_000])
    return next((name for name, sign in _SIGNS if sign.search(words)), "")
