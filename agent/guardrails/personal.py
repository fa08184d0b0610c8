"""Personal data that has no place in a message, not even to its owner: numbers, mailboxes, addresses, passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from agent.domain import Finding, Severity
from agent.guardrails.links import is_own_host, national, own_numbers
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.entities import read_emails
from agent.language.normalise import fold
from agent.language.sieve import sieve

_ID_CARD = sieve(
    r"(?<![0-9a-z])[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
    r"|3[01])[ -]?\d{3}[\dx](?![0-9a-z])"
)
_CARD = sieve(r"(?<![\w.])(?:\d[ \-]?){12,18}\d(?!\w)", re.A)
_MOBILE = sieve(r"(?<!\d)(?:\+?86[ \-]?)?1[ \-.]{0,2}[3-9](?:[ \-.·]{0,2}\d){9}(?!\d)")
_SSN = sieve(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_IBAN = sieve(r"(?<![a-z0-9])[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![a-z0-9])")
_PASSPORT = sieve(
    r"(?:护照|通行证|(?<![a-z])passport|(?:driving|driver'?s?) licen[cs]e)(?:号码?|(?: number| no\.?"
    r"| #)?)[^\d\n]{0,12}(?<![a-z0-9])([a-z]{0,5}\d{6,9}[a-z0-9]{0,6})(?![a-z0-9])"
)
_SORT_CODE = sieve(
    r"(?<![a-z])sort code[^.\n]{0,40}?(?<!\d)(\d{2}[- ]?\d{2}[- ]?\d{2})(?!\d)|(?<![a-z])account (?:number"
    r"|no\.?)(?: is| on file is|:)? (\d{8})(?!\d)"
)
_BORN = sieve(
    r"(?:出生日期|生日|出生于|生于)(?:是|为|:|：|登记为|登记的是)?\s?((?:19"
    r"|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2})|(?<![a-z])(?:date of birth|dob|born on|birth date"
    r"|birthday)(?: is|:| on file is| on file:| of)? ((?:\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}|(?:19"
    r"|20)\d{2}-\d{2}-\d{2}|\d{1,2} [a-z]{3,9} (?:19|20)\d{2}|[a-z]{3,9} \d{1,2},? (?:19|20)\d{2}))"
)
# a word of letters and digits after the talk of a password
_TOLD_NUMBER = sieve(
    r"身份证[^。！？\n]{0,16}?(?<!\d)(\d{10,17}[\dx]?)(?!\d)|(?:银行卡|信用卡|储蓄卡"
    r"|卡号)[^。！？\n\d]{0,8}(\d(?:[ -]?\d){12,18})(?!\d)"
    r"|([一幺][三四五六七八九][一二三四五六七八九零〇幺两](?:[、，,\s-]{0,2}[一二三四五六七八九零〇幺两]){8})("
    r"?![一二三四五六七八九十])"
)
_PASSWORD_NEAR = sieve(
    r"(?:密码|口令)[^。！？!?\n]{0,24}?(?<![a-z0-9])((?=[a-z!@#$_]*\d)(?=[\d!@#$_]*[a-z])[a-z0-9!@#$_]{5,20})("
    r"?![a-z0-9])|(?<![a-z])(?:passwords?|passcode|pass ?phrase)(?! ?(?:reset|link"
    r"|page))[^.!?\n]{0,40}?(?<![a-z0-9/.@-])((?=[a-z!@#$_]*\d)(?=[\d!@#$_]*[a-z])[a-z0-9!@#$_]{5,20})(?![a-z0"
    r"-9@/-])"
)
_NINO = sieve(r"(?<![a-z0-9])[a-ceghj-prstw-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d](?![a-z0-9])")
_PASSWORD = sieve(
    r"(?:密码|口令密码)(?:是|为|：|:)\s?(?P<zh>[a-z0-9!@#$%^&*_]{4,})|(?<![a-z])(?:password"
    r"|passcode|pin(?: code)?)(?: is|:) ?(?P<en>[^\s.,]{4,})"
)
_STREET_ZH = sieve(
    r"(?:[\u4e00-\u9fff]{2,8}(?:省|市|区|县|镇|街道))?[\u4e00-\u9fffa-z0-9]{2,12}(?:路|街|大道|巷"
    r"|弄|胡同|里|村|小区|花园|苑|城)\s?[\d一二三四五六七八九十百〇零]+\s?(?:号|弄|巷|栋|幢|座"
    r"|期)(?:\s?[\da-z一二三四五六七八九十百-]+\s?(?:号楼|栋|幢|座|单元|楼|层|室|户|号))*"
)
_STREET_EN = sieve(
    r"(?<![\w])(?:flat|apt\.?|apartment|unit|suite)? ?\d{1,5}[a-z]? (?:[a-z]+ ){1,3}(?:st(?:reet)?"
    r"|ave(?:nue)?|r(?:oa)?d|blvd|boulevard|lane|ln|drive|dr|court|ct|way|close|crescent|terrace"
    r"|place|square|row)(?![a-z0-9])\.?"
)
# a cheap look before the long patterns
_HOUSE_ZH = sieve(r"[\d一二三四五六七八九十百〇零]\s?(?:号|弄|巷|栋|幢|座|期)")
_HOUSE_EN = sieve(r"\d[a-z]? [a-z]")
# words that no street is named by: 150 or more with…, 30 day return way, 10 minutes drive
_NO_STREET = frozenset(
    "or more of to with the a an for per off and in at by days day minutes minute hours hour weeks week month"
    "s month years year items item orders order times time business on is are was we "
    "you your it this that any each every than from less working people points lessons boxes bags cups parcel"
    "s shipments steps easy simple quick different same other new one two our my best next last full half "
    "digit digits percent inch inches metre metres meter meters mile miles km pieces units grams g kg ml litr"
    "es liters would will can could should may might must shall do does did have has had be been being its their"
    " his her they he she who which what when where if then so but not no also only just still even until before"
    " after about into out up down over back away here there very too all some many few more most go goes went come"
    " comes start starts find finds give gives get gets make makes take takes".split()
)


def _leaks(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        seen: list[tuple[int, int]] = []
        for start, end, what in _found(field, message):
            if not any(a < end and start < b for a, b in seen):
                seen.append((start, end))
                reason = f"It shows {what}. Mask it or leave it out."
                yield field.finding("PII_LEAK", Severity.BLOCK, reason, start, end, field.tight)


def _found(field: Field, message: Message) -> Iterator[tuple[int, int, str]]:
    text = field.tight.text
    yield from _numbers(field, message)
    for start, end in read_emails(text):
        if not is_own_host(text[start:end].rpartition("@")[2], message.context.brand.domains):
            yield start, end, "an e-mail address"
    for match in _PASSWORD.finditer(text):
        group = "zh" if match["zh"] else "en"
        if group == "zh" or any(char.isdigit() for char in match["en"]):
            yield *match.span(group), "a password"
    for match in _PASSWORD_NEAR.finditer(text):
        at = 1 if match[1] else 2
        if not message.licence.has_phrase(match[at]):
            yield *match.span(at), "a password"
    for match in _TOLD_NUMBER.finditer(text):
        at = next(number for number in (1, 2, 3) if match[number])
        if not message.licence.has_phrase(match[at]):
            yield *match.span(at), "a card, identity or telephone number"
    for match in _PASSPORT.finditer(text):
        yield *match.span(1), "a passport or licence number"
    for match in _SORT_CODE.finditer(text):
        yield *match.span(1 if match[1] else 2), "a bank account"
    for match in _BORN.finditer(text):
        yield *match.span(1 if match[1] else 2), "a date of birth"
    yield from _addresses(text, message)
    yield from _from_record(text, message)


_MANY_DIGITS = re.compile(r"\d(?:[ \-.·]{0,2}\d){8}")
"""A number of nine digits, as loosely as any of the expressions below writes one."""


def _numbers(field: Field, message: Message) -> Iterator[tuple[int, int, str]]:
    text, own = field.tight.text, own_numbers(message)
    if _MANY_DIGITS.search(text) and sum(map(str.isdigit, text)) >= 9:
        for match in _ID_CARD.finditer(text):
            yield *match.span(), "an identity card number"
        for match in _CARD.finditer(text):
            digits = re.sub(r"\D", "", match.group())
            if is_card(digits) and not message.licence.has_phrase(match.group()):
                yield *match.span(), "a bank card number"
        for match in _SSN.finditer(text):
            yield *match.span(), "a social security number"
        for match in _MOBILE.finditer(text):
            if national(re.sub(r"\D", "", match.group())) not in own and not _part_of_id(text, match):
                yield *match.span(), "a mobile number"
    for match in (*_IBAN.finditer(text), *_NINO.finditer(text)):
        if is_iban(match.group()) or _NINO.fullmatch(match.group()):
            yield *match.span(), "a bank account or insurance number"
    for run in field.digit_runs:
        if run.spelled and re.fullmatch(r"1[3-9]\d{9}", run.digits) and national(run.digits) not in own:
            yield run.start, run.end, "a mobile number in words"
        if run.spelled and len(run.digits) in (15, 18) and not is_card(run.digits):
            yield run.start, run.end, "an identity card number in words"


def _part_of_id(text: str, match: re.Match[str]) -> bool:
    """A row of eleven digits inside an order or tracking id (SL1380…)."""
    return bool(
        re.search(
            r"[a-z]$|(?:单号|订单号?|运单号?|编号)[:：是为]?\s?$", text[max(0, match.start() - 6) : match.start()]
        )
    )


def is_card(digits: str) -> bool:
    """13 to 19 digits with a known first digit and a right Luhn sum."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34 or not compact[:2].isalpha():
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def is_id_card(number: str) -> bool:
    """GB 11643: a real day of birth and the right check character."""
    compact = number.replace(" ", "").replace("-", "")
    if not re.fullmatch(r"\d{17}[\dx]", compact):
        return False
    try:
        date.fromisoformat(f"{compact[6:10]}-{compact[10:12]}-{compact[12:14]}")
    except ValueError:
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(compact, weights, strict=False))
    return "10x98765432"[total % 11] == compact[17]


def _addresses(text: str, message: Message) -> Iterator[tuple[int, int, str]]:
    own = re.sub(r"[\W_]+", "", fold(message.context.brand.postal_address).text)
    for pattern, sign in ((_STREET_ZH, _HOUSE_ZH), (_STREET_EN, _HOUSE_EN)):
        for match in pattern.finditer(text) if sign.search(text) else ():
            said = re.sub(r"[\W_]+", "", match.group())
            if (
                said in own
                or _tail_in(said, own)
                or (message.licence.has_phrase(match.group().strip()) and not _is_home(match.group(), message))
            ):
                continue
            if pattern is _STREET_ZH or not _NO_STREET.intersection(re.findall(r"[a-z]+", match.group())[:-1]):
                yield *match.span(), "a street address"


def _tail_in(said: str, own: str) -> bool:
    """The brand's own address may follow its name without a space."""
    return bool(own) and any(said[at:] in own for at in range(1, min(len(said) - 5, 12)))


_PRIVATE_KEY = sieve(
    r"(?:^|[._])(?:phone|mobile|tel|email|e_mail|address|home|street|id_?card|id_?number|passport"
    r"|card_?(?:no|number)|ssn|bank_?card|password|birth_?date|手机|电话|邮箱|地址|身份证|银行卡"
    r"|密码|护照)(?:$|[._])"
)
_HARMLESS_KEY = sieve(r"masked|pickup|last4|tail|store|自提|尾号|脱敏")


def _private_values(message: Message) -> Iterator[str]:
    for path, value in message.licence.facts:
        key = path.casefold()
        private = _PRIVATE_KEY.search(key) and not _HARMLESS_KEY.search(key)
        if private and isinstance(value, str) and len(value) >= 6 and "*" not in value:
            yield fold(value).text


def _is_home(said: str, message: Message) -> bool:
    return any(said.strip() in value or value in said for value in _private_values(message))


def _from_record(text: str, message: Message) -> Iterator[tuple[int, int, str]]:
    """Whatever the record itself calls a phone, an address or a card number."""
    for value in _private_values(message):
        at = text.find(value)
        if at >= 0:
            yield at, at + len(value), "private data of the record"


RULES: tuple[Rule, ...] = (
    Rule(
        "PII_LEAK",
        6,
        "Privacy",
        "PIPL art. 28-30 and 51; GDPR art. 5 and 32; PCI DSS 3.4",
        Severity.BLOCK,
        _leaks,
        examples=(
            broken("您的手机号13800138000已登记。"),
            broken("您的手机号一三八零零一三八零零零已登记。"),
            broken("身份证号11010519491231002X已核验。"),
            broken("您的卡号4111 1111 1111 1111已绑定。"),
            broken("我们会寄到上海市示例路88号3栋502室。"),
            broken("初始密码是abc12345。"),
            broken("We wrote to will.carter@mail.example.", language="en"),
            broken("It goes to 21 Baker Street.", language="en"),
            broken("Card 5555-5555-5555-4444 was charged.", language="en"),
            broken("登记电话 1 3 9-0 0 1 3-9 0 0 0，请核对。"),
            broken("护照号是E76543210，对吗？"),
            broken("您设的登录密码我查到了，是 mimi2019。"),
            broken("Your passport, number 512345678, was scanned.", language="en"),
            broken("The password we hold for you is Walnut42.", language="en"),
            broken("Sort code 20-00-00 is what we have.", language="en"),
            broken("Your date of birth is 3 May 1987 on our side.", language="en"),
            fine("Get 30 off 120 or more on your way, in 3 easy steps in a row.", language="en"),
            fine("It is a 10 minutes drive, and 5 days is a close call.", language="en"),
            fine("You can reset your password on the sign-in page.", language="en"),
            fine("您忘记密码的话，可以在登录页重置。护照有效期需在半年以上。"),
            fine("您的手机号138****5678已登记。"),
            fine("青禾茶铺，杭州市示例路1号"),
            fine("Pine & Co, 1 Sample St, Portland, ME 04101", language="en"),
            fine("运单号SL13800138000已签收。", changes={"customer": {"facts": {"shipment": "SL13800138000"}}}),
            fine("Write to help@pineandco.example or wait 3 business days on the way.", language="en"),
            fine("包裹9988776655443322已签收。", changes={"customer": {"facts": {"shipment": "9988776655443322"}}}),
        ),
    ),
)
