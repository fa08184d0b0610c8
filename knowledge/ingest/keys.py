"""What a document or a clause may say about itself: the keys, their other names in both languages, their values.

The same keys stand in front matter, in `> key: value` lines under a clause, in `<meta>` elements, in the columns of a
table, and in a labelled line of its own in running text (`生效日期：2026年1月1日`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from knowledge.documents import CUSTOMER
from knowledge.errors import DocumentUnreadable

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "document id", "policy id", "编号", "文档编号", "条款编号"),
    "title": ("title", "标题", "名称"),
    "language": ("language", "lang", "语言"),
    "valid_from": (
        "valid from", "effective from", "effective", "effective date", "effective as of", "start", "start date", "from",
        "in force from", "生效日期", "生效日", "生效时间", "施行日期", "实施日期", "开始日期", "起始日期", "生效",
        "执行日期", "生效起始", "起始日",
    ),
    "valid_to": (
        "valid to", "valid until", "effective to", "effective until", "expires", "expires on", "expiry", "expiry date",
        "expiration date", "expired on", "end", "end date", "until", "in force until", "to", "失效日期", "失效日",
        "失效时间", "截止日期", "结束日期", "到期日", "到期日期", "有效期至", "有效期限至", "终止日期", "废止日期",
        "失效", "截止日",
    ),
    "audience": ("audience", "visibility", "受众", "可见范围", "对象", "适用对象"),
    "region": ("region", "regions", "country", "area", "地区", "区域", "适用地区", "适用区域", "国家"),
    "tier": ("tier", "tiers", "member tier", "membership level", "level", "会员等级", "等级", "适用会员", "会员级别"),
    "customer": ("customer", "customer text", "customer wording", "say", "对客话术", "客户话术", "话术", "对客说法"),
    "quotable": ("quotable", "可引用", "可直接引用"),
    "acts": ("acts", "act", "承诺", "授权动作"),
    "questions": ("questions", "asked as", "customer questions", "问法", "客户问法", "相似问法", "相似问题"),
    "source": ("source", "来源"),
}  # fmt: skip
BOTH = frozenset({"language", "valid_from", "valid_to", "audience", "region", "tier", "quotable"})
FRONT = BOTH | {"id", "title", "source"}
NOTES = BOTH | {"customer", "acts", "questions"}
_OF = {name: key for key, names in NAMES.items() for name in names}

NOTE_LINE = re.compile(
    r"^>\s*(?P<key>" + "|".join(sorted((re.escape(n).replace(r"\ ", "[ _]") for n in _OF), key=len, reverse=True))
    + r")\s*[:：]\s*(?P<value>.+?)\s*$",
    re.IGNORECASE,
)  # fmt: skip

INTERNAL = frozenset(
    {"internal", "staff", "rep", "reps", "agent", "private", "内部", "员工", "客服", "仅内部", "内部使用"}
)
OPEN = frozenset(
    {"", "customer", "customers", "public", "all", "everyone", "客户", "公开", "全部", "所有人", "顾客", "用户"}
)
YES = frozenset({"yes", "true", "1", "y", "是", "可以", "可"})
NO = frozenset({"no", "false", "0", "n", "否", "不可以", "不可"})
EVERYWHERE = frozenset(
    {"all", "any", "everywhere", "global", "-", "*", "全部", "全国", "所有", "不限", "通用", "全体", "所有会员"}
)

DAY = re.compile(
    r"^\s*(?P<y>\d{4})\s*(?:[-/.]|年)\s*(?P<m>\d{1,2})\s*(?:[-/.]|月)\s*(?P<d>\d{1,2})\s*日?(?:[T\s]+\d{1,2}:\d{2}.*)?\s*$"
)
COMPACT = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})\s*$")
MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|oct october|"
        "nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
MONTH_FIRST = re.compile(r"^\s*([A-Za-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\s*$")
DAY_FIRST = re.compile(r"^\s*(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?([A-Za-z]+)\.?,?\s+(\d{4})\s*$")
NO_DAY = frozenset(
    {"", "-", "—", "none", "null", "n/a", "never", "open", "无", "长期", "长期有效", "永久", "不限", "至今"}
)

MARKS_BEFORE, MARKS_AFTER = r"[*_（(【\[]*", r"[*_）)】\]]*"
_LABELS = sorted(
    (name for key in ("valid_from", "valid_to") for name in NAMES[key] if len(name) > 3 or not name.isascii()),
    key=len,
    reverse=True,
)
LABELLED = re.compile(
    rf"^{MARKS_BEFORE}(?P<label>{'|'.join(map(re.escape, _LABELS))}){MARKS_AFTER}\s*(?:[:：]|\bis\b|为)\s*[*_]*\s*"
    r"(?P<value>[^。；;]{4,40}?)[。.*_）)]*$",
    re.IGNORECASE,
)
SPAN = re.compile(
    rf"^{MARKS_BEFORE}(?:有效期|适用期|活动时间|活动期间|valid from|valid|validity|in force|period){MARKS_AFTER}"
    r"\s*[:：]?\s*(?P<first>[^至到–—~～]{6,20}?)\s*(?:至|到|–|—|~|～|\bto\b|\buntil\b|\bthrough\b|\s-\s)\s*"
    r"(?P<last>.{6,20}?)[。.*_）)]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a document or a clause, read and checked; None or empty where nothing was."""

    valid_from: date | None = None
    valid_to: date | None = None
    audience: str | None = None
    region: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    language: str | None = None
    customer: str | None = None
    quotable: bool | None = None
    acts: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def key_of(name: str) -> str | None:
    """The key that a name means, in either language and however it is spaced; None when it is none of ours."""
    return _OF.get(re.sub(r"[\s_\-]+", " ", name).strip().lower())


def read(values: Mapping[str, str], where: str) -> Said:
    """Raises DocumentUnreadable naming what cannot be meant."""
    return Said(
        valid_from=day(values.get("valid_from"), where, "valid_from"),
        valid_to=day(values.get("valid_to"), where, "valid_to"),
        audience=_audience(values["audience"]) if values.get("audience") else None,
        region=_names(values.get("region", "")),
        tier=_names(values.get("tier", "")),
        language=_language(values["language"]) if values.get("language") else None,
        customer=values.get("customer") or None,
        quotable=_yes(values.get("quotable"), where),
        acts=_list(values.get("acts", ""), r"[,，、;；\s]+"),
        questions=_list(values.get("questions", ""), r"\s*[|｜\n]\s*|(?<=[?？])\s*[;；]?\s*(?=\S)"),
    )


def day(value: str | None, where: str, key: str) -> date | None:
    """A day in any of the usual ways to write one. Raises DocumentUnreadable when it is none."""
    if value is None or value.strip().lower() in NO_DAY:
        return None
    if (found := plain_day(value)) is None:
        raise DocumentUnreadable(
            f"{where}: {key} {value!r} is not a day", "write it as YYYY-MM-DD, for example 2026-12-31"
        )
    return found


def plain_day(value: str) -> date | None:
    try:
        if found := DAY.match(value):
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        if found := COMPACT.match(value):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := MONTH_FIRST.match(value):
            return date(int(found[3]), MONTHS[found[1].lower()], int(found[2]))
        if found := DAY_FIRST.match(value):
            return date(int(found[3]), MONTHS[found[2].lower()], int(found[1]))
        return datetime.fromisoformat(value.strip()).date()
    except (ValueError, KeyError):
        return None


def labelled(line: str) -> dict[str, str]:
    """The validity that a line of its own states: `生效日期：2026年1月1日`, `Valid until: 31 March 2025`. Else
    nothing."""
    if len(line) > 80:
        return {}
    if (span := SPAN.match(line)) and plain_day(span["first"]) and plain_day(span["last"]):
        return {"valid_from": span["first"], "valid_to": span["last"]}
    found = LABELLED.match(line)
    if found and (key := key_of(found["label"])) and plain_day(found["value"]):
        return {key: found["value"]}
    return {}


def _yes(value: str | None, where: str) -> bool | None:
    if value is None or not value.strip():
        return None
    folded = value.strip().lower()
    if folded in YES | NO:
        return folded in YES
    said = f"{where}: quotable {value!r} is neither yes nor no"
    raise DocumentUnreadable(said, "write quotable: yes, or leave it out")


def _audience(value: str) -> str:
    folded = value.strip().lower()
    if folded in OPEN:
        return CUSTOMER
    return "internal" if folded in INTERNAL else folded


def _language(value: str) -> str:
    folded = value.strip().lower()
    if folded.startswith(("zh", "cn", "chinese", "中文", "汉语", "简体")):
        return "zh"
    return "en" if folded.startswith(("en", "英")) else folded[:2]


def _names(value: str) -> tuple[str, ...]:
    names = _list(value, r"[,，、;；/|]+")
    return () if any(name.lower() in EVERYWHERE for name in names) else names


def _list(value: str, separator: str) -> tuple[str, ...]:
    cleaned = value.strip().strip("[]")
    return tuple(dict.fromkeys(part.strip(" \"'") for part in re.split(separator, cleaned) if part.strip(" \"'")))
