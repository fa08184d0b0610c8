"""The command line as a program is used: a process, its exit code, its one line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        lines = self.out.splitlines()
        assert len(lines) == 1, f"one line of JSON, not {len(lines)}: {self.out[:500]} {self.err[-500:]}"
        return json.loads(lines[0])


Holdfast = Callable[..., Said]


def call(*arguments: str | Path, home: Path | None = None, **env: str) -> Said:
    command = [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)]
    if home is not None:
        command += ["--home", str(home)]
    quiet = {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **quiet, **env}, timeout=600)
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def holdfast() -> Holdfast:
    return call


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the demo ran once; tests that change it copy it first."""
    home = tmp_path_factory.mktemp("demo") / "home"
    said = call("demo", "--customers", "300", "--json", "--now", "2026-03-02", home=home)
    assert said.code == 0, said.err
    (home / "first.json").write_text(said.out, encoding="utf-8")
    return home
