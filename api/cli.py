"""The command `holdfast`. Thin on purpose: nothing heavy is imported until a command needs it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api import terminal
from api.commands import (
    campaigns,
    cases,
    drafts,
    evaluation,
    experiment,
    imports,
    knowledge,
    model,
    offers,
    operations,
    rules,
    sending,
    serving,
    setup,
    style,
)

app = typer.Typer(
    name="holdfast",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("holdfast"))
        raise typer.Exit


@app.callback()
def holdfast(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Retention agent: warns early, decides what helps, writes it, lets nothing unlawful out, measures honestly."""


setup.register(app)
app.add_typer(imports.app, name="import")
model.register(app)
knowledge.register(app)
experiment.register(app)
app.add_typer(evaluation.app, name="eval")
drafts.register(app)
campaigns.register(app)
offers.register(app)
cases.register(app)
sending.register(app)
style.register(app)
rules.register(app)
serving.register(app)
operations.register(app)


def main() -> None:
    """The console script. Exit codes: 0 done, 1 failed, 2 usage, 3 the gate refused."""
    sys.exit(terminal.run(app, sys.argv[1:]))


if __name__ == "__main__":
    main()
