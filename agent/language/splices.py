"""Terms spelled in disguise: a sign of a Chinese term as its sound (bao本), in pieces (亻尤惠) or as a look-alike.

Takes folded, tight text; tells where and which term is meant. Whether the term may be said is nobody's business here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from agent.language.normalise import HANZI
from agent.language.sieve import sieve

# sign: its sound, then pieces and look-alikes by which it is dressed up
_DRESSES = {
    "保": "bao 葆 亻呆", "本": "ben", "息": "xi", "收": "shou", "益": "yi", "免": "mian", "费": "fei",
    "单": "dan", "最": "zui 蕞 朂 嶵 㝡", "佳": "jia 亻圭", "低": "di 亻氐", "优": "you 亻尤",
    "好": "hao 女子", "第": "di 弟", "一": "yi 壹", "顶": "ding 鼎", "级": "ji", "极": "ji 木及",
    "品": "pin", "唯": "wei 口隹", "微": "wei 薇 溦 徽 嶶", "信": "xin 亻言", "惠": "hui", "返": "fan",
    "现": "xian", "包": "bao", "过": "guo", "贷": "dai", "款": "kuan", "红": "hong", "中": "zhong",
    "奖": "jiang", "转": "zhuan", "账": "zhang", "验": "yan", "证": "zheng", "码": "ma", "密": "mi",
    "国": "guo", "家": "jia", "全": "quan", "网": "wang", "折": "zhe", "扣": "kou", "内": "nei",
    "部": "bu", "价": "jia", "私": "si", "聊": "liao", "根": "gen", "治": "zhi 氵台", "疗": "liao",
    "愈": "yu", "消": "xiao", "炎": "yan", "抗": "kang", "癌": "ai", "效": "xiao", "稳": "wen",
    "赚": "zhuan", "首": "shou", "选": "xuan", "冠": "guan", "军": "jun", "加": "jia", "钱": "qian",
    "零": "ling 0", "风": "feng", "险": "xian", "流": "liu", "失": "shi", "强": "qiang 弓虽",
}  # fmt: skip
_TERMS = (
    "保本 保息 保收益 免费 免单 最佳 最低 最低价 最优 最好 最强 第一 顶级 极品 唯一 微信 优惠 返现 "
    "包过 贷款 红包 中奖 转账 验证码 密码 国家级 全网 折扣 内部价 私聊 根治 治疗 治愈 消炎 抗癌 疗效 "
    "稳赚 赚钱 首选 冠军 加微信 零风险 流失"
).split()
_GAP = r"[\W_]{0,2}"


def _is_dressed(text: str) -> bool:
    """Whether any dress stands in the text at all: few texts hold one, and they alone are read term by term."""
    if text.isascii():  # each disguise keeps a Chinese sign
        return False
    return not _SOUNDS.isdisjoint(_LATIN.findall(text)) or any(odd in text for odd in _ODD)


_LATIN = re.compile(r"[a-z0-9]+")
_ALL_DRESSES = frozenset(dress for sign in "".join(_TERMS) for dress in _DRESSES[sign].split())
_SOUNDS = frozenset(dress for dress in _ALL_DRESSES if dress.isascii())
_ODD = tuple(sorted(_ALL_DRESSES - _SOUNDS))


def _ways(term: str) -> Iterator[str]:
    """Every spelling with at least one sign in disguise and at least one Chinese character."""
    choices = [[sign, *_DRESSES[sign].split()] for sign in term]
    for spelling in product(*choices):
        if spelling == tuple(term) or all(part.isascii() for part in spelling):
            continue
        yield _GAP.join(_whole(part) for part in spelling)


def _whole(part: str) -> str:
    return rf"(?<![a-z0-9]){part}(?![a-z0-9])" if part.isascii() else part


_DISGUISES = tuple((sieve("|".join(_ways(term))), term) for term in _TERMS)


@lru_cache(maxsize=64)
def spliced_terms(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where a term stands in disguise, and which term. Kept for a while: every list of the house asks it of a text."""
    if not _is_dressed(text):
        return ()
    return tuple((*match.span(), term) for pattern, term in _DISGUISES for match in pattern.finditer(text))


_PIECE = sieve(rf"[亻氵讠扌忄钅饣纟犭礻衤刂艹宀疒辶丬][{HANZI}]|[\u2e80-\u2fdf]")


def odd_characters(text: str) -> Iterator[tuple[int, int]]:
    """Characters that no writer of Chinese types: Japanese forms (歩 for 步), radicals, characters taken to pieces."""
    if text.isascii():
        return
    for match in _PIECE.finditer(text):
        yield match.span()
    if any(map(_is_japanese_only, set(text))):
        yield from ((at, at + 1) for at, char in enumerate(text) if _is_japanese_only(char))


@lru_cache(maxsize=8192)
def _is_japanese_only(char: str) -> bool:
    is_sign = "\u3400" <= char <= "\u9fff"
    return is_sign and not _is_in(char, "gb2312") and not _is_in(char, "big5") and _is_in(char, "shift_jis")


def _is_in(char: str, table: str) -> bool:
    try:
        char.encode(table)
    except UnicodeEncodeError:
        return False
    return True


# letters that are digits, or signs: ph0ne, fr33, ch3apest, c@sh
_LEET = str.maketrans("013457@$€", "oieastase")
_LEET_WORD = sieve(r"(?<![\w@$.:/-])(?=[a-z@$€]*[013457@$€])(?=[013457@$€]*[a-z])[a-z013457@$€]{3,16}(?![\w@/-])")
_SAID_IN_LEET = frozenset(
    """
    free phone cheap cheapest best beat beatable unbeatable guaranteed guarantee discount sale cash money deal offer
    win winner prize gift cure cures sex porn viagra click lowest price prices bonus loan loans credit profit risk
    riskfree safe refund urgent whatsapp telegram venmo paypal account password verify miracle weight pills crypto
    bitcoin investment heal heals
    """.split()
)


def leet_words(text: str) -> Iterator[tuple[int, int, str]]:
    """English words with digits in place of letters, where what they play is a word of selling or cheating."""
    for match in _LEET_WORD.finditer(text):
        word = match.group().translate(_LEET)
        if word in _SAID_IN_LEET and not match.group().isdigit():
            yield *match.span(), word
