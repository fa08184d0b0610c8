"""A brand's voice: applied to templates, held against finished words, and widened by what edits taught.

Takes a Voice and words, gives words or a report with a score from 0 to 100. Slots, promises and quoted rules are left
as they are: a voice changes the manner, never a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from agent.domain import Brand, Language, LessonKind, Span, StyleRule, Voice, Words
from agent.slots.grammar import TOKEN

EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50]")
SENTENCES = {Language.ZH: re.compile(r"[^。！？!?\n]+"), Language.EN: re.compile(r"(?:[^.!?\n]|\.(?=\S))+")}
WORD = re.compile(r"[\w'’-]+")
POINTS = {"avoid": 15, "prefer": 10, "address": 20, "emoji": 10, "exclamations": 5, "longest": 5}
"""What each thing that is off costs, of 100."""


@dataclass(frozen=True, slots=True)
class Off:
    """One thing that does not sound like the brand. `kind` is a key of POINTS; `instead` what the brand would say."""

    kind: str
    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class VoiceReport:
    """`score` is 100 less what each thing costs, at least 0."""

    score: int
    off: tuple[Off, ...]


def voice_of(brand: Brand, language: Language) -> Voice:
    return brand.voice.get(language) or Voice()


def taught(brand: Brand, rules: Iterable[StyleRule]) -> Brand:
    """The brand with what its people's edits taught; a word of the brand's own file counts more than a lesson."""
    voices = {language: voice_of(brand, language) for language in Language}
    for rule in rules:
        if not rule.holds:
            continue
        lesson, voice = rule.lesson, voices[rule.lesson.language]
        if lesson.kind is LessonKind.DROP:
            voice = replace(voice, avoid=(*voice.avoid, lesson.words))
        elif lesson.words not in voice.prefer:
            voice = replace(voice, prefer={**voice.prefer, lesson.words: lesson.instead})
        voices[lesson.language] = voice
    return replace(brand, voice=voices)


def speak(template: str, voice: Voice) -> str:
    """The template with the brand's own words in the place of others, slots untouched."""
    return _outside_slots(template, lambda words: addressed(_preferred(words, voice), voice))


def addressed(words: str, voice: Voice) -> str:
    """您 or 你, as the brand says it; the length stays, so no citation moves."""
    return words.replace("您", "你") if voice.address == "你" else words


def avoids(words: str, voice: Voice) -> bool:
    """Whether these words hold any that the brand does not use."""
    return any(_find(word, words) for word in voice.avoid)


def lint(words: Words, spans: Sequence[Span], voice: Voice, language: Language) -> VoiceReport:
    """How much finished words sound like the brand. What was filled in is nobody's style and is not looked at."""
    subject, body = _without(words.subject or "", "subject", spans), _without(words.body, "body", spans)
    own = f"{subject}\n{body}"
    off = [*_word_choice(own, voice), *_manner(own, voice, language)]
    return VoiceReport(max(0, 100 - sum(POINTS[one.kind] for one in off)), tuple(off))


def _word_choice(text: str, voice: Voice) -> Iterable[Off]:
    for word in voice.avoid:
        if _find(word, text):
            yield Off("avoid", word)
    for word, instead in voice.prefer.items():
        if _find(word, text) and word not in instead:
            yield Off("prefer", word, instead)


def _manner(text: str, voice: Voice, language: Language) -> Iterable[Off]:
    other = "你" if voice.address == "您" else "您"
    if language is Language.ZH and other in text:
        yield Off("address", other, voice.address)
    if not voice.emoji and (found := EMOJI.search(text)):
        yield Off("emoji", found[0])
    for _ in range(text.count("!") + text.count("！") - voice.exclamations):
        yield Off("exclamations", "！" if language is Language.ZH else "!")
    if voice.longest:
        for sentence in SENTENCES[language].findall(text):
            length = len("".join(sentence.split())) if language is Language.ZH else len(WORD.findall(sentence))
            if length > voice.longest:
                yield Off("longest", " ".join(sentence.split()))


def _without(text: str, field: str, spans: Sequence[Span]) -> str:
    """The text with filled stretches blanked out."""
    chars = list(text)
    for span in spans:
        if span.field == field:
            chars[span.start : span.end] = " " * (span.end - span.start)
    return "".join(chars)


def _preferred(words: str, voice: Voice) -> str:
    for word, instead in voice.prefer.items():
        words = _pattern(word).sub(lambda match, instead=instead: _cased_like(match[0], instead), words)  # type: ignore[misc]
    return words


def _cased_like(model: str, words: str) -> str:
    """A capital where the words that stood there had one."""
    return words[:1].upper() + words[1:] if model[:1].isupper() else words


def _find(word: str, text: str) -> bool:
    return _pattern(word).search(text) is not None


def _pattern(word: str) -> re.Pattern[str]:
    """The words as whole words, in any case; Chinese has no word boundaries."""
    edge_before = r"(?<!\w)" if word[:1].isascii() and word[:1].isalnum() else ""
    edge_after = r"(?!\w)" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return re.compile(f"{edge_before}{re.escape(word)}{edge_after}", re.IGNORECASE)


def _outside_slots(template: str, change: Callable[[str], str]) -> str:
    parts, at = [], 0
    for match in TOKEN.finditer(template):
        parts += [change(template[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*parts, change(template[at:])])
