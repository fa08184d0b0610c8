"""Questions for a firm's own clauses: a model proposes, a person reads, and only then they are searched by."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from api.asking import questions_in
from api.cli import app
from api.terminal import run
from knowledge.documents import Clause
from knowledge.ingest import read_folder
from tests.llm_server import llm_server

RULES = """---
id: returns
valid_from: 2026-01-01
---
# Return window
Unused goods go back within 30 days.

# Own words
Bring the receipt.
> questions: do I need the receipt?

# For us
Ask the lead.
> audience: internal
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "returns.md").write_text(RULES, encoding="utf-8")
    return tmp_path / "policies"


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    said = ("--name", "Acme", "--address", "1 High St", "--domain", "acme.example", "--timezone", "Europe/London")
    run(app, ["init", "--home", str(tmp_path / "home"), *said, "--currency", "EUR", "--languages", "en", "--json"])
    capsys.readouterr()
    return tmp_path / "home"


def asked(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, *more: str, command: str = "questions"
) -> tuple[int, dict[str, Any]]:
    code = run(app, [command, str(folder), *more, "--json"] + (["--home", str(home)] if command == "questions" else []))
    return code, json.loads(capsys.readouterr().out)


def test_a_model_proposes_and_a_person_decides(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, folder: Path, tmp_path: Path
) -> None:
    with llm_server("asking") as server:
        monkeypatch.setenv("HOLDFAST_MODEL", f"{server.url}#asking")
        code, told = asked(capsys, home, folder)
        assert len(server.heard()) == 1
        again, _ = asked(capsys, home, folder)
        assert (again, len(server.heard())) == (0, 1), "what is proposed already is not asked for again"
    proposed = folder / "questions.proposed.toml"
    assert (code, told["file"], told["clauses_without"], told["asked"]) == (0, str(proposed), 1, 1)
    rows = tomllib.loads(proposed.read_text(encoding="utf-8"))
    questions = ["Can I still send it back?", "how long do I have", "How long do I have", "还能退吗？"]
    assert rows == {"returns#return-window": {"clause": "Unused goods go back within 30 days.", "questions": questions}}
    assert read_folder(folder)[0][0].clauses[0].questions == ()
    proposed.rename(folder / "questions.toml")
    clauses = read_folder(folder)[0][0].clauses
    assert [clause.questions for clause in clauses] == [tuple(questions), ("do I need the receipt?",), ()]
    code, _ = asked(capsys, home, folder, "--index", str(tmp_path / "index"), command="ingest")
    assert code == 0


def test_what_a_person_struck_or_wrote_stays_and_new_clauses_are_added(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, folder: Path
) -> None:
    proposed = folder / "questions.proposed.toml"
    proposed.write_text('# mine\n["returns#return-window"]\nquestions = []\n', encoding="utf-8")
    (folder / "more.md").write_text("---\nid: more\n---\n# Gift wrap\nGifts are wrapped.\n", encoding="utf-8")
    with llm_server("asking") as server:
        monkeypatch.setenv("HOLDFAST_MODEL", f"{server.url}#asking")
        _, told = asked(capsys, home, folder)
        assert len(server.heard()) == 1
    text = proposed.read_text(encoding="utf-8")
    assert text.startswith("# mine\n")
    assert list(tomllib.loads(text)) == ["returns#return-window", "more#gift-wrap"]
    assert (told["clauses_without"], told["asked"]) == (2, 1)


def test_a_second_folder_keeps_the_questions_of_the_first(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, tmp_path: Path
) -> None:
    (folder / "questions.toml").write_text('["returns#return-window"]\nquestions = ["a?"]\n', encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "gifts.md").write_text("---\nid: gifts\n---\n# Wrap\nGifts are wrapped.\n", encoding="utf-8")
    (other / "questions.toml").write_text('["gifts#wrap"]\nquestions = ["b?"]\n', encoding="utf-8")
    for each in (folder, other):
        assert run(app, ["import", "policies", str(each), "--home", str(home), "--json"]) == 0
    capsys.readouterr()
    found = {c.id: c.questions for document in read_folder(home / "policies")[0] for c in document.clauses}
    assert (found["returns#return-window"], found["gifts#wrap"]) == (("a?",), ("b?",))


@pytest.mark.parametrize("model", ["error500", "empty"])
def test_a_model_that_gives_nothing_at_all_is_an_outage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, folder: Path, model: str
) -> None:
    with llm_server(model) as server:
        monkeypatch.setenv("HOLDFAST_MODEL", f"{server.url}#{model}")
        code, told = asked(capsys, home, folder)
    assert (code, told["error"]["code"]) == (1, "writer_unavailable")
    assert not (folder / "questions.proposed.toml").exists()


@pytest.mark.parametrize(
    ("text", "finished", "found"),
    [
        ("<think>The user wants questions.\nThey ask.", True, ()),
        ("Sure! Here are two:\n1. can it go back?\n```\nA: yes", True, ("can it go back?",)),
        ("can it go back?\nhow lo", False, ("can it go back?",)),
        ("1.5 天内能退吗", True, ("1.5 天内能退吗",)),
    ],
)
def test_only_whole_questions_are_taken(text: str, finished: bool, found: tuple[str, ...]) -> None:
    clause = Clause("r#w", "r", "w", "Unused goods go back within 30 days.", "en")
    assert questions_in(text, clause, 10, finished) == found


@pytest.mark.parametrize("model", ["", "house"])
def test_without_a_chat_model_the_remedy_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, folder: Path, model: str
) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL", model)
    code, told = asked(capsys, home, folder)
    assert code == 1
    assert "HOLDFAST_MODEL" in told["error"]["remedy"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[returns", "cannot be read"),
        ('["returns#return-window"]\nquestions = "one"\n', "no list of questions"),
        ('["returns#gone"]\nquestions = ["where is it?"]\n', "no clause 'returns#gone'"),
    ],
)
def test_a_file_of_questions_that_cannot_be_meant_is_told_and_the_policies_stand(
    folder: Path, text: str, said: str
) -> None:
    (folder / "questions.toml").write_text(text, encoding="utf-8")
    documents, unread = read_folder(folder)
    assert len(documents[0].clauses) == 3
    assert said in unread[0].reason
    assert unread[0].remedy
