"""A model that cannot be loaded is an outage: somebody else writes, it is said why, and nobody waits."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent import pipeline
from agent.domain import CaseStatus, FactSheet, WriteRequest, WriterReply
from agent.errors import NotReady, WriterUnavailable
from agent.ports import Writer
from agent.writers.composer import Composer
from agent.writers.house import WEIGHTS, load_house
from api import model_writers
from api.cli import app
from api.model_writers import OnDemandWriter, load_writer
from api.terminal import run
from tests.street import Street, a_street


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return a_street(tmp_path)


def half_a_house(folder: Path) -> Path:
    half = folder / "half-copied"
    shutil.copytree(WEIGHTS, half)
    with (half / "model.safetensors").open("r+b") as file:
        file.truncate(100_000)
    return half


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_is_gone_or_half_copied_leaves_the_case_to_the_composer(
    street: Street, tmp_path: Path, caplog: pytest.LogCaptureFixture, there: bool
) -> None:
    folder = half_a_house(tmp_path) if there else tmp_path / "gone"
    model = OnDemandWriter(lambda: load_writer(str(folder)), 5.0, folder.name)
    with caplog.at_level(logging.WARNING, "holdfast"):
        prepared = pipeline.prepare(street.open(), replace(street.house, writers=(model, Composer())))
    assert prepared.draft is not None
    assert (prepared.draft.writer.name, prepared.draft.writer.fell_back_from) == ("composer", (folder.name,))
    assert prepared.case.status is CaseStatus.CHECKED
    assert [record.getMessage() for record in caplog.records] == [caplog.records[0].getMessage()]
    assert ("not whole" if there else "no model folder") in caplog.records[0].getMessage()


def test_without_another_writer_the_case_waits_for_a_person(street: Street, tmp_path: Path) -> None:
    model = OnDemandWriter(lambda: load_writer(str(tmp_path / "gone")), 5.0, "gone")
    prepared = pipeline.prepare(street.open(), replace(street.house, writers=(model,)))
    assert (prepared.case.status, prepared.draft) == (CaseStatus.NEEDS_PERSON, None)


def test_it_is_tried_again_after_a_while_and_not_at_once(
    make_sheet: Callable[..., FactSheet], monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [0.0], list[float]()
    monkeypatch.setattr(model_writers, "monotonic", lambda: now[0])

    class Own(Composer):
        def write(self, request: WriteRequest) -> WriterReply:
            return WriterReply("written")

    def load() -> Writer:
        asked.append(now[0])
        if len(asked) < 2:
            raise NotReady("half of it is here", "copy the rest")
        return Own()

    model, request = OnDemandWriter(load, 5.0, "own"), WriteRequest((), make_sheet())
    for second in (0.0, 30.0):
        now[0] = second
        with pytest.raises(WriterUnavailable, match="half of it"):
            model.write(request)
        assert (model.name, model.revision) == ("own", "")
    now[0] = 61.0
    assert model.write(request).text == "written"
    assert (model.name, asked) == ("composer", [0.0, 61.0])


def test_half_a_house_model_is_named_and_not_our_own_fault(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="not whole"):
        load_house(half_a_house(tmp_path))


def test_the_doctor_looks_into_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL", str(half_a_house(tmp_path)))
    run(app, ["doctor", "--json", "--home", str(tmp_path / "home")])
    told = capsys.readouterr().out
    assert "not whole" in told
    assert "then the composer" not in told
