"""holdfast backup, restore, daily: what keeps an installation alive from one day to the next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.terminal import FAILED, Call, command

MARKS = {"done": "✓", "skipped": "○", "failed": "✗"}


def register(root: typer.Typer) -> None:
    command(root, "backup")(backup)
    command(root, "restore")(restore)
    command(root, "daily")(daily)


def backup(
    call: Call,
    file: Annotated[Path, typer.Argument(help="The archive to write, for example backup-2026-03-02.tar.gz.")],
) -> dict[str, Any]:
    """Everything into one archive, while the server runs. It holds secrets and customers: keep it safe."""
    from api.backup import back_up
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    with call.progress("backup") as progress:
        made = back_up(workshop, file, progress)
    size = file.stat().st_size
    call.say(f"{file}: {sum(made.tables.values()):,} rows, {len(made.files):,} files, {size / 1e6:.1f} MB")
    call.say("Left out: the sink's outbox, sessions, sign-in links, settings in the environment or in .env.")
    return {
        "file": str(file),
        "bytes": size,
        "brand": made.brand,
        "schema": made.schema,
        "at": made.at.isoformat(),
        "tables": dict(made.tables),
        "files": len(made.files),
    }


def restore(call: Call, file: Annotated[Path, typer.Argument(help="An archive of holdfast backup.")]) -> dict[str, Any]:
    """An archive into a new home and an empty database. Nothing is sent and no coupon reserved until you say so."""
    from api.bootstrap import open_workshop
    from api.restore import restore as bring_back

    workshop = open_workshop(call)
    with call.progress("restore") as progress:
        done = bring_back(file, workshop, progress)
    made, locked = done.manifest, done.locked
    where = f" --home {workshop.home.root}"
    steps = [
        f"holdfast doctor{where}",
        f"holdfast import outcomes FILE{where}   (redemptions and unsubscribes since {made.at:%Y-%m-%d %H:%M} UTC)",
        f"holdfast offers unfreeze --by NAME{where}",
        *(f"holdfast campaign resume {campaign_id}{where}" for campaign_id in locked.paused),
        f"holdfast sending start --by NAME{where}",
    ]
    call.say(f"{workshop.home.root}: {sum(made.tables.values()):,} rows, as of {made.at:%Y-%m-%d %H:%M} UTC")
    call.say("Locked, because the world went on since then:")
    call.say("  the sender is stopped; no message leaves")
    call.say(f"  {len(locked.unknown):,} messages that were queued are unknown: none is sent again by itself")
    call.say(f"  {len(locked.paused):,} running campaigns are paused")
    call.say("  budgets are frozen; no coupon is reserved")
    call.say("Next, in this order:")
    for step in steps:
        call.say(f"  {step}")
    return {
        "home": str(workshop.home.root),
        "at": made.at.isoformat(),
        "brand": made.brand,
        "tables": dict(made.tables),
        "locked": {
            "sending": True,
            "budgets": True,
            "campaigns": list(locked.paused),
            "unknown": list(locked.unknown),
        },
        "next": steps,
    }


def daily(
    call: Call,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where the shop's exports lie: customers*, orders*, policies/ …")
    ] = None,
    print_schedule: Annotated[
        bool, typer.Option("--print-schedule", help="Only print the lines for cron and systemd.")
    ] = False,
) -> dict[str, Any]:
    """The work of one day: import, score, warn, run the campaigns, send. A second run repeats nothing."""
    from agent.errors import UsageError
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    if print_schedule:
        return _schedule(call, workshop.home.root, folder)
    if folder is None:
        raise UsageError("where do the shop's files lie?", "give --folder DIR")
    from api.daily import answer, run

    with call.progress("daily") as progress:
        done = run(workshop, folder, progress)
    told = answer(done, workshop.clock.now())
    for step in done:
        call.say(f"{MARKS[step.state]} {step.name.replace('_', ' ')}: {step.says or _in_words(step.counts)}")
        for file in step.counts.get("unread", []):
            call.say(f"    not read: {file['file']}: {file['reason']}")
    for alert in told["alerts"][:20]:
        call.say(f"  newly at high risk: {alert['customer_id']} ({alert['probability']:.0%}) {alert['because']}")
    if told["failed"]:
        call.exit_code = FAILED
    return told


def _in_words(counts: Mapping[str, Any]) -> str:
    """What there is to count, without what is nought; lists by their length."""
    plain = {name: len(value) if isinstance(value, list) else value for name, value in counts.items()}
    said = [f"{name.replace('_', ' ')} {value}" for name, value in plain.items() if value]
    return ", ".join(said) or "nothing to do"


def _schedule(call: Call, home: Path, folder: Path | None) -> dict[str, Any]:
    from api.schedule import cron, place_of, systemd

    place = place_of(home, folder)
    lines, units = cron(place), systemd(place)
    call.say(f"The shop's exports go to {place.folder}. Use one of the two.\n")
    call.say(f"# cron: crontab -e\n{lines}\n")
    for name, text in units.items():
        call.say(f"# systemd: /etc/systemd/system/{name}\n{text}")
    call.say("# then: systemctl daemon-reload && systemctl enable --now holdfast.service holdfast-daily.timer")
    return {"folder": str(place.folder), "cron": lines, "systemd": units}
