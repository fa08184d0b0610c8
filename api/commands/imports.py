"""holdfast import …: files in, with a dry run, a mapping and a quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.terminal import FAILED, Call, command

app = typer.Typer(help="Bring in customers, orders, events, reviews, tickets, policies, offers, outcomes.")

FileArgument = Annotated[Path, typer.Argument(help="CSV, TSV, Excel or Parquet; UTF-8 or GB18030; .gz is fine.")]
MapOption = Annotated[Path | None, typer.Option("--map", help="TOML: in a table columns, our_name = 'their header'.")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Read and judge everything, store nothing.")]
TrialOption = Annotated[bool, typer.Option("--trial", help="Mark new customers as made up: never anybody's address.")]


def _events(call: Call, file: Path, what: str, mapping: Path | None, dry_run: bool, trial: bool) -> dict[str, Any]:
    from api.bootstrap import open_workshop
    from api.importing import import_events

    with call.progress(f"import {what}") as progress:
        done = import_events(open_workshop(call), file, what, mapping, dry_run, trial, progress)
    return _told(call, file, done.as_dict())


@command(app, "orders")
def orders(
    call: Call, file: FileArgument, mapping: MapOption = None, dry_run: DryOption = False, trial: TrialOption = False
) -> dict[str, Any]:
    """Order lines: customer, time, and if there are any item, quantity, price, order number, country."""
    return _events(call, file, "orders", mapping, dry_run, trial)


@command(app, "events")
def events(
    call: Call, file: FileArgument, mapping: MapOption = None, dry_run: DryOption = False, trial: TrialOption = False
) -> dict[str, Any]:
    """Events of any kind: customer, time, kind."""
    return _events(call, file, "events", mapping, dry_run, trial)


@command(app, "reviews")
def reviews(
    call: Call, file: FileArgument, mapping: MapOption = None, dry_run: DryOption = False, trial: TrialOption = False
) -> dict[str, Any]:
    """Reviews: customer, time, rating, text."""
    return _events(call, file, "reviews", mapping, dry_run, trial)


@command(app, "tickets")
def tickets(
    call: Call, file: FileArgument, mapping: MapOption = None, dry_run: DryOption = False, trial: TrialOption = False
) -> dict[str, Any]:
    """Service tickets: customer, time, topic, status, text."""
    return _events(call, file, "tickets", mapping, dry_run, trial)


@command(app, "customers")
def customers(
    call: Call, file: FileArgument, mapping: MapOption = None, dry_run: DryOption = False, trial: TrialOption = False
) -> dict[str, Any]:
    """Customers: id, name, language, zone, addresses, consents with their proof."""
    from api.bootstrap import open_workshop
    from api.importing import import_customers

    with call.progress("import customers") as progress:
        done = import_customers(open_workshop(call), file, mapping, dry_run, trial, progress)
    return _told(call, file, done.as_dict())


@command(app, "undo")
def undo(
    call: Call,
    batch: Annotated[str | None, typer.Argument(help="As the import printed it; without one, all that can be.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be taken back, and take nothing.")] = False,
) -> dict[str, Any]:
    """Take back what an import of orders, events, reviews or tickets added; nothing once one of them was written to."""
    from api.batches import batches, undo_batch
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    if batch is None:
        rows = batches(workshop)
        for row in rows:
            call.say(f"{row['batch']}: {row['events']:,} from {row['file']}, {row['at']:%Y-%m-%d %H:%M} UTC")
        if not rows:
            call.say("no import can be taken back")
        return {"batches": rows}
    done = undo_batch(workshop, batch, dry_run)
    verb = "would be taken back" if dry_run else "taken back"
    call.say(f"{done['removed']:,} events of {done['customers']:,} customers {verb}: {batch}")
    for line in done["stays"]:
        call.say(f"  stays: {line}")
    return done


@command(app, "policies")
def policies(
    call: Call,
    folder: Annotated[Path, typer.Argument(help="Folder of policies: .md .txt .html .pdf .docx .xlsx .csv .json.")],
    dry_run: DryOption = False,
) -> dict[str, Any]:
    """Policies of any format, with validity dates and the promises they back; says what a person should look at."""
    from api.bootstrap import open_workshop
    from api.importing import import_policies

    report = import_policies(open_workshop(call), folder, dry_run)
    call.say(f"{report['documents']} documents, {report['clauses']} clauses")
    for item in report["unread"]:
        call.remark(f"not read: {item['file']}: {item['reason']}" + (f": {item['remedy']}" if item["remedy"] else ""))
    for found in report["findings"]:
        where = f"{found['file']}: " if found["file"] else ""
        call.remark(f"{found['kind']}: {where}{found['message']}")
    if not dry_run:
        call.say(f"{report['added']} added, {report['changed']} changed, {report['removed']} removed")
    return report


@command(app, "offers")
def offers(
    call: Call,
    file: Annotated[Path, typer.Argument(help="offers.toml or strategies.toml.")],
    dry_run: DryOption = False,
) -> dict[str, Any]:
    """Your own offers or strategies: checked whole before they take the place of the old ones."""
    from api.bootstrap import open_workshop
    from api.importing import import_offers

    report = import_offers(open_workshop(call), file, dry_run)
    for flaw in report["flaws"]:
        call.remark(f"{flaw['file']}:{flaw['line']} {flaw['entry']}, {flaw['key']}: {flaw['says']} → {flaw['remedy']}")
    call.say(f"{report['offers']} offers, {report['strategies']} strategies{' (dry run)' if dry_run else ''}")
    return report


@command(app, "outcomes")
def outcomes(call: Call, file: FileArgument, dry_run: DryOption = False) -> dict[str, Any]:
    """What came of it: kind, at, and case_id, code or customer_id. An unsubscribe acts at once."""
    from api.bootstrap import open_workshop
    from api.outcomes import import_outcomes

    report = import_outcomes(open_workshop(call), file, dry_run)
    told = f"{report['recorded']:,} new + {report['known_or_nobodys']:,} known or nobody's"
    good = f"{report['rows'] - len(report['bad']):,} good" if dry_run else told
    call.say(f"{file.name}: {report['rows']:,} rows read = {good} + {len(report['bad']):,} set aside")
    for item in report["bad"]:
        call.remark(f"line {item['line']}: {item['reason']}")
    if report["bad"]:
        call.exit_code = FAILED
    return report


def _told(call: Call, file: Path, report: dict[str, Any]) -> dict[str, Any]:
    from scoring.quarantine import FAULTS

    aside = f"{report['set_aside']:,} set aside"
    if report["dry_run"]:
        call.say(f"{file.name}: {report['rows']:,} rows read = {report['accepted']:,} good + {aside}")
        call.say("dry run: nothing was stored")
    else:
        stored = f"{report['added']:,} new + {report['updated']:,} changed + {report['unchanged']:,} there already"
        call.say(f"{file.name}: {report['rows']:,} rows read = {stored} + {aside}")
    for code, count in report["reasons"].items():
        fault = FAULTS[code]
        what = "rows set aside" if fault.costs_row else "values only, the row is kept"
        call.say(f"  {count:,} × {code} ({what}): {fault.reason}. {fault.remedy}")
    if report["quarantine"]:
        call.say(f"  each with its line: {report['quarantine']}")
    for note in report["notes"]:
        call.remark(f"note: {note}")
    if report["batch"]:
        call.say(f"  was it the wrong file, or doubled? holdfast import undo {report['batch']}")
    return report
