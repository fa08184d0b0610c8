"""Files that a manager or a lawyer may change: what is wrong in them is named before anything is judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agent.domain import Decision, Finding, Severity, Words
from agent.errors import InputError
from agent.guardrails import check, context_from_json
from agent.guardrails.books import LOCKED, book_for, jurisdiction_of, read_books
from agent.guardrails.lexicon import licence_words, read_lexicons
from agent.guardrails.tables import PLAIN
from agent.resources import use_overrides

HEAD = 'title = "House"\nchecked_on = 2026-11-01\n'


@pytest.fixture
def no_overrides() -> Iterator[None]:
    yield
    use_overrides(None)


def a_book(folder: Path, text: str) -> Path:
    (folder / "house.toml").write_text(HEAD + text, encoding="utf-8")
    return folder


def a_list(folder: Path, text: str) -> Path:
    (folder / "own.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_book_may_make_a_rule_harder_and_switch_one_off_with_its_reason(tmp_path: Path) -> None:
    text = '[severity]\nTONE_PRESSURE = "block"\n[off]\nCOMPETITOR = "we publish comparisons that are checked"\n'
    book = read_books(a_book(tmp_path, text))["house"]
    found = [Finding(rule, Severity.HUMAN, "-", None, None, None, None) for rule in ("TONE_PRESSURE", "COMPETITOR")]
    assert [(one.rule, one.severity) for one in book.applied(found)] == [("TONE_PRESSURE", Severity.BLOCK)]
    assert book.checked_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[severity]\nNO_SUCH_RULE = "block"\n', "NO_SUCH_RULE"),
        ('[off]\nNO_SUCH_RULE = "why"\n', "NO_SUCH_RULE"),
        ('[severity]\nSUPPRESSED = "warn"\n', "SUPPRESSED"),
        ('[off]\nPII_LEAK = "no time"\n', "PII_LEAK"),
        ('[severity]\nTONE_PRESSURE = "fatal"\n', "fatal"),
        ("[severity\n", "house.toml"),
    ],
)
def test_what_a_book_may_not_say_is_named_with_the_file(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InputError) as told:
        read_books(a_book(tmp_path, text))
    assert named in str(told.value)
    assert "house" in str(told.value)


def test_every_locked_rule_exists() -> None:
    from agent.guardrails import all_rules

    assert {rule.id for rule in all_rules()} >= LOCKED


@pytest.mark.parametrize(
    ("stated", "zone", "place"),
    [
        ("US", None, "us"),
        ("GB", None, "uk"),
        (None, "Europe/Berlin", "eu"),
        (None, "Asia/Shanghai", "cn"),
        (None, None, None),
        (None, "Mars/Olympus", None),
    ],
)
def test_the_place_is_the_stated_one_else_the_zones(stated: str | None, zone: str | None, place: str | None) -> None:
    assert jurisdiction_of(stated, zone) == place


def test_where_nobody_knows_the_place_each_rule_is_as_hard_as_the_hardest_book_has_it() -> None:
    strictest, books = book_for(None, None), read_books()
    hard = {Severity.WARN: 0, Severity.FIX: 1, Severity.HUMAN: 2, Severity.BLOCK: 3}
    for book in books.values():
        for rule, said in book.severity.items():
            assert hard[strictest.severity[rule]] >= hard[said], (book.id, rule)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('zh_block = ["第一"]', "第一次"),
        ('en_block = ["best"]', "best"),
        ('en_block = ["(a+)+b"]', "for ever"),
        ('en_block = ["(unclosed"]', "no regular expression"),
        ("en_block = [7]", "no text"),
        ("en_block = [", "cannot be read"),
    ],
)
def test_a_list_that_would_ban_ordinary_words_or_run_for_ever_is_refused(tmp_path: Path, line: str, named: str) -> None:
    with pytest.raises(InputError) as told:
        read_lexicons(a_list(tmp_path, f"[ABSOLUTE_TERM]\n{line}\n"))
    assert named in str(told.value)
    assert "own.toml" in str(told.value)


def test_a_second_list_under_a_rule_adds_to_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[ABSOLUTE_TERM]\nen_block = ["peerless"]\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[ABSOLUTE_TERM]\nen_block = ["matchless"]\n', encoding="utf-8")
    both = read_lexicons(tmp_path)["ABSOLUTE_TERM"]
    assert all(next(both.hits(word), None) for word in ("a peerless pot", "a matchless pot"))


def test_there_are_ordinary_words_to_protect_in_both_languages() -> None:
    words = licence_words()
    assert sum(word.isascii() for word in words) >= 10
    assert sum(not word.isascii() for word in words) >= 10


@pytest.mark.usefixtures("no_overrides")
def test_a_broken_list_in_the_overrides_blocks_closed_and_says_which(tmp_path: Path) -> None:
    folder = tmp_path / "agent" / "guardrails" / "lexicons"
    folder.mkdir(parents=True)
    (folder / "claims.toml").write_text('[ABSOLUTE_TERM]\nen_block = ["(unclosed"]\n', encoding="utf-8")
    use_overrides(tmp_path)
    verdict = check(Words(None, "Hello Will."), context_from_json({**PLAIN["en"], "channel": "chat"}))
    assert verdict.decision is Decision.BLOCK
    assert any("claims.toml" in finding.message for finding in verdict.findings)
