"""The house itself: what may be loaded, what must be documented, what no path may skip."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

ROOT = Path(__file__).parents[2]
ROOMS = ("agent", "api", "knowledge", "prompts", "scoring")
HEAVY = {"torch", "transformers", "chromadb", "langchain_core", "sklearn", "lightgbm", "pandas", "fastapi", "duckdb"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_command_line_loads_nothing_heavy_before_it_must() -> None:
    assert loaded_by("import api.cli") & HEAVY == set()


def test_the_pipeline_runs_without_model_index_or_door() -> None:
    assert loaded_by("import agent.pipeline, agent.campaign") & HEAVY == set()


def commands(app: typer.Typer) -> set[str]:
    def walk(command: object, path: str) -> set[str]:
        children = getattr(command, "commands", None)
        if children is None:
            return {path}
        return set().union(*(walk(child, f"{path} {name}".strip()) for name, child in children.items()))

    return walk(get_command(app), "")


def test_every_command_stands_in_the_readme() -> None:
    from api.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = {name for name in commands(app) if f"holdfast {name}" not in readme}
    assert missing == set()


def test_every_command_of_the_readme_exists() -> None:
    from api.cli import app

    known = commands(app)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"holdfast ((?:[a-z]+ ?){1,3})", readme)
    groups = {name.split()[0] for name in known if " " in name}
    for words in named:
        parts = words.split()
        if parts and parts[0] in groups | {name for name in known if " " not in name}:
            path = " ".join(parts[:2]) if parts[0] in groups and len(parts) > 1 else parts[0]
            assert path in known or parts[0] in groups or path.split()[0] in known, words


def test_every_setting_stands_in_the_readme() -> None:
    from api.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"HOLDFAST_{name.upper()}" not in readme]
    assert missing == []


def calls_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }


def test_only_the_send_step_hands_a_message_to_a_channel() -> None:
    """`deliver` is a channel's method and the send stage's function; nobody else may call either."""
    callers = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "deliver" in calls_in(path)
    }
    assert callers == {"agent/send.py", "agent/pipeline.py"}


def test_only_an_approval_puts_a_message_into_the_outbox() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "enqueue" in calls_in(path)
    }
    assert callers == {"agent/pipeline.py"}


def test_every_module_explains_itself() -> None:
    mute = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert mute == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_readme(room: str) -> None:
    assert (ROOT / room / "README.md").is_file()


def test_the_ci_runs_the_readmes_own_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make test" in readme
    assert "make demo" in readme
    assert re.search(r"make .*\btest$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


def test_nothing_here_is_downloaded_by_itself() -> None:
    """A hub id is only resolved by transformers when the operator named one."""
    assert os.environ.get("HF_HUB_OFFLINE") != "0"
    hits = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"snapshot_download|hf_hub_download|urlretrieve|requests\.get", path.read_text(encoding="utf-8"))
    ]
    assert hits == []
