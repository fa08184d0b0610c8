"""Real servers for tests, started from installed packages and stopped with the test run."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa


def postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl; None when no server is installed."""
    if (found := shutil.which("pg_ctl")) is not None:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return folders[-1].parent if folders else None


@dataclass(frozen=True)
class Postgres:
    """`stop` is as rude as a power cut; `start` brings the same data back at the same address."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]


@contextmanager
def postgres() -> Iterator[str]:
    """A throw-away PostgreSQL on loopback; gives its SQLAlchemy URL."""
    with postgres_server() as server:
        yield server.url


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """The same, with its switch."""
    programs = postgres_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="holdfast-pg-"))
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, user)
    port = free_port()
    data = folder / "data"

    def call(*command: str) -> None:
        done = subprocess.run(
            [str(programs / command[0]), *command[1:]],
            user=user if os.getuid() == 0 else None,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{command[0]} failed; see {folder}/log"

    call("initdb", "-D", str(data), "-U", "holdfast", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"

    def start() -> None:
        call("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")

    def stop() -> None:
        call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")

    start()
    try:
        yield Postgres(f"postgresql+psycopg://holdfast@127.0.0.1:{port}/postgres", stop, start)
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)


def own_schema(server: str) -> str:
    """An empty schema on this server; gives the URL that sees it alone."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.text(f"create schema {name}"))
    engine.dispose()
    return f"{server}?options=-csearch_path%3D{name}"


def require_postgres() -> None:
    """Skip where no server is installed; in CI that is a fault of the set-up, and said."""
    if postgres_programs() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and in CI this test must run")
        pytest.skip("no PostgreSQL server installed: apt-get install postgresql")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
