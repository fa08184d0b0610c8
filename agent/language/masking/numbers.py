"""Numbers, codes and accounts that lead to a person: each pattern with its mark, the surest first.

A word before it (订单号, code, 微信) says more than the shape, so patterns with a cue come before those without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_NOT_IN_WORD = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_IS = r"(?:[\"“'「]|\s|:|：|#|是|为|的|号|码|(?i:no\.?|number|num|id|is|was|says|of)(?![A-Za-z0-9])|=|,|，|（){0,6}"
_TLD = (
    "com|net|org|cn|co|io|uk|de|fr|jp|hk|tw|us|eu|ca|au|info|biz|xyz|top|shop|store|site|online|vip|club|link|live"
    "|app|dev|me|cc|ly|gl|gg|to|im|example|test|edu|gov"
)

LINK = re.compile(
    r"(?:https?|ftp|weixin|tel|mailto)://?[^\s\u3000-\u303f\u4e00-\u9fff，。；！？、）】」”’<>]{1,2000}"
    r"|(?<![A-Za-z0-9_@.-])www\.[^\s\u3000-\u303f\u4e00-\u9fff，。；！？、）】」”’<>]{1,2000}"
    rf"|"
    rf"(?<![A-Za-z0-9_@.-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,4}}(?:{_TLD})(?![A-Za-z0-9.-]{{0,3}}@)(?![A-Za-"
    rf"z0-9])"
    r"(?:/[^\s\u3000-\u303f\u4e00-\u9fff，。；！？、）】」”’<>]{0,2000})?"
)
EMAIL = re.compile(
    r"(?<![A-Za-z0-9.+_-])[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}\s?(?:@|\(at\)|\[at\]|（at）|艾特|#at#)\s?"
    r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\s?(?:\.|\(dot\)|\[dot\]|点)\s?){1,4}[A-Za-z]{2,10}"
    r"|(?<![A-Za-z0-9.+_-])[A-Za-z0-9][A-Za-z0-9.+_-]{0,63} at [A-Za-z0-9-]{2,40} dot (?:com|net|org|cn|co dot uk|"
    r"io)",
    re.IGNORECASE,
)
IP = re.compile(
    r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]\d)"
    r"|(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f:])"
    r"|(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{1,4}:){1,6}:(?:[0-9A-Fa-f]{1,4}:?){1,6}(?![0-9A-Fa-f:])"
)
ACCOUNT = re.compile(
    rf"(?:微信|薇信|威信|v信|企鹅|旺旺|淘宝|微博|抖音|(?<![A-Za-z])(?:vx|wx|qq|wechat|weixin|line id|telegram|"
    rf"whatsapp|instagram|skype"
    rf"|user ?name|login|account)(?![A-Za-z0-9_]))\s?(?:号|账号|id(?![a-z])|名|handle|name)?{_IS}"
    r"(?P<what>@?(?=[A-Za-z0-9_.-]{0,30}[\d_])[A-Za-z0-9_][A-Za-z0-9_.-]{4,30}[A-Za-z0-9_]|(?<=[:：是为 "
    r"号])[1-9]\d{4,11})"
    r"|(?<![A-Za-z0-9_@.])(?P<handle>@?[A-Za-z0-9_.-]{4,30}) on (?:instagram|twitter|x|telegram|facebook|tiktok|"
    r"wechat)(?![A-Za-z])",
    re.IGNORECASE,
)
BIRTHDAY = re.compile(
    r"(?:生日|出生(?:日期|年月|于)?|生于|阳历|农历|birthday|born|date of birth|birth date|d\.?o\.?b\.?)"
    r"(?:\s|:|：|是|为|在|于|is|was|on|the|,){0,6}(?P<what>"
    r"(?:19|20)?\d{2}\s?(?:年|[-/.])\s?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}\s?[日号]?|\d{1,2}\s?月\s?\d{1,2}\s?[日号]?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? (?:19|20)\d{2})?"
    r"|\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}(?:,? (?:19|"
    r"20)\d{2})?)"
    r"|(?P<born>(?:(?:19|20)?\d{2}\s?(?:年|[-/.])\s?)?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}\s?[日号]?)(?:出生|生(?:的|"
    r"人))",
    re.IGNORECASE,
)
_YEAR = r"(?:19[3-9]\d|200\d|201[0-2])"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
# nobody ordered in those years, but somebody was born in them
LONG_AGO = re.compile(
    rf"(?<!\d){_YEAR}\s?(?:年|[-/.])\s?\d{{1,2}}\s?(?:月|[-/.])\s?\d{{1,2}}\s?[日号]?(?!\d)"
    rf"|(?<!\d)\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}(?!\d)"
    rf"|(?<![A-Za-z]){_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}(?!\d)"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? {_YEAR}(?!\d)",
    re.IGNORECASE,
)
ID = re.compile(
    r"(?<!\d)[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ "
    r"-]?\d{3}[\dXx](?![0-9A-Za-z])"
    r"|(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])"
    rf"|{_NOT_IN_WORD}[A-CEGHJ-PR-TW-Z]{{2}} ?\d{{2}} ?\d{{2}} ?\d{{2}} ?[A-D]{_END}"
)
ID_CUED = re.compile(
    rf"(?:身份证|证件|护照|通行证|社保|驾驶证|驾照|passport|ssn|social security|national insurance|driving licen[cs]e"
    rf"|driver'?s licen[cs]e|id card)\s?(?:号码|号|number|no\.?)?{_IS}(?P<what>[A-Za-z]{{0,2}}\d[A-Za-z0-9 "
    rf"-]{{4,20}}[A-Za-z0-9])",
    re.IGNORECASE,
)
CARD = re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?!\w)", re.ASCII)
CARD_CUED = re.compile(
    rf"(?:银行卡|信用卡|储蓄卡|借记卡|卡号|账号|账户|尾号|card|account|iban|sort code)\s?(?:卡号|号码|号|number|"
    rf"no\.?|ending(?: in)?)?"
    rf"{_IS}(?P<what>(?:[A-Z]{{2}}\d{{2}}[ ]?)?\d(?:[ -]?[\dA-Z]){{2,30}})(?![A-Za-z0-9])"
)
IBAN = re.compile(rf"{_NOT_IN_WORD}[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?{_END}")
ORDER_CUED = re.compile(
    rf"(?:订单|单号|单子|运单|快递|物流|包裹|流水|工单|发票|售后单|退货单|order|orders|tracking|track|parcel|"
    rf"shipment|invoice"
    rf"|reference|ref|ticket|case|waybill|consignment|rma|package)\s?(?:编号|号码|单号|号|number|no\.?|num|id|"
    rf"code)?{_IS}"
    r"(?P<what>(?=[A-Za-z-]{0,12}\d)[A-Za-z0-9](?:-?[A-Za-z0-9]){3,30}(?: \d{3,8}(?!\d)){0,4})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
TRACKING = re.compile(
    rf"{_NOT_IN_WORD}(?:SF\d{{10,15}}|YT\d{{10,18}}|ZTO\d{{8,14}}|JD[A-Z0-9]{{9,18}}|JT\d{{10,16}}|EMS\d{{8,13}}"
    rf"|1Z[A-Z0-9]{{16}}|[A-Z]{{2}}\d{{9}}[A-Z]{{2}}|[A-Z]{{2,4}}-\d{{4,12}}){_END}",
    re.IGNORECASE,
)
CODE_CUED = re.compile(
    rf"(?i:验证码|校验码|动态码|券码|优惠码|兑换码|折扣码|邀请码|取件码|密码|口令|暗号|串码|序列号|会员号|会员卡号|"
    rf"verification code"
    rf"|security code|gift card|promo|coupon|voucher|code|password|passcode|pass word|pin|serial|membership|member|"
    rf"imei)"
    rf"\s?(?:(?i:code|number|no\.?)(?![A-Za-z0-9])|"
    rf"号)?{_IS}(?P<what>(?=[A-Za-z!@$%_-]{{0,20}}\d)[A-Za-z0-9!@$%_-]{{3,40}}|[A-Z]{{4,20}})(?![A-Za-z0-9])",
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Za-z][·•\s-]?(?=[A-Za-z]{0,4}\d)[A-Za-"
    r"z0-9]{5,6}(?![A-Za-z0-9])"
    rf"|{_NOT_IN_WORD}[A-Z]{{2}}\d{{2}} ?[A-Z]{{3}}{_END}"
)
PLATE_CUED = re.compile(
    rf"(?:车牌|车号|licen[cs]e plate|number plate|plate|registration|reg)\s?(?:号码|号|number|no\.?)?{_IS}"
    r"(?P<what>[\u4e00-\u9fff]?(?=[A-Za-z -]{0,5}\d)[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){4,7})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\d+])(?:\+?\(?86\)?[ -]?)?1[3-9]\d(?:[ .-]?\d){8}(?!\d)"
    r"|(?<![\dA-Za-z])\(?0\d{2,3}\)?[ -]?[2-9]\d{2,3}[ -]?\d{4}(?:\s?(?:转|ext\.?|x|-)\s?\d{1,6})?(?!\d)"
    r"|(?<![\dA-Za-z])[48]00[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"
    r"|(?<![\dA-Za-z])(?:\+|00)\d{1,3}[ .(-]{0,2}\d(?:[ .()-]{0,2}\d){6,13}(?!\d)"
    r"|(?<![\dA-Za-z])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?:\s?(?:ext\.?|x)\s?\d{1,6})?(?!\d)"
    r"|(?<![\dA-Za-z])\(?0\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)"
)
PHONE_CUED = re.compile(
    rf"(?:电话|手机|座机|号码|联系方式|打给|拨打|tel|phone|mobile|cell|call|text|ring|reach me (?:on|"
    rf"at))\s?(?:号码|号|number|no\.?)?"
    rf"{_IS}(?P<what>\+?\(?\d(?:[ .()-]{{0,2}}\d){{5,14}})(?!\d)",
    re.IGNORECASE,
)
SPOKEN = re.compile(r"[〇零一二三四五六七八九幺两](?:[ -]?[〇零一二三四五六七八九幺两]){6,19}")
_EN_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
SPOKEN_EN = re.compile(
    rf"(?<![A-Za-z]){_EN_DIGIT}(?:[ ,-]{{1,2}}(?:double |triple )?{_EN_DIGIT}){{5,19}}(?![A-Za-z])", re.IGNORECASE
)
CODE = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Z-]{0,20}\d)[A-Z0-9](?:-?[A-Z0-9]){4,40}(?![A-Za-z0-9])")
# a user name or a code in small letters: letters with two digits among them, but no 350ml and no 20th
MIXED = re.compile(
    r"(?<![A-Za-z0-9_@.-])(?!\d{1,6}[A-Za-z]{1,10}(?![A-Za-z0-9_-]))(?=[A-Za-z_.-]{0,30}\d)(?=[\d_.-]{0,30}[A-Za-z])"
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{4,40}[A-Za-z0-9_](?![A-Za-z0-9_])"
)
NUMBER = re.compile(r"(?<![\d.])\+?\d(?:[ -]?\d){6,40}(?!\d)")


def _has_digits(least: int) -> Callable[[str], bool]:
    return lambda said: sum(char.isdigit() for char in said) >= least


def _is_card(said: str) -> bool:
    """13 to 19 digits with a known first digit and a right Luhn sum."""
    digits = re.sub(r"\D", "", said)
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_iban(said: str) -> bool:
    compact = said.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


_ANY: Callable[[str], bool] = bool
_Row = tuple[re.Pattern[str], str, Callable[[str], bool]]
_SURE: tuple[_Row, ...] = (
    (EMAIL, "[email]", _ANY),
    (LINK, "[link]", _ANY),
    (IP, "[ip]", _ANY),
    (BIRTHDAY, "[birthday]", _ANY),
    (ID_CUED, "[id]", _has_digits(6)),
    (ID, "[id]", _ANY),
    (CARD, "[card]", _is_card),
    (IBAN, "[card]", _is_iban),
    (PLATE_CUED, "[plate]", _ANY),
    (PLATE, "[plate]", _ANY),
    (ACCOUNT, "[account]", _ANY),
    (TRACKING, "[order]", _ANY),
    (ORDER_CUED, "[order]", _has_digits(4)),
    (CODE_CUED, "[code]", _ANY),
    (PHONE_CUED, "[phone]", _has_digits(6)),
    (PHONE, "[phone]", _ANY),
    (CARD_CUED, "[card]", _has_digits(4)),
)
_BY_SHAPE: tuple[_Row, ...] = (
    (LONG_AGO, "[birthday]", _ANY),
    (SPOKEN, "[phone]", _ANY),
    (SPOKEN_EN, "[phone]", _ANY),
    (CODE, "[code]", _ANY),
    (MIXED, "[code]", _has_digits(2)),
    (NUMBER, "[number]", _ANY),
)


def find_sure(text: str) -> Iterator[tuple[int, int, str]]:
    """What a word before it or its own form gives away, the surest first."""
    yield from _find(text, _SURE)


def find_by_shape(text: str) -> Iterator[tuple[int, int, str]]:
    """Any other row of digits or capitals that is long enough to lead to somebody."""
    yield from _find(text, _BY_SHAPE)


def _find(text: str, rows: tuple[_Row, ...]) -> Iterator[tuple[int, int, str]]:
    for pattern, mark, fits in rows:
        named = [group for group in ("what", "born", "handle") if group in pattern.groupindex]
        for match in pattern.finditer(text):
            group: str | int = next((name for name in named if match[name]), 0)
            start, end = match.span(group)
            if fits(text[start:end]):
                yield start, end, mark
