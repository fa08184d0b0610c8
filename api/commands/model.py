"""holdfast train, score, audit, explain: tables in, scores with reasons out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command, moment

if TYPE_CHECKING:
    from agent.domain import Brand
    from scoring.records import Reason


def register(app: typer.Typer) -> None:
    command(app, "train")(train)
    command(app, "score")(score)
    command(app, "audit")(audit)
    command(app, "explain")(explain)


LabelOption = Annotated[str | None, typer.Option("--label", help="The column that says who left.")]
IdOption = Annotated[str | None, typer.Option("--id", help="The column with the customer's id.")]


def train(
    call: Call,
    table: Annotated[
        Path | None, typer.Argument(help="A plain table; without it, events or the imported store.")
    ] = None,
    label: LabelOption = None,
    id_column: IdOption = None,
    positive: Annotated[str | None, typer.Option("--positive", help="The label's value that means: left.")] = None,
    model: Annotated[str, typer.Option("--model", help="auto, logistic, additive or boosting.")] = "auto",
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, comma between.")] = None,
    keep: Annotated[str | None, typer.Option("--keep", help="Columns to keep although the audit refused them.")] = None,
    events: Annotated[Path | None, typer.Option("--events", help="A file of orders or events.")] = None,
    horizon: Annotated[str, typer.Option("--horizon", help="Left = no purchase for this long: 90d, 12w, 3m.")] = "90d",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The day the label looks forward from (exclusive).")
    ] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="TOML with a table columns for --events.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Model folder (else models/churn in the home).")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only count who would be labelled as left.")] = False,
) -> dict[str, Any]:
    """Train a scorer and report honestly: folds, intervals, baselines, leaks. A table, an event file, or the store."""
    from agent.errors import UsageError
    from api.bootstrap import open_workshop
    from scoring.train import train_events, train_table

    workshop = open_workshop(call)
    target = out or workshop.home.scorer
    with call.progress("train") as progress:
        if table is not None:
            if label is None:
                raise UsageError("a table needs --label", "name the column that says who left")
            report = train_table(
                table,
                label,
                target,
                id_col=id_column,
                positive=positive,
                model=model,
                drop=_names(drop),
                keep=_names(keep),
                seed=call.seed,
                progress=progress,
            )
        else:
            history, day = _history(workshop, events, mapping, horizon, as_of)
            from scoring.labels import ChurnDefinition, parse_horizon

            definition = ChurnDefinition(parse_horizon(horizon))
            if preview:
                return _counted(call, history, day, definition)
            report = train_events(history, definition, day, target, model=model, seed=call.seed, progress=progress)
    return _told(call, dict(report.data), target)


def score(
    call: Call,
    table: Annotated[
        Path | None, typer.Argument(help="A table like the one trained on; without it, the store.")
    ] = None,
    model: Annotated[Path | None, typer.Option("--model", help="Model folder (else models/churn in the home).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV, Parquet or JSON lines by suffix.")] = None,
    id_column: IdOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Score the store as of this day.")] = None,
) -> dict[str, Any]:
    """Score customers, with reasons that add up to the score."""
    from agent.errors import UsageError
    from api.arrivals import move
    from api.bootstrap import open_workshop
    from api.scoring_store import moment_to_score, score_store
    from scoring.records import RiskBand
    from scoring.serve import score_events, score_table

    workshop = open_workshop(call)
    folder = model or workshop.home.scorer
    with call.progress("score") as progress:
        if table is not None:
            if out is None:
                raise UsageError("where shall the scores go?", "give --out scores.csv")
            count = score_table(table, folder, out, id_col=id_column, as_of=moment(as_of), progress=progress)
            call.say(f"{count:,} rows scored into {out}")
            return {"scored": count, "out": str(out), "model": str(folder)}
        move(workshop)  # what came in over HTTP counts as well
        day, remark = (moment(as_of), "") if as_of else moment_to_score(workshop)
        if remark:
            call.remark(remark)
        assert day is not None
        bands = score_store(workshop, day, folder, progress)
        if out is not None:
            score_events(workshop.log.load(until=day), folder, out, day, workshop.brand.languages[0].value)
    counts = {band.value: bands[band] for band in reversed(RiskBand)}
    call.say(
        f"{bands.total():,} customers scored as of {day:%Y-%m-%d}: "
        + ", ".join(f"{n:,} {b}" for b, n in counts.items())
    )
    return {"scored": bands.total(), "as_of": day.isoformat(), "bands": counts, "out": str(out) if out else None}


def audit(
    call: Call,
    table: Annotated[Path, typer.Argument(help="The table to look through before it is believed.")],
    label: Annotated[str, typer.Option("--label", help="The column that says who left.")],
    id_column: IdOption = None,
    time_column: Annotated[str | None, typer.Option("--time", help="A column with the moment a row is from.")] = None,
    groups: Annotated[Path | None, typer.Option("--groups", help="Write the groups of near-twins to this CSV.")] = None,
) -> dict[str, Any]:
    """Look for leaks, twins, proxies and resampling before a number is believed."""
    from scoring.audit import audit_table
    from scoring.tables import read_table

    found = audit_table(read_table(table), label, id_column, time_column, groups_path=groups)
    report = found.as_dict()
    for finding in report["findings"]:
        call.say(f"{finding['severity']:7} {finding['kind']}: {', '.join(finding['columns'])}: {finding['evidence']}")
    if not report["findings"]:
        call.say("nothing suspicious found")
    return report


def explain(call: Call, customer: Annotated[str, typer.Option("--customer", help="Customer id.")]) -> dict[str, Any]:
    """Why one customer is at risk: the contributions that make up the score."""
    from dataclasses import asdict

    from agent.errors import NotReady
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    workshop.store.people.get(customer)
    found = workshop.store.scores.of(customer)
    if found is None:
        raise NotReady(f"customer {customer} has no score", "run: holdfast score")
    call.say(f"{customer}: {found.probability:.0%} likely to leave ({found.band}), model {found.model}")
    for reason in found.reasons:
        call.say(f"  {reason.contribution:+.3f}  {said_for(reason, workshop.brand)}")
    return asdict(found)


def said_for(reason: Reason, brand: Brand) -> str:
    """A reason in English, as all commands speak, and in the brand's other language where it has one."""
    languages = dict.fromkeys(("en", *(language.value for language in brand.languages)))
    return " · ".join(reason.text[name] for name in languages if name in reason.text) or reason.code


def _history(workshop: Any, events: Path | None, mapping: Path | None, horizon: str, as_of: str | None) -> Any:
    from agent.errors import NotReady
    from api.arrivals import move
    from api.importing import read_mapping
    from scoring.events import read_events
    from scoring.labels import ChurnDefinition, parse_horizon

    if events is not None:
        table = read_events(events, mapping=read_mapping(mapping), now=workshop.clock.now()).events
    else:
        move(workshop)  # what came in over HTTP counts as well
        table = workshop.log.load()
    if table.empty:
        raise NotReady("there are no events to learn from", "run: holdfast import orders FILE, or give --events FILE")
    day = moment(as_of) if as_of else None
    return table, day or table["at"].max().to_pydatetime() - ChurnDefinition(parse_horizon(horizon)).horizon


def _counted(call: Call, history: Any, day: Any, definition: Any) -> dict[str, Any]:
    """What a definition of leaving would mean, before anything is trained on it."""
    from scoring.labels import preview as count

    found = count(history, day, definition)
    call.say(f"of {found.customers:,} customers before {found.as_of:%Y-%m-%d}, {found.left:,} ({found.rate:.1%})")
    call.say(f"bought nothing until {found.until:%Y-%m-%d}")
    return {"customers": found.customers, "left": found.left, "rate": found.rate, "as_of": day.isoformat()}


def _interval(found: dict[str, float], sign: str = "") -> str:
    return f"{found['mean']:{sign}.3f} [{found['low']:{sign}.3f}, {found['high']:{sign}.3f}]"


def _names(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _told(call: Call, report: dict[str, Any], out: Path) -> dict[str, Any]:
    auc = report["cv"]["auc"]
    call.say(f"{report['model']}: {report['verdict']}")
    call.say(f"  {report['rows']:,} rows, {report['base_rate']:.1%} left")
    call.say(f"  AUC {auc['mean']:.4f} [{auc['low']:.4f}, {auc['high']:.4f}] over five folds")
    if forward := report.get("forward"):
        ahead, lead = forward["auc"], forward["difference_to_logistic"]
        call.say(f"  trained one horizon earlier, tested at the date: AUC {_interval(ahead)}")
        call.say(
            f"  lead over logistic there: {_interval(lead, sign='+')}; recency alone {forward['recency']['mean']:.3f}"
        )
    for dropped in report["dropped"]:
        call.say(f"  left out: {dropped}")
    call.say(f"  {out}/report.html, {out}/MODEL_CARD.md")
    return {**report, "out": str(out)}
