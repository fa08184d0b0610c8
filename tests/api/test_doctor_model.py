"""`holdfast doctor --model M`: a model of one's own is tried on built-in cases, and what is wrong with it is said."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from api import terminal
from api.cli import app
from tests.llm_server import llm_server

ROOT = Path(__file__).parents[2]


def doctor(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = terminal.run(app, ["doctor", "--json", "--home", str(home), *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_model_on_a_server_is_tried_and_its_kinds_of_trouble_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with llm_server("good") as server:
        code, told = doctor(capsys, tmp_path, "--model", server.url, "--cases", "6")
    assert code == 0
    assert (told["cases"], told["reached"], told["stopped"]) == (6, 6, False)
    assert told["valid"]["of"] == 6
    assert {"passed", "repaired", "named", "unlicensed_promise", "wrong_language", "unfinished"} <= set(told)
    assert told["tokens_per_draft"] > 0
    assert isinstance(told["findings"], dict)


def test_the_same_cases_come_on_every_day(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with llm_server("good") as server:
        one, other = (doctor(capsys, tmp_path, "--model", server.url, "--cases", "3")[1] for _ in range(2))
    assert (one["valid"], one["findings"]) == (other["valid"], other["findings"])


@pytest.mark.parametrize(
    ("given", "said", "remedy"),
    [
        ("./no/such/folder", "no model folder", "Check the path"),
        ("http://127.0.0.1:9/v1", "127.0.0.1:9", ""),
    ],
)
def test_a_model_that_is_not_there_is_one_clear_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: str, said: str, remedy: str
) -> None:
    code, told = doctor(capsys, tmp_path, "--model", given, "--cases", "2")
    words = json.dumps(told, ensure_ascii=False)
    assert said in words
    assert remedy in words
    if "error" in told:
        assert code == 1
        assert told["error"]["remedy"]
    else:  # a server that is down is found out case by case
        assert told["unavailable"]["hits"] == told["reached"]


def test_a_half_copied_folder_is_found_before_the_first_case(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    code, told = doctor(capsys, tmp_path, "--model", str(folder))
    assert code == 1
    assert "weights" in told["error"]["message"]


def test_stopping_it_prints_what_was_reached(tmp_path: Path) -> None:
    with llm_server("slow") as server:
        process = subprocess.Popen(
            [sys.executable, "-c", "from api.cli import main; main()", "doctor", "--json", "--home", str(tmp_path),
             "--model", server.url],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for _ in range(200):
            if server.heard():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    told = json.loads(out)
    assert process.returncode == 0
    assert (told["stopped"], told["cases"]) == (True, 40)
    assert told["reached"] < 40
