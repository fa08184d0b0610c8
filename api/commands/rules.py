"""holdfast rules, replay: what guards a message, whether it does as its tables say, other rules on old sends."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from agent.guardrails.rule import Rule

app = typer.Typer(help="The rules of the gate: list them, explain one, run their tables.")


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="rules")
    command(root, "replay")(replay)


@command(app, "list")
def list_rules(
    call: Call,
    place: Annotated[str | None, typer.Option("--place", help="cn, us, eu, uk or a country: its book applies.")] = None,
) -> dict[str, Any]:
    """Every rule with what it protects and how hard it is; with --place, as hard as it is there."""
    from rich.table import Table

    from agent.guardrails.books import LOCKED, book_for
    from agent.guardrails.rulebook import all_rules, rules_version

    _with_overrides(call)
    book = book_for(place, None)
    table = Table("rule", "severity", "protects", "channels")
    rows = []
    for rule in all_rules():
        severity = "off" if rule.id in book.off else book.severity.get(rule.id, rule.severity).value
        row = {"id": rule.id, "severity": severity, "protects": rule.protects, "channels": list(rule.channels)}
        rows.append({**row, "source": rule.source, "locked": rule.id in LOCKED, "fixes": rule.repair is not None})
        table.add_row(rule.id, severity, rule.protects, ", ".join(rule.channels))
    call.show(table)
    call.say(f"{len(rows)} rules, version {rules_version()}, book {book.id}")
    return {"version": rules_version(), "book": book.id, "rules": rows}


@command(app, "explain")
def explain(call: Call, rule_id: Annotated[str, typer.Argument(metavar="ID")]) -> dict[str, Any]:
    """One rule: whom it protects, where it comes from, what it says, and its examples."""
    from agent.errors import NotFound
    from agent.guardrails.rulebook import all_rules
    from agent.guardrails.words import says

    _with_overrides(call)
    rule = next((one for one in all_rules() if one.id == rule_id.upper()), None)
    if rule is None:
        raise NotFound(f"no rule {rule_id!r}", "see: holdfast rules list")
    call.say(f"{rule.id} · {rule.severity} · protects: {rule.protects}\nsource: {rule.source}\n")
    call.say(f"{says(rule.id, 'zh')}\n{says(rule.id, 'en')}\n")
    for example in rule.examples:
        mark = "breaks" if example.breaks else "passes"
        call.say(f"  {mark} ({example.language}, {example.channel}) {example.body!r} {example.because}")
    return _whole(rule)


@command(app, "test")
def run_tables(
    call: Call,
    rule_id: Annotated[str | None, typer.Argument(metavar="ID", help="One rule alone.")] = None,
) -> dict[str, Any]:
    """Run every rule's table with the files now in force; exit 1 when one line comes out otherwise."""
    from agent.guardrails.tables import trials
    from api.terminal import FAILED

    _with_overrides(call)
    done = list(trials(rule_id.upper() if rule_id else None))
    wrong = [trial for trial in done if not trial.is_right]
    for trial in wrong:
        should = "break" if trial.example.breaks else "pass"
        call.say(f"  {trial.rule} example {trial.number} should {should}: {trial.example.body!r}")
    call.say(f"{len(done)} examples, {len(wrong)} come out otherwise")
    if wrong:
        call.exit_code = FAILED
    failed = [{"rule": trial.rule, "example": trial.number, "body": trial.example.body} for trial in wrong]
    return {"examples": len(done), "failed": failed}


def replay(
    call: Call,
    since: Annotated[str | None, typer.Option("--since", help="ISO day or moment; else 30 days ago.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="ISO day or moment, exclusive; else now.")] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="A folder shaped like overrides/: tomorrow's rules; else today's.")
    ] = None,
) -> dict[str, Any]:
    """Judge what was sent once more, with other rules: what would be stopped, what freed, by rule, with examples."""
    from rich.table import Table

    from api.bootstrap import open_workshop
    from api.replaying import replay as run
    from api.terminal import FAILED

    workshop = open_workshop(call)
    now = workshop.clock.now()
    start = _moment(since, "--since", now) if since else now - timedelta(days=30)
    end = _moment(until, "--until", now) if until else now + timedelta(microseconds=1)
    with call.progress("replay") as tell:
        found = run(workshop, start, end, rules, tell)
    table = Table("rule", "speaks now", "silent now", "for instance")
    for one in found.differences:
        table.add_row(one.rule, str(one.appears), str(one.vanishes), one.examples[0]["quote"][:60])
    if found.changed:
        call.show(table)
    call.say(
        f"{found.messages:,} messages: {found.changed:,} judged otherwise, {found.stopped:,} would be stopped now, "
        f"{found.freed:,} would pass now"
    )
    if found.reached:
        call.exit_code = FAILED
        call.say(f"interrupted: the rest can be judged with --since {found.reached.isoformat()}")
    if found.left_out:
        call.say(
            f"{found.left_out:,} more were judged then; their words were edited and never sent, so nobody has them"
        )
    return {
        "messages": found.messages,
        "left_out": found.left_out,
        "reached": found.reached.isoformat() if found.reached else None,
        "changed": found.changed,
        "stopped": found.stopped,
        "freed": found.freed,
        "rules": [
            {"rule": one.rule, "appears": one.appears, "vanishes": one.vanishes, "examples": one.examples}
            for one in found.differences
        ],
    }


def _moment(text: str, option: str, now: datetime) -> datetime:
    """A day begins at midnight in UTC; a moment without a zone is in UTC as well."""
    from agent.errors import UsageError

    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text} is no ISO day or moment", "write 2026-10-01 or 2026-10-01T08:00") from None
    return read if read.tzinfo else read.replace(tzinfo=now.tzinfo)


def _whole(rule: Rule) -> dict[str, Any]:
    from agent.guardrails.words import says

    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "protects": rule.protects,
        "source": rule.source,
        "channels": list(rule.channels),
        "version": rule.version,
        "says": {language: says(rule.id, language) for language in ("zh", "en")},
        "examples": [
            {"breaks": one.breaks, "language": one.language, "channel": one.channel, "body": one.body}
            for one in rule.examples
        ],
    }


def _with_overrides(call: Call) -> None:
    """The files of the home count, where there is one; the rules can be read without any."""
    from api.bootstrap import lay_over
    from api.home import Home
    from api.settings import read_settings

    lay_over(Home(read_settings(call.home).home))
