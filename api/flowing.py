"""Flows as a manager sees them: the samples that come along, and where customers stand in those that run."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.domain import FlowStatus
from agent.errors import InputError
from agent.flow import Step
from agent.plan import plan_of
from agent.resources import package_data
from api.files import write_new

if TYPE_CHECKING:
    from api.bootstrap import Workshop


def shipped_texts() -> dict[str, str]:
    """File name → text, a firm's own in the place of ours."""
    folder = package_data("agent.data") / "flows"
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


def shipped_flows() -> list[dict[str, Any]]:
    return [tomllib.loads(text) for text in shipped_texts().values()]


def write_flows(folder: Path) -> list[Path]:
    """Each as a file to edit. Raises InputError rather than write over one."""
    paths = {folder / name: text for name, text in shipped_texts().items()}
    if there := [path for path in paths if path.exists()]:
        raise InputError(f"{there[0]} is there already", "name another folder, or move the file away")
    for path, text in paths.items():
        write_new(path, text)
    return list(paths)


def running_flows(workshop: Workshop) -> list[dict[str, Any]]:
    """Every started flow with how many customers wait for which step, or ended how."""
    found = []
    for row in workshop.store.campaigns.rows():
        if (flow := plan_of(row.plan).flow) is None:
            continue
        counts = workshop.store.flows.counts(row.id)
        customers = [
            {"status": status.value, "step": step, "next": _next(status, flow.steps, step), "n": n}
            for (status, step), n in counts.items()
        ]
        found.append({"id": row.id, "status": row.status.value, "title": dict(flow.title), "customers": customers})
    return found


def _next(status: FlowStatus, steps: tuple[Step, ...], number: int) -> str:
    """What an active customer waits for, in a word; empty for the others."""
    if status is not FlowStatus.ACTIVE or number >= len(steps):
        return ""
    step = steps[number]
    what = f"send {step.situation}" if step.situation else "wait" if step.wait else "a condition"
    return f"{step.name} ({what})"
