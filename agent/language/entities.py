"""Finds what points outside or at a person: links, bare domains, e-mail addresses, phone numbers, codes.

Works on folded text (codes on raw text, where case tells). Knows nothing about which of them are allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.language.sieve import sieve

_TLDS = (
    "com|net|org|cn|co|io|uk|de|fr|jp|hk|tw|us|eu|ca|au|in|ru|it|es|nl|info|biz|xyz|top|shop|store|site|online|vip|club"
    "|link|live|app|dev|me|tv|cc|ly|gl|gg|to|ai|so|im|pw|icu|win|fun|ltd|group|mobi|pro|asia|wang|example|test|invalid"
    "|gov|edu|sh|be|at|ch|nz|sg|my|id|vn|th|kr|br|mx|page|click|cloud|space|website|tech|work|buzz|ink|red|moe|sale"
)
_LABEL = (
    r"[a-z0-9\u00a1-\u024f\u0370-\u052f](?:[a-z0-9\u00a1-\u024f\u0370-\u052f-]*[a-z0-9\u00a1-\u024f\u0370-\u052f])?"
)
_EMAIL = sieve(r"(?<![\w.+-])[a-z0-9][\w.+-]*@(?:[\w-]+\.)+[a-z]{2,}(?![\w-])", re.A)
_URL = sieve(
    r"(?<![a-z])(?P<scheme>https?|ftp|file|javascript|data|tel|sms|mailto|weixin|whatsapp|itms-services|intent|market):"
    r"(?P<slashes>//)?(?P<rest>[^\s<>\"'，。；！？、）)】」”’\]]+)"
)
_BARE = sieve(
    rf"(?<![\w@./:-])(?P<slashes>//)?(?P<host>(?:{_LABEL}\.)+(?:{_TLDS}|xn--[a-z0-9-]+)"
    rf"|\d{{1,3}}(?:\.\d{{1,3}}){{3}})(?![a-z0-9-]|\.[a-z0-9])"
    r"(?P<port>:\d+)?(?P<path>/[^\s<>\"'，。；！？、）)】」”’\]]*)?",
    re.A,
)
_SPELLED = sieve(
    r"(?<![\w.])(?P<label>[a-z0-9][a-z0-9-]+)\s?(?:\(dot\)|\[dot\]|\[\.\]|\(\.\)| dot |。|点| \. "
    r"| \.|\. )\s?(?P<tld>com|net|cn|org|co|io|xyz|top|shop|vip|cc|me|example)(?![a-z0-9])",
    re.A,
)


@dataclass(frozen=True, slots=True)
class Link:
    """`host` without port and user; `scheme` None for a bare domain; `user` what stands before an @ in it."""

    start: int
    end: int
    text: str
    scheme: str | None
    host: str
    user: str | None
    rest: str


def read_links(text: str) -> list[Link]:
    """URLs and bare domains of a folded text; e-mail addresses are not among them."""
    found = [_from_url(match) for match in _URL.finditer(text)] if ":" in text else []
    if "." not in text and "dot" not in text and "。" not in text and "点" not in text:
        return found
    taken = [(link.start, link.end) for link in found] + [match.span() for match in _EMAIL.finditer(text)]

    def is_free(start: int, end: int) -> bool:
        return not any(a < end and start < b for a, b in taken)

    for match in _BARE.finditer(text):
        if is_free(*match.span()):
            found.append(
                Link(
                    *match.span(),
                    match.group(),
                    "" if match["slashes"] else None,
                    match["host"],
                    None,
                    match["path"] or "",
                )
            )
            taken.append(match.span())
    for match in _SPELLED.finditer(text):
        if is_free(*match.span()):
            found.append(Link(*match.span(), match.group(), None, f"{match['label']}.{match['tld']}", None, ""))
    return sorted(found, key=lambda link: link.start)


def _from_url(match: re.Match[str]) -> Link:
    rest = match["rest"].rstrip(".,;:!?…")
    end = match.start("rest") + len(rest)
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    user, at, host = authority.rpartition("@")
    host = re.sub(r":\d*$", "", host)
    return Link(
        match.start(),
        end,
        match.string[match.start() : end],
        match["scheme"],
        host,
        user if at else None,
        rest[len(authority) :],
    )


def read_emails(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _EMAIL.finditer(text)] if "@" in text else []


# --- digits in a row --------------------------------------------------------------------------------------------------

_RUN = sieve(r"(?<![\w])(?:\+|\(\+?)?\d(?:[ ().\-–]{0,3}\d){4,24}(?!\d)(?![a-z_]\w)", re.A)
_ZH_RUN = sieve(r"[〇零一二三四五六七八九幺两](?:[ \-－—]?[〇零一二三四五六七八九幺两]){6,19}")
_EN_DIGIT = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_EN_WORD = rf"(?:(?:double|triple) )?(?:{'|'.join(_EN_DIGIT)})(?: hundred)?"
_EN_RUN = sieve(rf"(?<![a-z])(?:plus )?{_EN_WORD}(?:[ ,\-]{{1,2}}{_EN_WORD}){{4,24}}(?![a-z])")
_ZH_DIGIT = dict(zip("〇零一二三四五六七八九幺两", "00123456789" + "12", strict=True))


@dataclass(frozen=True, slots=True)
class DigitRun:
    """A row of digits as a person would dial or type it. `grouped` when it is written in groups."""

    start: int
    end: int
    digits: str
    grouped: bool
    spelled: bool


def read_digit_runs(text: str) -> list[DigitRun]:
    """Rows of at least five digits, written, spaced, in Chinese numerals or in English words."""
    found = []
    for match in _RUN.finditer(text):
        digits = "".join(char for char in match.group() if char.isdigit())
        found.append(DigitRun(*match.span(), digits, len(digits) < match.end() - match.start(), False))
    if any(char in text for char in "零一二三〇幺"):
        for match in _ZH_RUN.finditer(text):
            found.append(
                DigitRun(*match.span(), "".join(_ZH_DIGIT.get(char, "") for char in match.group()), False, True)
            )
    for match in _EN_RUN.finditer(text):
        found.append(DigitRun(*match.span(), _spoken_digits(match.group()), True, True))
    return sorted(found, key=lambda run: run.start)


def _spoken_digits(words: str) -> str:
    digits, times = "", 1
    for word in re.findall(r"[a-z]+", words):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        elif word == "hundred":
            digits += "00"
        elif word in _EN_DIGIT:
            digits, times = digits + _EN_DIGIT[word] * times, 1
    return digits


# --- codes ------------------------------------------------------------------------------------------------------------

_CODE = sieve(r"(?<![A-Za-z0-9_/.@#&-])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?![A-Za-z0-9_@])", re.A)


def read_code_like(text: str) -> list[tuple[int, int]]:
    """Tokens of a half-width text, case kept, that mix capitals with digits or are written in capitals throughout."""
    return [match.span() for match in _CODE.finditer(text) if looks_like_code(match.group())]


def looks_like_code(token: str) -> bool:
    if token.isalpha() and token[1:].islower():
        return False
    letters = [char for char in token if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    digits = sum(char.isdigit() for char in token)
    if not letters or len(token) < (3 if digits and capitals >= 2 else 4):
        return False
    if digits:
        return capitals >= 1 or (digits >= 2 and len(letters) >= 2)
    return capitals >= len(letters) - 1 and capitals >= 3


_CONFUSABLE = str.maketrans("01i|5$8", "ollls" + "sb")


def code_skeleton(code: str) -> str:
    """What remains of a code when the eye cannot tell O from 0 and l from 1."""
    return re.sub(r"[-_ ]", "", code).casefold().translate(_CONFUSABLE)


def edit_distance(one: str, other: str, limit: int = 2) -> int:
    """Levenshtein distance, or `limit` + 1 when it is larger."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return min(row[-1], limit + 1)
