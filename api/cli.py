"""The command `holdfast`. Thin on purpose: nothing heavy is imported until a command needs it."""

from __future__ import annotations

import sys

import typer

from api import terminal
from api.commands import campaigns, cases, drafts, imports, knowledge, model, setup

app = typer.Typer(
    name="holdfast",
    help="Retention agent: warns early, decides what helps, writes it, lets nothing unlawful out, measures honestly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
setup.register(app)
app.add_typer(imports.app, name="import")
model.register(app)
knowledge.register(app)
drafts.register(app)
campaigns.register(app)
cases.register(app)


def main() -> None:
    """The console script. Exit codes: 0 done, 1 failed, 2 usage, 3 the gate refused."""
    sys.exit(terminal.run(app, sys.argv[1:]))
