"""What is certain about a customer's name. Takes the fields as they came from a shop's table, gives NameParts.

A field that holds no name (NULL, 客户123, an e-mail address, a line break with more behind it) gives nothing: to greet
without a name is polite, to greet with a wrong one is not.
"""

from __future__ import annotations

import re
import unicodedata

from agent.domain import Customer
from agent.language.claims import is_no_name, speaks
from agent.language.masking.people import SURNAMES as COMMON
from agent.slots import NameParts

COMPOUND = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 "
    "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 百里 呼延 东郭 南门 拓跋 轩辕 西门 "
    "第五 淳于 单于 完颜 纳兰".split()
)
RARE = (
    "向位仇卓蔺蓝巩鹿敖宫池桑楼宗饶岑边褚尚储戚谈冉占晏訾佟宿商栾居冀佘卞习迟匡靖水应冼桓郎尧芮井邸苟寇明党逯粟由米贝连权"
    "原农扈门代仝年步封干双蒙鄢宓胥刁后战甯虞荆扬幸衣鞠逄麻亓矫沙湛都楚屠蒲惠查逢揭阙盘危荀羊於惠曲家隗仓巫乜晁缪焉弓牧"
    "隆仰仲伊宁仉岳帅郁单杭嵇裘咸籍景束井段富"
)
"""Surnames of one character beside the three hundred most common. What is none of them is taken for a name without
surname (阿木尔, 巴特尔): to say the whole of it is right in either case, 阿先生 would be a made-up person."""
SURNAMES = frozenset(COMMON + RARE)
NOBODY = frozenset(
    "null none nan n/a na nil undefined unknown test anonymous guest customer user admin member buyer "
    "客户 用户 会员 匿名 匿名用户 游客 测试 未知 无 买家 顾客 先生 女士 小姐".split()
)
GENDERS = {"m": "male", "male": "male", "男": "male", "男性": "male", "f": "female", "female": "female", "女": "female"}
GENDERS["女性"] = "female"
TITLES = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam)\.?\s+", re.IGNORECASE)
LONGEST = {True: 15, False: 40}


def read_name(customer: Customer) -> NameParts:
    """Only the parts that can be trusted; NameParts() when there are none."""
    full = clean_name(customer.name)
    given = clean_name(customer.given_name)
    gender = GENDERS.get((customer.gender or "").strip().lower())
    if full is None:
        return NameParts(full=given, given=given, gender=gender)
    if given == full:  # the shop keeps given names only, so the first character is no surname
        return NameParts(full=full, given=given, gender=gender)
    surname, guessed = _split_han(full) if _is_han(full) else _split_latin(full)
    return NameParts(full=full, surname=surname, given=given or guessed, gender=gender)


def clean_name(raw: str | None) -> str | None:
    if raw is None or re.search(r"[\r\n\t\x00]", raw.strip()):
        return None
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if not name or name.lower() in NOBODY or len(name) > LONGEST[_is_han(name)]:
        return None
    if not all(unicodedata.category(char)[0] in "LM" or char in " .'’-·•" for char in name):
        return None
    if is_no_name(name):  # 送您五百元, Free Gift Card
        return None
    if not any(char.isalpha() for char in name) or re.search(r"\w{2}\.\w", name):  # nothing, or a domain
        return None
    return name


LONGEST_TIER = 20


def clean_tier(raw: str | None) -> str | None:
    """A tier as it may stand in a message: short, on one line, and naming a rank rather than speaking."""
    tier = " ".join(unicodedata.normalize("NFC", raw or "").split())
    if not tier or len(tier) > LONGEST_TIER or speaks(tier):
        return None
    return tier if all(unicodedata.category(char)[0] in "LMN" or char in " .+-·★☆*" for char in tier) else None


def _is_han(name: str) -> bool:
    return bool(re.fullmatch(r"[\u3400-\u9fff·•]+", name))


def _split_han(name: str) -> tuple[str | None, str | None]:
    """欧阳嘉慧 -> 欧阳, 嘉慧 · 孙曼 -> 孙, 曼 · 阿依古丽·买买提, 阿木尔 -> no surname, 阿依古丽, 阿木尔."""
    if re.search("[·•]", name):
        return None, re.split("[·•]", name)[0]
    if name in COMPOUND:
        return name, None
    if len(name) >= 3 and name[:2] in COMPOUND:
        return name[:2], name[2:]
    if 2 <= len(name) <= 4 and name[0] in SURNAMES:
        return name[0], name[1:]
    return None, name


def _split_latin(name: str) -> tuple[str | None, str | None]:
    name = TITLES.sub("", name)
    words = name.split()
    if not words:
        return None, None
    if len(words) == 1:
        return None, _cased(words[0])
    return _cased(words[-1]), _cased(words[0]) if len(words[0].strip(".")) > 1 else _cased(" ".join(words[:2]))


def _cased(word: str) -> str:
    """MARY -> Mary, o'brien -> O'Brien; a name with its own mixture of cases is left alone."""
    if not (word.isupper() or word.islower()) or len(word) < 2:
        return word
    return re.sub(r"(^|[-'’ .])(\w)", lambda match: match[1] + match[2].upper(), word.lower())
