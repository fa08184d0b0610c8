"""holdfast eval: how well those write who write. Figures with their intervals, on cases that nobody was trained on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.terminal import Call, command

app = typer.Typer(help="Measure what the house stands on, on unseen cases, with intervals.")


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="eval")


@command(app, "writers")
def writers(
    call: Call,
    cases: Annotated[int, typer.Option("--cases", min=10, help="How many unseen cases.")] = 212,
    writer: Annotated[
        list[str] | None, typer.Option("--writer", help="composer, house or model; all that are here when not given.")
    ] = None,
) -> dict[str, Any]:
    """Every writer on the same unseen cases: valid and through the gate at first try, varied, obedient, how fast."""
    from api.bootstrap import open_workshop
    from api.evaluating import compared, figures, writers_named

    workshop = open_workshop(call)
    with call.progress("writing") as tell:
        rows = compared(
            writers_named(writer or (), workshop), cases, call.seed or 0,
            lambda name, number, total: tell(f"{name}: {number} of {total}", number / total),
        )  # fmt: skip
    told = [figures(row) for row in rows]
    _table(call, told)
    return {"cases": cases, "writers": told}


SHOWN = (
    ("valid_first_try", "valid at first try"),
    ("gate_first_try", "through the gate at first try"),
    ("fallback", "left to the composer"),
    ("slots_used", "facts used of those that matter"),
    ("wrong_situation", "with a clause of another situation"),
    ("obedience", "wishes kept (unseen phrasings)"),
    ("pure", "in one language"),
)


def _table(call: Call, told: list[dict[str, Any]]) -> None:
    for row in told:
        call.say(f"{row['name']} {row['revision']}")
        for key, words in SHOWN:
            if row[key] is not None:
                low, high = row[f"{key}_interval"]
                call.say(f"  {words:36} {row[key]:7.1%}  [{low:.1%}, {high:.1%}]")
        call.say(f"  {'distinct-1, distinct-2':36} {row['distinct_1']:.3f}, {row['distinct_2']:.3f}")
        call.say(f"  {'likeness to the nearest other':36} {row['self_similarity']:.3f}")
        call.say(f"  {'plain brand voice, of 100':36} {row['voice']:.0f}")
        call.say(f"  {'characters a message':36} {row['characters']:.0f}")
        call.say(f"  {'a draft':36} {row['seconds_per_draft'] * 1000:.0f} ms, {row['tokens_per_draft']:.0f} tokens")
