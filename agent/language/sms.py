"""How many SMS segments a text takes, by the alphabets of 3GPP TS 23.038. Knows nothing about limits."""

from __future__ import annotations

from dataclasses import dataclass

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """`units` are septets in GSM-7 and UTF-16 code units in UCS-2."""

    encoding: str
    units: int
    segments: int


def _septets(text: str) -> list[int] | None:
    widths = [1 if char in GSM7 else 2 if char in GSM7_EXTENSION else 0 for char in text]
    return None if 0 in widths else widths


def _packed(widths: list[int], single: int, joined: int) -> int:
    """Segments needed when a character of two units is never torn apart."""
    if sum(widths) <= single:
        return 1
    segments, used = 1, 0
    for width in widths:
        if used + width > joined:
            segments, used = segments + 1, 0
        used += width
    return segments


def sms_size(text: str) -> SmsSize:
    """Encoding, length and number of segments; an empty text takes none."""
    if not text:
        return SmsSize("GSM-7", 0, 0)
    septets = _septets(text)
    if septets is not None:
        return SmsSize("GSM-7", sum(septets), _packed(septets, 160, 153))
    units = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return SmsSize("UCS-2", sum(units), _packed(units, 70, 67))
