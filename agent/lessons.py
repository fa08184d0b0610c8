"""What a person's edit of a draft teaches. Takes the draft and the edited words, gives lessons; stores nothing.

Clause by clause: a clause that became another one teaches the words that changed in it, a clause that was taken out
teaches that it is not wanted. Whatever touches a filled fact, a promise or a number is no matter of style and teaches
nothing: the gate has its own word on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from agent.domain import Draft, Language, Lesson, LessonKind, Span, Words
from agent.language.masking import mask
from agent.spans import reanchor

CLAUSE = re.compile(r"[^，。！？；：,;:!?\n.]+")
LONGEST = {Language.ZH: 14, Language.EN: 60}
"""Characters of a change that is still a habit of wording and not a new thought."""
SHORTEST_DROP = {Language.ZH: 4, Language.EN: 12}
NAMED = frozenset({"salutation", "first_name"})
GREETING = frozenset("您好 你好 hi hello dear hey 尊敬的 亲爱的".split())
TITLE = re.compile(r"(?:先生|女士|小姐)$")
FILLED = "\u25a1"


def lessons(draft: Draft, words: Words) -> tuple[Lesson, ...]:
    """Each lesson once, in the order of the text."""
    before = Words(draft.subject, draft.body)
    kept = reanchor(draft.spans, before, words)
    old = _clauses(_blanked(draft.body, ((span.start, span.end) for span in draft.spans if span.field == "body")))
    new = _clauses(_blanked(words.body, ((span.start, span.end) for span in kept if span.field == "body")))
    found = [lesson for change in _changes(old, new) for lesson in _learn(*change, draft.language)]
    return tuple(dict.fromkeys(found))


def example(draft: Draft, words: Words) -> str:
    """The edited message as a template: filled stretches are slots again, what else could name somebody is masked."""
    spans = reanchor(draft.spans, Words(draft.subject, draft.body), words)
    names = _names(draft)
    parts = [
        _slotted(text, field, spans, names)
        for field, text in (("subject", words.subject), ("body", words.body))
        if text
    ]
    return "\n\n".join(parts)


def _slotted(text: str, field: str, spans: Sequence[Span], names: Sequence[str]) -> str:
    parts, at = [], 0
    for span in sorted((span for span in spans if span.field == field), key=lambda span: span.start):
        parts += [_masked_lines(text[at : span.start], names), "{" + span.slot + "}"]
        at = span.end
    return "".join([*parts, _masked_lines(text[at:], names)]).strip()


def _names(draft: Draft) -> tuple[str, ...]:
    """The customer's name as this draft said it: a person's edit may say it once more outside the greeting."""
    said = [draft.body[span.start : span.end] for span in draft.spans if span.slot in NAMED and span.field == "body"]
    words = [TITLE.sub("", word) for text in said for word in re.findall(r"[\w·•'’-]+", text)]
    return tuple(word for word in words if word and word.lower() not in GREETING)


def _masked_lines(text: str, names: Sequence[str]) -> str:
    """Masked line by line, with the white space around kept: it holds slots apart."""
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + mask(line, names) + line[len(line.rstrip()) :]
        if line.strip()
        else line
        for line in text.split("\n")
    )


def _blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    chars = list(text)
    for start, end in stretches:
        chars[start:end] = FILLED * (end - start)
    return "".join(chars)


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in CLAUSE.findall(text) if clause.strip()]


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[str, str | None]]:
    """(clause, what became of it); None where it was taken out."""
    for tag, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "delete":
            yield from ((clause, None) for clause in old[a:b])
        elif tag == "replace" and b - a == d - c:
            yield from zip(old[a:b], new[c:d], strict=True)


def _learn(old: str, new: str | None, language: Language) -> Iterator[Lesson]:
    if new is None:
        if _is_style(old) and len(old) >= SHORTEST_DROP[language]:
            yield Lesson(language, LessonKind.DROP, old)
        return
    words, instead = _difference(old, new, language)
    if words and instead and _is_style(words + instead) and max(len(words), len(instead)) <= LONGEST[language]:
        yield Lesson(language, LessonKind.REPLACE, words, instead)


def _difference(old: str, new: str, language: Language) -> tuple[str, str]:
    """What is left of both without their common beginning and end, at the borders of words."""
    pieces = list if language is Language.ZH else str.split
    a, b = pieces(old), pieces(new)
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    joint = "" if language is Language.ZH else " "
    if language is Language.ZH and len(a) - start - end < 2 <= len(a):  # one character says too little by itself
        start, end = max(0, start - 1), end
    return joint.join(a[start : len(a) - end]), joint.join(b[start : len(b) - end])


def _is_style(text: str) -> bool:
    return FILLED not in text and not re.search(r"[\d{}@]|https?:", text) and bool(text.strip())
