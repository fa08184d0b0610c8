"""What `holdfast doctor` says of a model server, asked for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.bootstrap import Workshop
from api.clock import SystemClock
from api.diagnosis import Step, examine
from api.home import Home
from api.settings import Settings
from tests.llm_server import llm_server


def writer_line(folder: Path, **settings: Any) -> Step:
    workshop = Workshop(Home(folder), Settings(home=folder, **settings), SystemClock())
    return next(step for step in examine(workshop) if step.name == "writer")


def test_the_doctor_names_the_model_that_would_write(tmp_path: Path) -> None:
    with llm_server("good") as server:
        line = writer_line(tmp_path, model=server.url)
    assert (line.state, line.says) == ("ok", f"good at {server.url}, then the composer")


def test_the_doctor_lists_the_models_when_nobody_said_which(tmp_path: Path) -> None:
    with llm_server("good", "slow") as server:
        line = writer_line(tmp_path, model=server.url)
    assert line.state == "wrong"
    assert "good, slow" in line.says
    assert f"HOLDFAST_MODEL={server.url}#good" in line.remedy


def test_the_doctor_sees_a_name_that_the_server_does_not_serve(tmp_path: Path) -> None:
    with llm_server("good") as server:
        line = writer_line(tmp_path, model=server.url, model_name="qwen")
    assert (line.state, line.remedy) == ("wrong", "it serves: good; name one of them")


@pytest.mark.parametrize("model", ["http://127.0.0.1:9/v1", "http://host:x/v1"])
def test_the_doctor_has_a_remedy_for_a_server_that_cannot_be_reached(tmp_path: Path, model: str) -> None:
    line = writer_line(tmp_path, model=model)
    assert line.state == "wrong"
    assert line.remedy


def test_the_key_of_the_server_is_never_printed() -> None:
    assert "sesame" not in repr(Settings(model="http://127.0.0.1:9/v1", model_key="sesame"))  # type: ignore[arg-type]
