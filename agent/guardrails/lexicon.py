"""Rules that live in word lists: reads lexicons/*.toml and finds what they name, with allowed phrases and denials.

Takes folded text and gives spans; knows nothing about messages. The lists are for marketers and lawyers to edit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from agent.domain import Severity
from agent.errors import InputError
from agent.language.literals import could_run_for_ever, split_alternatives
from agent.language.normalise import fold
from agent.language.sieve import Sieve, sieve
from agent.resources import kept, package_data

_DENIED = sieve(
    r"(?:不是|并非|并不是?|不敢说|没有|没|谈不上|不一定|不会|不能|不用|不必|不要|不需要|无需|切勿"
    r"|请勿|勿|别(?![人家的处])|从不|绝不|不存在|不向您|不得|而非|(?<!谁)不(?![仅但只光愧同过断错满]|是吗)"
    r"|无(?![疑论敌数愧]))\w{0,8}$|(?:谁|有人)\w{0,3}(?:跟|对|向)(?:您|你)(?:说|讲|保证|承诺)\w{0,4}$"
    r"|(?:(?<![a-z])(?:not(?! only| just| merely| to mention)|no(?! doubt| question| wonder| matter|,)|never"
    r"|without(?! (?:a |any )?(?:doubt|question))"
    r"|cannot|nor|neither|nobody|rarely|hardly|seldom|instead of|rather than|please don't|do not)"
    r"|n't(?! be surprised| say (?:we|i) | come crying| blame))(?: [\w']+){0,5} ?$"
)
_REACH = 40
_CLAUSE_END = sieve(r"[。！？!?；;\n，,.]")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something a list names, at [start, end) of the folded text."""

    start: int
    end: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists of one rule."""

    block: tuple[Sieve, ...]
    human: tuple[Sieve, ...]
    allow: tuple[Sieve, ...]
    deniable: bool

    def hits(self, text: str) -> Iterator[Hit]:
        taken: list[tuple[int, int]] | None = None
        for severity, patterns in ((Severity.BLOCK, self.block), (Severity.HUMAN, self.human)):
            for pattern in patterns:
                for match in pattern.finditer(text):
                    if taken is None:
                        taken = [found.span() for allowed in self.allow for found in allowed.finditer(text)]
                    if self._counts(match, text, taken):
                        yield Hit(match.start(), match.end(), severity)

    def with_more(self, other: Lexicon) -> Lexicon:
        """Both lists under one rule: a firm's own file adds to ours, and only one of the same name takes its place."""
        return Lexicon(
            self.block + other.block,
            self.human + other.human,
            self.allow + other.allow,
            self.deniable and other.deniable,
        )

    def _counts(self, match: re.Match[str], text: str, allowed: list[tuple[int, int]]) -> bool:
        if any(start < match.end() and match.start() < end for start, end in allowed):
            return False
        return not (self.deniable and is_denied_before(text, match.start()))


def is_denied_before(text: str, at: int) -> bool:
    """Whether a denial stands before `at` in the same clause: 不是最好的, we never ask for."""
    window = text[max(0, at - _REACH) : at]
    ends = [mark.end() for mark in _CLAUSE_END.finditer(window)]
    clause = (window[ends[-1] :] if ends else window).translate(_NO_QUOTES)
    return bool(_DENIED.search(clause))


_NO_QUOTES = str.maketrans(dict.fromkeys('“”「」『』"《》'))
"""没有“保底”: a mark between a denial and what it denies changes nothing."""


def _chinese(patterns: list[str]) -> tuple[Sieve, ...]:
    return (sieve("|".join(patterns)),) if patterns else ()


def _english(patterns: list[str]) -> tuple[Sieve, ...]:
    """Whole words; each alternative by itself, so that the sieve can tell them apart."""
    phrases = [phrase for pattern in patterns for phrase in split_alternatives(pattern)]
    return (sieve("|".join(f"(?<![a-z0-9])(?:{phrase})(?![a-z0-9])" for phrase in phrases)),) if phrases else ()


def read_lexicons(root: Traversable | Path | None = None) -> dict[str, Lexicon]:
    """All lexicons by rule id; `root` is another folder of the same shape."""
    return dict(_shipped()) if root is None else _read(root)


@kept
def _shipped() -> dict[str, Lexicon]:
    return _read(package_data("agent.guardrails") / "lexicons")


def _read(root: Traversable | Path) -> dict[str, Lexicon]:
    found: dict[str, Lexicon] = {}
    read: list[tuple[str, str, Lexicon]] = []
    for item in sorted(root.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".toml"):
            for rule, lists in _tables(item).items():
                more = _compile(item.name, rule, lists)
                found[rule] = found[rule].with_more(more) if rule in found else more
                read.append((item.name, rule, more))
    for file, rule, lexicon in read:  # after all are read, so that the sieve's automaton is built once
        _spare_everyday_words(file, rule, lexicon)
    return found


def _tables(item: Traversable) -> Mapping[str, Mapping[str, Any]]:
    try:
        tables = tomllib.loads(item.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputError(
            f"The list {item.name} cannot be read: {problem}.", "Mend that line, or take the file away."
        ) from None
    groups = tables.pop("words", {})
    return {rule: _spelled_out(item.name, lists, groups) for rule, lists in tables.items()}


_GROUP = re.compile(r"(?<![?P])<(?P<name>[a-z][a-z0-9_]*)>")


def _spelled_out(file: str, lists: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Mapping[str, Any]:
    """The lists with each `<name>` put as any of the words that `[words]` of the same file gives under that name."""

    def words_of(match: re.Match[str]) -> str:
        if match["name"] not in groups:
            raise InputError(f"{file}: [words] has no {match['name']!r}.", "Add it there, or spell the words out.")
        return f"(?:{_GROUP.sub(words_of, '|'.join(groups[match['name']]))})"

    def spelled(value: Any) -> Any:
        return [_GROUP.sub(words_of, line) if isinstance(line, str) else line for line in value]

    return {name: spelled(value) if isinstance(value, list) else value for name, value in lists.items()}


def _compile(file: str, rule: str, lists: Mapping[str, Any]) -> Lexicon:
    def both(name: str) -> tuple[Sieve, ...]:
        chinese, english = lists.get(f"zh_{name}", []), lists.get(f"en_{name}", [])
        for pattern in (*chinese, *english):
            _complain(file, rule, pattern)
        return _chinese(chinese) + _english(english)

    return Lexicon(both("block"), both("human"), both("allow"), bool(lists.get("deniable", False)))


def _spare_everyday_words(file: str, rule: str, lexicon: Lexicon) -> None:
    for word in licence_words():
        if hit := next(lexicon.hits(word), None):
            raise InputError(
                f"{file}: a line under {rule} bans {word[hit.start : hit.end]!r} in the everyday words {word!r}.",
                "Make the line narrower, or add the words to zh_allow or en_allow.",
            )


def _complain(file: str, rule: str, pattern: object) -> None:
    """A line that is no expression, or one that could run for ever on the wrong text, is named before it is used."""
    if not isinstance(pattern, str) or not pattern:
        raise InputError(
            f"{file}: under {rule} stands {pattern!r}, which is no text.", "Put it in quotes, or take it out."
        )
    try:
        re.compile(pattern)
    except (re.error, RecursionError) as problem:
        raise InputError(f"{file}: {pattern!r} under {rule} is no regular expression: {problem}.", _PLAINER) from None
    if could_run_for_ever(pattern):
        raise InputError(f"{file}: {pattern!r} under {rule} repeats a repetition and could run for ever.", _PLAINER)


_PLAINER = "Write it more plainly, for instance as words with | between."


@kept
def licence_words() -> tuple[str, ...]:
    """Everyday words that no list may ban, folded."""
    text = (package_data("agent.guardrails") / "licence_words.toml").read_text(encoding="utf-8")
    return tuple(fold(word).text for words in tomllib.loads(text).values() for word in words)


def texts_in(folder: str) -> str:
    """The files of a folder of this room as they are in force: part of what names a version of the rules."""
    root = package_data("agent.guardrails") / folder
    return "\n".join(
        item.read_text(encoding="utf-8")
        for item in sorted(root.iterdir(), key=lambda entry: entry.name)
        if item.name.endswith(".toml")
    )
