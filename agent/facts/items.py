"""A name for an item that can be said in a sentence. A shop's title in; a short name out, or "" for none.

Titles are written for search, not for people: in capitals, with years, brackets, sizes and promises. A rule takes those
off; what is then still long, or in the other script, is not said at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from agent.domain import Language
from agent.language.claims import speaks
from agent.language.masking import find_private

SMALL = frozenset("a an and as at by for from in of on or per the to with de la le du".split())
LONGEST = {Language.ZH: 14, Language.EN: 44}
ZH_NOISE = re.compile(
    r"(?:20\d\d\s*(?:年)?\s*(?:新款|新品|春季|夏季|秋季|冬季|春款|夏款|秋款|冬款)?|(?:新款|新品|正品|包邮|特价|爆款|热卖|热销|清仓|"
    r"官方旗舰店|旗舰店|官方|现货|促销|限时|秒杀|同款|网红|抖音|ins风|高颜值|专柜|代购|厂家直销|买\S送\S))"
)
BRACKETED = re.compile(r"[【\[（(「『<《{｛][^】\]）)」』>》}｝]*[】\]）)」』>》}｝]")
ZH_TAIL = re.compile(r"(?:女款?|男款?|男女|儿童|秋冬季?|春夏季?|春秋|加厚|加绒|保暖|家用|便携|大号|小号|中号|送礼)+$")
EN_NOISE = re.compile(
    r"^(?:new|sale|hot)\b[!: -]*(?=\w)|\b(?:20\d\d|best ?seller|free shipping|official|clearance|pack of \d+|set/\d+|"
    r"set of \d+|\d+ ?pcs?)\b[!:,]*",
    re.IGNORECASE,
)
NOT_AN_ITEM = re.compile(
    r"\b(?:postage|manual|adjust\w*|bank charges|damaged|check|missing|sample|voucher|amazon)\b|\?\?", re.IGNORECASE
)
SPECIFICATION = re.compile(
    r"\s*\d+(?:\.\d+)?\s?(?:(?:ml|l|g|kg|cm|mm|m|oz|inch)(?![a-z])|寸|升|毫升|克|斤|米|[只件个片]装)", re.IGNORECASE
)


def short_name(title: str | None, language: Language, people: Sequence[str] = ()) -> str:
    """JUMBO BAG RED RETROSPOT -> Jumbo Bag Red Retrospot · 2026新款【正品】茶具套装 -> 茶具套装.

    `people` are names that no item may be called by, because somebody had theirs engraved.
    """
    text = unicodedata.normalize("NFKC", title or "")
    if not text.strip() or re.search(r"[\r\n\x00<>{}]|https?:|www\.", text):
        return ""
    name = _short_zh(text) if language is Language.ZH else _short_en(text)
    if speaks(name) or any(found.mark != "[code]" for found in find_private(name, people)):
        return ""  # 茶具五折价, an engraved name, a phone number: better no name than this one
    return name if name and len(name) <= LONGEST[language] else ""


def _short_zh(text: str) -> str:
    text = SPECIFICATION.sub("", ZH_NOISE.sub("", BRACKETED.sub(" ", text)))
    pieces = [ZH_TAIL.sub("", piece.strip(" -_/|·,，。!！~+*")) for piece in re.split(r"[\s|/,，+]+", text)]
    han = [piece for piece in pieces if re.search(r"[\u3400-\u9fff]", piece)]
    if not han:
        return ""
    # Titles put the noun last among the words of one phrase, so of several pieces the longest that fits says most.
    fitting = [piece for piece in han if 2 <= len(piece) <= LONGEST[Language.ZH]]
    return max(fitting, key=len) if fitting else ""


def _short_en(text: str) -> str:
    if re.search(r"[^\x00-\u024f’]", text) or NOT_AN_ITEM.search(text):
        return ""
    text = EN_NOISE.sub(" ", BRACKETED.sub(" ", text))
    text = re.split(r"\s[|/–—-]\s|\||;|, ", text)[0]
    text = re.sub(r"[*!\"“”_]+|\.(?=\s|$)", " ", text)
    words = text.split()
    if not words or not any(re.search(r"[A-Za-z]{3}", word) for word in words):
        return ""
    if " ".join(words).isupper():
        words = [_title(word, index) for index, word in enumerate(words)]
    return " ".join(words).strip(" -,&")


def _title(word: str, index: int) -> str:
    if index and word.lower() in SMALL:
        return word.lower()
    if re.fullmatch(r"[A-Z]*\d[A-Z\d]*", word):
        return word
    return re.sub(r"(^|[-/(+&])(\w)", lambda match: match[1] + match[2].upper(), word.lower())
