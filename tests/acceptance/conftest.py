"""The command line as a program is used: a process, its exit code, its one line of JSON.

The whole suite runs twice: on SQLite, and on a real PostgreSQL server that is started here, a schema for each home.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.servers import postgres, require_postgres


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


@dataclass
class Machine:
    """Where `holdfast` is called: with SQLite in the home folder, or with a schema of `server` for each home."""

    server: str | None = None
    schemas: dict[Path, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, home: Path | None = None, stdin: str | None = None, **env: str) -> Said:
        command = [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)]
        if home is not None:
            command += ["--home", str(home)]
        done = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            input=stdin,
            env={**os.environ, **self.env(home), **env},
            timeout=600,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def env(self, home: Path | None) -> dict[str, str]:
        quiet = {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
        if self.server is None or home is None:
            return quiet
        return {**quiet, "HOLDFAST_DATABASE_URL": f"{self.server}?options=-csearch_path%3D{self._schema(home)}"}

    def copy(self, home: Path, to: Path) -> Path:
        """A home with all that is in it, so that a test may change it."""
        shutil.copytree(home, to)
        if self.server is not None:
            old, new = self._schema(home), self._schema(to)
            with self._engine().begin() as c:
                for table in sa.inspect(c).get_table_names(schema=old):
                    c.execute(sa.text(f'create table "{new}"."{table}" (like "{old}"."{table}" including all)'))
                    c.execute(sa.text(f'insert into "{new}"."{table}" select * from "{old}"."{table}"'))
        return to

    def _schema(self, home: Path) -> str:
        if home not in self.schemas:
            self.schemas[home] = f"home_{uuid.uuid4().hex[:12]}"
            with self._engine().begin() as c:
                c.execute(sa.text(f"create schema {self.schemas[home]}"))
        return self.schemas[home]

    def _engine(self) -> sa.Engine:
        assert self.server is not None
        return sa.create_engine(self.server)


Holdfast = Machine


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def holdfast(request: pytest.FixtureRequest) -> Iterator[Machine]:
    if request.param == "sqlite":
        yield Machine()
        return
    require_postgres()
    with postgres() as url:
        yield Machine(url)


@pytest.fixture
def only_sqlite(holdfast: Machine) -> None:
    """For what is about the file of the database itself, or about no database at all: once is enough."""
    if holdfast.server is not None:
        pytest.skip("nothing in this test depends on the database")


@pytest.fixture(scope="session")
def demo_home(holdfast: Machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the demo ran once; tests that change it copy it first."""
    home = tmp_path_factory.mktemp("demo") / "home"
    said = holdfast("demo", "--customers", "300", "--json", "--now", "2026-03-02", home=home)
    assert said.code == 0, said.err
    (home / "first.json").write_text(said.out, encoding="utf-8")
    return home
