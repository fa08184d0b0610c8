"""Postal addresses: found at their sign (号, 室, Street, a postcode), then widened to the whole of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# --- Chinese ----------------------------------------------------------------------------------------------------------

_NUMBER = r"[\dA-Za-z一二三四五六七八九十百零〇甲乙丙-]{1,8}"
_SIGN = re.compile(rf"{_NUMBER}\s?(?:号楼|号院|号|弄|巷|栋|幢|座|单元|楼|层|室|户|门牌)(?!码|召|线|称|外|货|角)")
_MORE = re.compile(
    rf"(?:[\s,，、-]{{0,2}}(?:{_NUMBER}\s?(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|户|铺)|"
    rf"[\u4e00-\u9fff]{{2,8}}(?:小区|花园|公寓|大厦|广场|家园|苑|城|校区|宿舍|门卫|驿站|物业|"
    rf"前台)\s?(?:{_NUMBER}(?:号楼|室|号|层|楼|座|栋))?|\d{{3,4}}(?=[^\d]|$)))"
)
_ROAD = re.compile(
    r"(?:路|街|大道|大街|巷|弄|胡同|道|里|苑|园|小区|花园|公寓|大厦|广场|新村|村|镇|乡|庄|湾|城|街道|社区|大学|"
    r"学院|校区|家属院|家园|院|区|组|队|屯|坊|墅|居|庭|府|寓|楼)\s?$"
)
_REGION = re.compile(
    r"(?:(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|"
    r"四川|贵州|云南|陕西"
    r"|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|"
    r"特别行政区)?"
    r"[\s,，]?(?:[\u4e00-\u9fff]{1,6}?(?:市|州|盟|地区)[\s,，]?)?(?:[\u4e00-\u9fff]{1,6}?(?:区|县|旗|市)[\s,，"
    r"]?)?(?:[\u4e00-\u9fff]{1,6}?(?:镇|乡|街道)[\s,，]?)?"
    r"|[\u4e00-\u9fff]{2,4}市[\u4e00-\u9fff]{1,5}?(?:区|县)(?!别)(?:[\u4e00-\u9fff]{1,6}?(?:镇|乡|街道))?)"
)
_CUE_ZH = re.compile(
    r"(?:地址(?:是|为|改成|改为|换成|：|:)?|住(?:在|址)?|家(?:在|住)|寄(?:到|往|去|给|回|至)|送(?:到|去|往|至)|"
    r"发(?:到|往|至|去)|搬(?:到|去|至)"
    r"|改(?:成|为|到|寄|送)|位于|在|到|是|为|至|往|从|我们?|请|把|货|的|了|[：:])"
)
_STOP_ZH = re.compile(r"[。！？!?；;\n，,、“”\"'（）()【】\[\]：:]")
_LEFT = 44


def _chinese(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _SIGN.finditer(text):
        day = text[max(0, match.start() - 1) : match.start()] == "月"
        # a floor, or 弄一弄, is a place only where a town leads up to it
        weak = match.group()[-1] in "楼层" or (match.group()[-1] in "弄巷座户" and not _DIGIT.search(match.group()))
        start = None if day else _left_of(text, match.start(), weak)
        if start is not None:
            yield start, _right_of(text, match.end()), "[address]"
    for match in _REGION.finditer(text):
        said = match.group().strip(" ,，")
        if sum(char in "省市区县州旗镇乡" for char in said) >= 2 or (
            len(said) > 2
            and re.search(r"(?:地址|寄|送|住|搬)\w{0,4}$", text[max(0, match.start() - 8) : match.start()])
        ):
            end = match.start() + len(match.group().rstrip(" ,，"))
            yield match.start(), _road_after(text, end), "[address]"


_DIGIT = re.compile(r"\d")


def _left_of(text: str, at: int, needs_town: bool = False) -> int | None:
    """Where the address before a number begins; None where no road, estate or region leads up to it."""
    low = max(0, at - _LEFT)
    window = text[low:at]
    region = None
    for found in _REGION.finditer(window):
        region = region or found
    stops = [stop.end() for stop in _STOP_ZH.finditer(window)]
    if region is not None and (not stops or stops[-1] <= region.start() or _only_commas(window[region.start() :])):
        return low + region.start()
    cut = stops[-1] if stops else 0
    near = window[cut:]
    if needs_town or not _ROAD.search(near):
        return None
    cues = [cue.end() for cue in _CUE_ZH.finditer(near) if cue.end() <= len(near) - 2]
    start = cut + (cues[-1] if cues else 0)
    return low + start if len(window) - start >= 2 else low + cut


def _only_commas(between: str) -> bool:
    return not re.search(r"[。！？!?；;\n“”\"'：:]", between) and len(between) < 36


def _right_of(text: str, at: int) -> int:
    for _ in range(6):
        more = _MORE.match(text, at)
        if more is None:
            break
        at = more.end()
    return at


_ROAD_AFTER = re.compile(r"[\u4e00-\u9fff\dA-Za-z]{1,12}?(?:路|街|大道|巷|小区|花园|公寓|大厦|村|镇|苑|大学)")


def _road_after(text: str, at: int) -> int:
    road = _ROAD_AFTER.match(text, at)
    return _right_of(text, road.end()) if road else at


# --- English ----------------------------------------------------------------------------------------------------------

_WAY = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|way|close|crescent|terrace|place|pl|"
    r"square"
    r"|row|parkway|pkwy|highway|hwy|circle|cir|mews|gardens|grove|hill|park|walk|quay|trail|loop|plaza)"
)
_NO_STREET = frozenset(
    "in on the my a of days day weeks week times time hours hour minutes months month years year people items item "
    "per at by"
    " to for from with is was are were and or it this that came went got had half more less percent off pieces "
    "boxes stars"
    " out back all its her his our your their no not one two three last next first".split()
)
_STREET = re.compile(
    rf"(?<![\w.,$£€#-])(?:(?:flat|apt\.?|apartment|unit|suite|room)\s?#?\w{{1,5}},? "
    rf")?\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})?,? (?P<words>(?:[A-Za-z0-9][A-Za-z0-9'.’-]{{0,20}} ){{1,4}}?){_WAY}(?! "
    rf"{_WAY}(?![A-Za-z]))(?![A-Za-z])\.?"
    r"(?:,? (?:[NSEW]{1,2}\b))?",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(r",? ?(?:flat|apt\.?|apartment|unit|suite|ste\.?|room|floor|#)\s?#?\w{1,6}", re.IGNORECASE)
_TOWN = re.compile(
    r"(?:,|\s\s?|,\s?\n?)\s?(?:[A-Za-z][A-Za-z.'-]{1,20} ?){1,3},? ?(?:[A-Za-z]{2},? )?\d{5}(?:-\d{4})?(?!\d)"
    r"|(?:,\s?[A-Z][A-Za-z.'-]{1,20}(?: [A-Z][A-Za-z.'-]{1,20}){0,2}){1,3}"
    r"(?:,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|(?:,? [A-Z]{2}(?![A-Za-z]))?(?:,? \d{5}(?:-\d{4})?)?)"
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z])(?:zip|zip code|postcode|postal code|邮编|邮政编码)\s?(?:code|is|:|：|为|是|"
    r"\s){0,3}(?P<zip>[A-Za-z0-9]{2,5}[ -]?[A-Za-z0-9]{2,4})(?![A-Za-z0-9])"
    r"|(?<![A-Za-z])(?:p\.? ?o\.? box|po box) \d{1,6}"
    r"|(?<![A-Za-z])(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|"
    r"T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?(?!\d)",
    re.IGNORECASE,
)


def _english(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _STREET.finditer(text):
        words = match["words"].lower().split()
        if any(word.strip(".,") in _NO_STREET for word in words):
            continue
        start, end = match.span()
        for pattern in (_UNIT_AFTER, _TOWN):
            after = pattern.match(text, end)
            end = after.end() if after and after.end() > end else end
        yield start, len(text[:end].rstrip(" ,")), "[address]"
    for match in _POSTCODE.finditer(text):
        yield *match.span("zip" if match["zip"] else 0), "[address]"


def find_places(text: str) -> Iterator[tuple[int, int, str]]:
    if not text.isascii():
        yield from _chinese(text)
    yield from _english(text)
