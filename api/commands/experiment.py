"""holdfast experiment: a table of who was in which arm → what it changed, or why nobody can tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from scoring.experiments.experiment import Effect, Experiment


def register(app: typer.Typer) -> None:
    command(app, "experiment")(experiment)


def experiment(
    call: Call,
    table: Annotated[Path, typer.Argument(help="One row a customer: CSV, TSV, Excel or Parquet, also gzipped.")],
    treatment: Annotated[str, typer.Option("--treatment", help="The column with the arm.")],
    outcome: Annotated[str, typer.Option("--outcome", help="The column with what came of it: 0/1, yes/no, a number.")],
    control: Annotated[str | None, typer.Option("--control", help="The arm that the others are compared with.")] = None,
    ratio: Annotated[
        str | None, typer.Option("--ratio", help="The intended split, control first: 1:9, or control=1,mail=9.")
    ] = None,
    covariates: Annotated[
        str | None, typer.Option("--covariates", help="Columns known before it began, commas between.")
    ] = None,
    value: Annotated[str | None, typer.Option("--value", help="A column with the margin of each customer.")] = None,
    margin: Annotated[float | None, typer.Option("--margin", help="Money gained by one unit of the outcome.")] = None,
    cost: Annotated[float | None, typer.Option("--cost", min=0.0, help="Money that one contact costs.")] = None,
    observational: Annotated[
        bool, typer.Option("--observational", help="Nobody drew lots: show differences, call none an effect.")
    ] = False,
    id_column: Annotated[str | None, typer.Option("--id", help="The customer's id: one row and one arm each.")] = None,
    fewer_is_better: Annotated[
        bool, typer.Option("--fewer-is-better", help="The outcome is unwanted: churn, returns, complaints.")
    ] = False,
    planned: Annotated[
        int | None, typer.Option("--planned", min=100, help="Customers planned in all, where you look while it runs.")
    ] = None,
) -> dict[str, Any]:
    """What a treatment changed: lift with interval, sample ratio, balance, net profit, and a verdict in one word."""
    from agent.errors import UsageError
    from scoring.experiments.anytime import PLANNED
    from scoring.experiments.experiment import Design, run_experiment
    from scoring.experiments.table import Columns, split
    from scoring.tables import read_table

    if value is not None and margin is not None:
        raise UsageError("--value and --margin both say what is gained", "give one of them")
    if cost is not None and value is None and margin is None:
        raise UsageError("a cost alone makes no profit", "say what is gained: --value COLUMN, or --margin MONEY")
    columns = Columns(treatment, outcome, split(covariates), value, id_column)
    design = Design(ratio, observational, margin, cost or 0.0, fewer_is_better, planned or PLANNED)
    found = run_experiment(read_table(table), columns, design, control)
    _tell(call, found)
    return found.as_dict()


def _tell(call: Call, found: Experiment) -> None:
    for number, arm in enumerate(found.arms):
        call.say(f"{arm.name}: {arm.n:,} customers, mean {arm.rate:.4g}" + ("" if number else "  (control)"))
    sign = "ALARM" if found.ratio.alarm else "as meant"
    call.say(f"split: {sign} (p {found.ratio.p:.3g}, '{found.ratio.arm}' {found.ratio.z:+.1f} standard errors)")
    if found.balance is not None and found.balance.p is not None:
        sign = "DIFFERENT" if found.balance.alarm else "alike"
        call.say(f"groups before it began: {sign} (p {found.balance.p:.3g})")
    for effect in found.effects:
        call.say(_sentence(effect))
    for remark in found.remarks:
        call.say(f"  {remark}")
    call.say(f"verdict: {found.verdict.value}")


def _sentence(effect: Effect) -> str:
    lift, always = effect.found, effect.always
    text = f"{effect.arm}: {lift.lift:+.4g} [{lift.low:+.4g}, {lift.high:+.4g}], p {lift.p:.3g}"
    if effect.relative is not None:
        text += f", {effect.relative:+.1%} of the control"
    if always is not None:
        text += f"; looked at daily [{always.low:+.4g}, {always.high:+.4g}]"
    if effect.profit is not None:
        net = effect.profit
        text += f"; net {net.per_contact:+.4g} a contact [{net.low:+.4g}, {net.high:+.4g}], {net.total:+,.2f} in all"
    return f"{text}: {effect.verdict.value}"
