"""Flows at the command line: listed, written to edit, previewed, started, and where customers stand."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from api import terminal
from api.cli import app
from api.flowing import running_flows, write_flows
from tests.small_shop import SmallShop, a_small_shop

NOW = "2026-03-02T02:30:00+00:00"


@pytest.fixture
def shop(tmp_path: Path) -> SmallShop:
    return a_small_shop(tmp_path / "home")


def holdfast(shop: SmallShop, *words: str) -> Any:
    said = io.StringIO()
    with redirect_stdout(said):
        terminal.run(app, [*words, "--home", str(shop.workshop.home.root), "--now", NOW, "--json"])
    return json.loads(said.getvalue())


def test_the_shipped_flows_are_listed_written_previewed_and_started(shop: SmallShop, tmp_path: Path) -> None:
    listed = holdfast(shop, "campaign", "flows", "--out", str(tmp_path / "flows"))
    assert [flow["id"] for flow in listed["shipped"]] == ["cart", "renewal", "win-back"]
    own = tmp_path / "flows" / "win_back.toml"
    own.write_text(own.read_text(encoding="utf-8").replace("silent_days = 90", "silent_days = 50")
                   .replace("orders = 2", "orders = 1"), encoding="utf-8")  # fmt: skip
    look = holdfast(shop, "campaign", "preview", str(own))
    assert look["recipients"] == 5, "c5 has an open ticket"
    said = holdfast(shop, "campaign", "start", str(own), "--by", "mei")
    assert (said["state"], said["history"][0]["by"]) == ("running", "mei")
    [flow] = running_flows(shop.workshop)
    assert flow["id"] == "win-back"
    [standing] = flow["customers"]
    assert (standing["status"], standing["next"], standing["n"]) == ("active", "step 1 (send long_silence)", 6), (
        "five drafts wait for a person, one customer for an open ticket"
    )


def test_a_file_is_not_written_over(shop: SmallShop, tmp_path: Path) -> None:
    write_flows(tmp_path)
    assert holdfast(shop, "campaign", "flows", "--out", str(tmp_path))["error"]["code"] == "bad_input"


def test_a_flow_that_cannot_be_says_the_step_at_the_command_line(shop: SmallShop, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('id = "x"\ngoal = ["order"]\nenter = {orders = 1}\nsteps = [{wait = "soon"}]\n', encoding="utf-8")
    error = holdfast(shop, "campaign", "start", str(bad))["error"]
    assert "step 1: 'soon' is no length of time" in error["message"]
