"""holdfast offers: what may be offered, whether it makes sense, what is left of it, and who gets it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.terminal import FAILED, Call, command

app = typer.Typer(help="The offers: checked, with their budgets, their single-use codes, and who gets them.")
codes_app = typer.Typer(help="Codes that work at your shop's till.")
app.add_typer(codes_app, name="codes")

FROZEN = "budgets are frozen since a restore; import outcomes, then: holdfast offers unfreeze --by NAME"


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="offers")


@command(app, "check")
def check(
    call: Call,
    file: Annotated[
        Path | None, typer.Argument(help="offers.toml or strategies.toml on trial; without one, those that count now.")
    ] = None,
) -> dict[str, Any]:
    """Margin, costs, budgets, days, names, campaigns that overlap, and the tests in the file. Exit 1 on a flaw."""
    from api.bootstrap import open_workshop
    from api.offering import check_offers

    report = check_offers(open_workshop(call), file)
    for flaw in report["flaws"]:
        place = f"{flaw['file']}:{flaw['line']}" if flaw["line"] else flaw["file"]
        call.say(f"{place} {flaw['entry']}, {flaw['key']}: {flaw['says']} → {flaw['remedy']}")
    count = len(report["flaws"])
    found = "no flaw" if not count else f"{count} flaw{'s' if count > 1 else ''}"
    call.say(f"{report['offers']} offers, {report['strategies']} strategies, {report['tests']} tests: {found}")
    if count:
        call.exit_code = FAILED
    return report


@command(app, "parity")
def show_parity(
    call: Call,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Decisions of the last so many days.")] = 90,
) -> dict[str, Any]:
    """How often each group was offered money, and how far from all others at equal risk, with intervals."""
    from dataclasses import asdict

    from api.bootstrap import open_workshop
    from api.parity import parity

    rates = parity(open_workshop(call), days)
    for rate in rates:
        gap = rate.at_equal_risk
        apart = f"{gap.difference:+.1%} [{gap.low:+.1%}, {gap.high:+.1%}] at equal risk: " if gap else ""
        shown = f"{rate.rate:.1%} [{rate.low:.1%}, {rate.high:.1%}] of {rate.customers:,}"
        call.say(f"{rate.by:9} {rate.group:12} {shown:34} {apart}{rate.verdict}")
    if not rates:
        call.say(f"nobody was decided about in the last {days} days")
    return {"days": days, "groups": [asdict(rate) for rate in rates]}


@command(app, "list")
def list_offers(call: Call) -> dict[str, Any]:
    """Every offer with what is left of its budget and its codes."""
    from agent.domain import Money
    from agent.money import to_major
    from api.bootstrap import open_workshop
    from api.offering import offers

    workshop = open_workshop(call)
    currency = workshop.brand.currency
    rows = offers(workshop)
    for row in rows:
        left = "costs nothing"
        if row["left_minor"] is not None:
            left = f"{to_major(Money(row['left_minor'], currency))} {currency} left"
        codes = "-" if row["codes_left"] is None else row["codes_left"]
        call.say(f"{row['id']:16} {row['kind']:14} {left:24} {codes} codes")
    frozen = workshop.store.ledger.frozen()
    if frozen is not None:
        call.say(FROZEN)
    return {"currency": currency, "budgets_frozen": frozen is not None, "offers": rows}


@command(app, "unfreeze")
def unfreeze(
    call: Call,
    by: Annotated[str, typer.Option("--by", envvar="HOLDFAST_REVIEWER", help="Who lifts it; kept with the moment.")],
    note: Annotated[str, typer.Option("--note", help="Why; kept with it.")] = "",
) -> dict[str, Any]:
    """After a restore: coupons may be reserved again. Import what was redeemed since the backup first."""
    from agent.errors import UsageError
    from api.bootstrap import open_workshop

    if not by.strip():
        raise UsageError("nobody is named", "say who lifts it: --by NAME")
    workshop = open_workshop(call)
    frozen = workshop.store.ledger.frozen()
    if frozen is None:
        call.say("budgets are not frozen")
        return {"budgets_frozen": False, "was_frozen": False}
    workshop.store.ledger.unfreeze(by.strip(), workshop.clock.now(), note)
    call.say(
        f"budgets are open again; they were frozen at {frozen.at:%Y-%m-%d %H:%M} UTC by {frozen.by}: {frozen.note}"
    )
    call.say("If redemptions and unsubscribes since the backup are not in yet: holdfast import outcomes FILE, now.")
    return {"budgets_frozen": False, "was_frozen": True}


@command(codes_app, "import")
def import_codes(
    call: Call,
    file: Annotated[Path, typer.Argument(help="One code a line, or a table with the columns offer and code.")],
    offer: Annotated[str | None, typer.Option("--offer", help="The offer that all codes are for.")] = None,
) -> dict[str, Any]:
    """Put single-use codes of your shop's till into the pool. An empty pool means no offer."""
    from agent.errors import InputError
    from api.bootstrap import open_workshop
    from api.code_file import read_codes
    from api.texts import read_text

    workshop = open_workshop(call)
    by_offer: dict[str, list[str]] = {}
    for number, target, code in read_codes(read_text(file), offer, str(file)):
        if target not in workshop.catalogue.offers:
            what = f"no offer is called {target!r}" if target else "no offer is named"
            raise InputError(f"{file}, line {number}: {what}", "write offer,code or give --offer ID")
        by_offer.setdefault(target, []).append(code)
    added = {name: workshop.store.ledger.add_codes(name, codes) for name, codes in by_offer.items()}
    for name, count in added.items():
        once = len(set(by_offer[name]))
        twice, known = len(by_offer[name]) - once, once - count
        call.say(
            f"{count:,} codes for {name}"
            + (f"; {twice:,} stood in the file more than once" if twice else "")
            + (f"; {known:,} were in the pool already, here or for another offer" if known else "")
        )
    if not added:
        call.say("no codes in the file")
    return {"added": added}


@command(codes_app, "register")
def register_codes(
    call: Call,
    offer: Annotated[str, typer.Option("--offer", help="The offer that the codes are for.")],
    keep: Annotated[int, typer.Option("--keep", min=1, max=100_000, help="Fill the pool up to so many free codes.")],
) -> dict[str, Any]:
    """Make codes and tell the shop's till (HOLDFAST_CODES_URL, signed); they are usable only after its 2xx."""
    from api.bootstrap import open_workshop
    from api.registering import keep_codes

    report = keep_codes(open_workshop(call), offer, keep)
    call.say(f"{report['registered']} new codes for {offer}; {report['codes_left']} are free")
    return report
