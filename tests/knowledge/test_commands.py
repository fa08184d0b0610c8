"""`holdfast ingest`, `retrieve` and `eval retrieval` as other programs call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api import terminal
from api.cli import app
from tests.knowledge.papers import Sheet, pdf

NOW = "2026-03-02T09:00:00Z"


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    code = terminal.run(app, [*map(str, words), "--json"])
    [line] = capsys.readouterr().out.splitlines()
    return code, json.loads(line)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "p"
    folder.mkdir()
    sale = "# Old sale\n\nHalf price.\n> valid_to: 2025-01-01\n"
    text = f"# Returns\n\nUnused goods can be returned within 14 days.\n\n{sale}"
    (folder / "shop.md").write_text(text, encoding="utf-8")
    (folder / "scan.pdf").write_bytes(pdf(Sheet()))
    return folder


def test_ingesting_twice_tells_by_name_what_changed_and_what_expired(
    tmp_path: Path, policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, first = run(capsys, "ingest", policies, "--index", tmp_path / "i", "--now", NOW)
    assert (code, first["added"], first["expired"]) == (0, 2, 1)
    assert first["names"]["expired"] == ["shop#old-sale"]
    assert [Path(item["file"]).name for item in first["unread"]] == ["scan.pdf"]
    (policies / "shop.md").write_text("# Returns\n\nWithin 30 days.\n", encoding="utf-8")
    code, second = run(capsys, "ingest", policies, "--index", tmp_path / "i", "--now", NOW)
    assert (second["names"]["changed"], second["names"]["removed"]) == (["shop#returns"], ["shop#old-sale"])
    assert second["findings"][0]["kind"] == "remark"


def test_where_nothing_can_be_read_the_command_fails_with_the_remedy(
    tmp_path: Path, policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (policies / "shop.md").unlink()
    code, answer = run(capsys, "ingest", policies, "--index", tmp_path / "i")
    assert code == 1
    assert "OCR" in answer["error"]["remedy"]


def test_the_size_limit_is_a_setting(
    tmp_path: Path, policies: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_INGEST_MAX_MB", "0.00001")
    code, answer = run(capsys, "ingest", policies, "--index", tmp_path / "i")
    assert code == 1
    assert "HOLDFAST_INGEST_MAX_MB" in answer["error"]["remedy"]


def test_an_answer_has_the_contracts_keys_and_a_miss_says_why(
    tmp_path: Path, policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "ingest", policies, "--index", tmp_path / "i")
    _, found = run(capsys, "retrieve", "can I send it back unused", "--index", tmp_path / "i", "--now", NOW)
    keys = {"document", "clause", "text", "score", "language", "valid_from", "valid_to"}
    assert keys <= set(found["results"][0])
    assert (found["results"][0]["document"], found["results"][0]["clause"]) == ("shop", "Returns")
    code, missed = run(capsys, "retrieve", "who won the match", "--index", tmp_path / "i", "--now", NOW)
    assert (code, missed["results"], missed["because"]) == (0, [], "nothing covers it")


def test_the_search_of_an_index_of_ones_own_is_measured(
    tmp_path: Path, policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "ingest", policies, "--index", tmp_path / "i")
    asked = tmp_path / "q.jsonl"
    asked.write_text(
        '{"id": "1", "language": "en", "query": "may unused goods go back", "answers": ["shop#returns"]}\n'
        '{"id": "2", "language": "en", "query": "who won the match", "answers": []}\n',
        encoding="utf-8",
    )
    _, told = run(capsys, "eval", "retrieval", "--index", tmp_path / "i", "--questions", asked, "--now", NOW)
    assert told["questions"] == 2
    ours = told["methods"][0]
    assert (ours["name"], ours["recall_at_1"], ours["abstains_right"]) == ("ours", 1.0, 1.0)
    assert {"recall_at_5", "mrr", "search_p50_ms", "search_p95_ms", "embed_p50_ms", "intervals"} <= set(ours)
