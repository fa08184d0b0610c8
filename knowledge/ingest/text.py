"""Bytes → text, whatever they were saved as; and the small repairs that text of any format needs."""

from __future__ import annotations

import re
import unicodedata

from knowledge.errors import DocumentUnreadable

HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]+")
LONELY_HAN = re.compile(r"(?<=[A-Za-z])[\u3400-\u9fff](?=[A-Za-z ])")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
BROKEN_SHARE = 0.002
"""A UTF-8 file of which fewer bytes than this are broken is read all the same, and the broken places are counted."""


def decode(raw: bytes, path: str) -> tuple[str, list[str]]:
    """The text, and what is doubtful about it. Raises DocumentUnreadable when it is no text at all."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _text(raw.decode("utf-16", "replace"), path), []
    try:
        return _text(raw.decode("utf-8-sig"), path), []
    except UnicodeDecodeError:
        pass
    mended = raw.decode("utf-8", "replace")
    if mended.count("\ufffd") <= max(1, int(len(raw) * BROKEN_SHARE)) and len(raw) > 200:
        return _text(mended, path), [f"{mended.count(chr(0xFFFD))} broken characters: save the file as UTF-8"]
    for encoding in ("gb18030", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # An English letter with a curly apostrophe is valid GB18030 too, and then holds lonely Chinese characters.
        if encoding == "gb18030" and len(LONELY_HAN.findall(text)) > 0.5 * len(HAN.findall(text)):
            continue
        return _text(text, path), [f"it is no UTF-8, and was read as {encoding.upper()}"]
    raise DocumentUnreadable(f"{path} is neither UTF-8 nor GB18030 text", "save it as UTF-8")


def _text(text: str, path: str) -> str:
    if len(CONTROL.findall(text)) > len(text) / 50:
        raise DocumentUnreadable(f"{path} is no text", "save it as UTF-8 text, or give it the suffix of its format")
    return CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def tidy(text: str) -> str:
    """Composed characters, one space where there were many, no blanks at the ends of lines, no soft hyphens."""
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "")
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def language_of(text: str) -> str | None:
    """ "zh" or "en" by what the text is mostly made of; None when there is too little of either."""
    han, words = len(HAN.findall(text)), len(WORD.findall(text))
    if han + words < 4:
        return None
    return "zh" if han > 0.6 * words else "en"
