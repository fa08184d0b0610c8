"""Where public data for trying lies, when it lies anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def public_file(name: str) -> Path:
    """The file, or a skip that says why."""
    folder = Path(os.environ.get("HOLDFAST_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"no public data at {path}: set HOLDFAST_PUBLIC_DATA")
    return path
