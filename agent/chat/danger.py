"""Words that no rule of a shop answers: somebody is hurt, in danger, or must know whether something harms them.

Takes words, gives what is the matter, or "". Wide on purpose: a colleague who is called for nothing loses a minute.
"""

from __future__ import annotations

import re

from agent.chat.intent import fold

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
            r"[烫烧割划砸炸夹扎咬灼刺]伤|流血|出血|受伤|骨折|中毒|窒息|触电|漏电|起火|着火|冒烟|爆炸|(?<![美帅酷香气笑爽])炸(?:了|开|裂)"
            r"|送医|急诊|住院|去医院|误食"
            r"|喝了?以?后(?:吐|不舒服)|吃了?以?后(?:吐|不舒服)"
            r"|\b(?:bleed(?:ing|s)?|injur(?:ed|y|ies)|cut (?:myself|my|his|her|our)\b.{0,20}|burn(?:t|ed|s)? (?:me"
            r"|myself|my|his|her|him|our)"
            r"|scald\w*|poison(?:ed|ing)?|electric shock|electrocut\w*|caught fire|on fire|explod(?:ed|ing)|hospital"
            r"|emergency room"
            r"|ambulance|chok(?:ed|ing))\b"
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
