"""holdfast eval: what was measured, each with its interval: how policies are searched, how well who
writes writes, whether our experiments tell the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from api.learning import Regret
    from knowledge.evaluation import Row, Share
    from knowledge.index import PolicyIndex
    from scoring.experiments.known_shop import Row as Known
    from scoring.experiments.rehearsal import Check

app = typer.Typer(name="eval", help="Measure a part of the house.", no_args_is_help=True)


def retrieval(
    call: Call,
    index: Annotated[
        Path | None,
        typer.Option("--index", help="An index to ask (else one of the sample shop, made for the occasion)."),
    ] = None,
    questions: Annotated[
        list[Path] | None, typer.Option("--questions", help="Questions with answers, JSON lines; may be said again.")
    ] = None,
) -> dict[str, Any]:
    """Ours, ours without the clauses' own questions, BM25 and vectors alone, on questions with known answers."""
    import tempfile
    from datetime import UTC, datetime

    from knowledge.evaluation import evaluate, read_questions, shipped

    day = (call.now or datetime.now(UTC)).date()
    sets = {path.name: read_questions(path) for path in (questions or shipped())}
    asked = [question for each in sets.values() for question in each]
    with tempfile.TemporaryDirectory() as made, call.progress("eval") as progress:
        policies = _index(call, index, Path(made), progress)
        rows = evaluate(policies, asked, day)
        of_sets = {name: evaluate(policies, each, day) for name, each in sets.items()} if len(sets) > 1 else {}
    call.show(_table(f"{len(asked)} questions", rows))
    for name, theirs in of_sets.items():
        call.show(_table(name, theirs))
    return {
        "questions": len(asked),
        "methods": [row.as_dict() for row in rows],
        "sets": {name: [row.as_dict() for row in theirs] for name, theirs in of_sets.items()},
    }


def _index(call: Call, index: Path | None, made: Path, progress: Any) -> PolicyIndex:
    from importlib.resources import as_file, files

    from api.settings import read_settings
    from knowledge.embed.choice import Embedders
    from knowledge.index import PolicyIndex
    from knowledge.taking import read, take

    embedders = Embedders(read_settings(call.home).embedder)
    if index is not None:
        policies = PolicyIndex(index, embedders)
        policies.require()
        return policies
    policies = PolicyIndex(made, embedders)
    with as_file(files("knowledge") / "policies") as folder:
        take(read(folder), policies, progress)
    return policies


def _table(title: str, rows: list[Row]) -> Any:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in ("method", "language", "recall@1", "recall@5", "MRR", "abstains right", "expired: abstains",
                   "search p50/p95 ms", "embed p50 ms"):  # fmt: skip
        table.add_column(column)
    for row in rows:
        shares = (row.recall_at_1, row.recall_at_5, row.mrr, row.abstains_right, row.expired_abstains)
        times = (f"{row.search_p50_ms:.1f} / {row.search_p95_ms:.1f}", f"{row.embed_p50_ms:.1f}")
        table.add_row(row.name, row.language, *(_said(share) for share in shares), *times)
    return table


def _said(share: Share) -> str:
    return "–" if share.value is None else f"{share.value:.2f} [{share.low:.2f}, {share.high:.2f}]"


command(app, "retrieval")(retrieval)


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
    _say_figures(call, told)
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


def _say_figures(call: Call, told: list[dict[str, Any]]) -> None:
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


@command(app, "experiments")
def experiments(
    call: Call,
    runs: Annotated[int, typer.Option("--runs", min=20, help="Simulated experiments for each check.")] = 200,
    customers: Annotated[int, typer.Option("--customers", min=500, help="Size of the shop with known truth.")] = 10_000,
) -> dict[str, Any]:
    """How often our experiments see what is not there or miss what is, and our estimates beside a known truth."""
    import tempfile
    from datetime import UTC, datetime

    from scoring.experiments.known_shop import compare
    from scoring.experiments.rehearsal import rehearse
    from scoring.simulation import Truth, simulate

    with call.progress("eval") as progress:
        checks = list(rehearse(runs, call.seed, progress))
    with tempfile.TemporaryDirectory() as folder:
        simulate(customers, call.seed, Path(folder), call.now or datetime.now(UTC))
        known = compare(Truth.load(Path(folder)), call.seed)
    _show_checks(call, checks)
    _show_known(call, known)
    return {
        "runs": runs,
        "checks": [check.as_dict() for check in checks],
        "customers": customers,
        "known_truth": [row.as_dict() for row in known],
    }


def _show_checks(call: Call, checks: list[Check]) -> None:
    from rich.table import Table

    table = Table("what", "measured", "should be", title=f"{checks[0].runs:,} experiments each", title_justify="left")
    for check in checks:
        low, high = check.interval
        aim = f"{check.aim[0]:.1%} to {check.aim[1]:.1%}" if check.aim else "–"
        table.add_row(check.name, f"{check.share:.1%} [{low:.1%}, {high:.1%}]", aim)
    call.show(table)


def _show_known(call: Call, known: list[Known]) -> None:
    from rich.table import Table

    title = f"a shop with known truth, {known[0].customers:,} customers, points of a hundred"
    table = Table("what changes", "truth", "our estimate", "inside", title=title, title_justify="left")
    for row in known:
        estimate = f"{100 * row.estimate:+.1f} [{100 * row.low:+.1f}, {100 * row.high:+.1f}]"
        table.add_row(row.question, f"{100 * row.truth:+.1f}", estimate, "yes" if row.inside else "no")
    call.show(table)


@command(app, "bandit")
def bandit(
    call: Call,
    runs: Annotated[int, typer.Option("--runs", min=2, help="Shops' lives that are lived through.")] = 20,
    batches: Annotated[int, typer.Option("--batches", min=5, help="Campaigns one after the other.")] = 25,
    batch: Annotated[int, typer.Option("--batch", min=50, help="Customers of each.")] = 1_000,
    customers: Annotated[int, typer.Option("--customers", min=500, help="Size of the shop with known truth.")] = 5_000,
) -> dict[str, Any]:
    """What learning the size of an offer costs: regret on the simulated shop, where the best size is known."""
    import tempfile
    from dataclasses import asdict
    from datetime import UTC, datetime

    from api.learning import KEPT, USUAL, best_size, regrets
    from scoring.simulation import Truth, simulate
    from scoring.simulation.sizes import SizedShop

    with tempfile.TemporaryDirectory() as folder, call.progress("eval") as tell:
        simulate(customers, call.seed, Path(folder), call.now or datetime.now(UTC))
        shop = SizedShop.of(Truth.load(Path(folder)), USUAL)
        tell("learning", 0.2)
        found = list(regrets(shop, runs, batches, batch, call.seed))
    best, worth = best_size(shop)
    call.say(f"a customer who stays is worth {KEPT:g}; a customer is worth, by the size of the coupon:")
    call.say("  " + ", ".join(f"{size:g}: {value:.2f}" for size, value in worth.items()) + f"; best is {best:g}")
    _show_regrets(call, found)
    return {"best": best, "worth": {f"{size:g}": value for size, value in worth.items()},
            "regrets": [asdict(one) for one in found]}  # fmt: skip


def _show_regrets(call: Call, found: list[Regret]) -> None:
    from rich.table import Table

    table = Table("policy", "customers", "regret a customer so far", "lately", "of the last batch, best size",
                  title="lost against always making the best offer", title_justify="left")  # fmt: skip
    for one in found:
        span = f"{one.mean:.2f} [{one.low:.2f}, {one.high:.2f}]"
        table.add_row(one.policy, f"{one.customers:,}", span, f"{one.lately:.2f}", f"{one.best_share:.0%}")
    call.show(table)
