"""A phone number as it stands on record → the one that providers dial (E.164), and back to how records may write it."""

from __future__ import annotations

import re

from agent.errors import InputError

MAINLAND = re.compile(r"\+861[3-9]\d{9}")


def e164(text: str, chinese_shop: bool) -> str:
    """+8613000000000. Without its country a number is taken for a Chinese mobile only in a Chinese shop's records.

    1 310 555 1234 is a mobile in Anhui or a landline in Los Angeles. Raises InputError: a wrong guess would reach
    somebody else.
    """
    digits = re.sub(r"[\s().-]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if chinese_shop and re.fullmatch(r"1[3-9]\d{9}", digits, re.ASCII):
        digits = f"+86{digits}"
    if re.fullmatch(r"861[3-9]\d{9}", digits, re.ASCII):
        digits = f"+{digits}"
    if not re.fullmatch(r"\+[1-9]\d{6,14}", digits, re.ASCII):
        raise InputError("the phone number has no country code, or is none", "write it like +44 20 7946 0000")
    return digits


def is_mainland(number: str) -> bool:
    """Whether this is a mobile number of mainland China."""
    return MAINLAND.fullmatch(number) is not None


def spellings(number: str) -> tuple[str, ...]:
    """How a record may write this number (E.164); who of them is meant, `e164` says for each."""
    digits = number.removeprefix("+")
    return (number, digits, f"00{digits}", *([digits.removeprefix("86")] if is_mainland(number) else []))


def readings(text: str) -> tuple[str, ...]:
    """Every number (E.164) that a record may mean by this; where two may be meant, both."""
    found = []
    for chinese_shop in (True, False):
        try:
            found.append(e164(text if text.startswith(("+", "00")) or chinese_shop else f"+{text}", chinese_shop))
        except InputError:
            continue
    return tuple(dict.fromkeys(found))
