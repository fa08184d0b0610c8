"""Which writing a text is in: share of Chinese and Latin letters, words in mixed scripts, traditional characters.

Knows nothing about what language was wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.language.normalise import HANZI, LOOKALIKES
from agent.language.sieve import sieve

_HANZI = sieve(f"[{HANZI}]")
_HANZI_RUN = sieve(f"[{HANZI}]+")
_LATIN_WORD = sieve(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?")
_OTHER = sieve(r"[\u0370-\u03ff\u0400-\u052f\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]")
_TOKEN = sieve(r"[A-Za-zÀ-ɏ\u0370-\u03ff\u0400-\u052f]+")
_GREEK_CYRILLIC = sieve(r"[\u0370-\u03ff\u0400-\u052f]")
_CYRILLIC = sieve(r"[\u0400-\u052f]")


@dataclass(frozen=True, slots=True)
class ScriptCounts:
    """Chinese characters, Latin words (a word weighs about as much as two characters), letters of other scripts."""

    hanzi: int
    latin_words: int
    other: int

    @property
    def chinese_share(self) -> float:
        """0 to 1; 0.5 for a text without letters."""
        weight = self.hanzi + 1.6 * self.latin_words + self.other
        return self.hanzi / weight if weight else 0.5


def count_scripts(text: str) -> ScriptCounts:
    if text.isascii():
        return ScriptCounts(0, len(_LATIN_WORD.findall(text)), 0)
    return ScriptCounts(len(_hanzi_only(text)), len(_LATIN_WORD.findall(text)), len(_OTHER.findall(text)))


def guess_language(text: str) -> str | None:
    """`zh`, `en`, `other`, or None when there is too little to tell."""
    counts = count_scripts(text)
    if counts.other > counts.hanzi and counts.other > counts.latin_words:
        return "other"
    if counts.hanzi + counts.latin_words < 2:
        return None
    return "zh" if counts.chinese_share >= 0.5 else "en"


def mixed_script_words(text: str) -> list[tuple[int, int]]:
    """Words that mix Latin with Greek or Cyrillic letters, or dress up as Latin in letters that only look so."""
    odd = "" if text.isascii() else "".join(_GREEK_CYRILLIC.findall(text))
    if not odd:
        return []
    disguised = all(ord(char) in LOOKALIKES for char in odd.casefold())
    return [token.span() for token in _TOKEN.finditer(text) if _is_mixed(token.group(), disguised)]


def _is_mixed(word: str, disguised: bool) -> bool:
    odd = sum(1 for char in word if _GREEK_CYRILLIC.match(char))
    if odd < len(word):
        return odd > 0
    # a lone Greek letter is a symbol; a lone Cyrillic one among Latin words is a disguise
    return disguised and (len(word) > 1 or bool(_CYRILLIC.match(word)))


def is_traditional(char: str) -> bool:
    """A character that the traditional standard (Big5) has and the simplified one (GB 2312) lacks."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        try:
            char.encode("big5")
        except UnicodeEncodeError:
            return False
        return bool(_HANZI.match(char))
    return False


def traditional_characters(text: str) -> list[int]:
    """Offsets of traditional characters. One alone may be a rare name; several are traditional writing."""
    if text.isascii():
        return []
    try:
        _hanzi_only(text).encode("gb2312")
    except UnicodeEncodeError:
        return [at for at, char in enumerate(text) if is_traditional(char)]
    return []


def _hanzi_only(text: str) -> str:
    return "".join(_HANZI_RUN.findall(text))
