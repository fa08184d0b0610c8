"""Imported by the fork server alone: what every life would pay for is paid here, once.

One message goes from a case to the sink and back, so that drivers, lexicons and the gate's patterns are loaded. What it
opened is closed again: a connection must not be shared by forks.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from agent import pipeline
from agent.domain import Channel
from tests.faults.lives import Fate
from tests.faults.sender import CountingChannel
from tests.street import a_street

with suppress(ModuleNotFoundError):  # an extra
    import psycopg  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

with tempfile.TemporaryDirectory() as folder:
    street = a_street(Path(folder))
    street.house.channels[Channel.EMAIL] = CountingChannel(Path(folder) / "x", Fate(None))  # type: ignore[index]
    street.approved(case_id="warm")
    assert len(pipeline.send_due(street.house)) == 1
    street.engine.dispose()
