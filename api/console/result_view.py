"""A measured campaign → words and rows of its page: what it earned, whether it lasts, whom it harmed, who got what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from agent.domain import HowFar
from api.console.say import Say
from api.measuring import Measured
from scoring.charts import Interval, interval_chart

if TYPE_CHECKING:
    from scoring.experiments.difference import Difference


@dataclass(frozen=True, slots=True)
class StopRow:
    word: str
    written_to: str
    held_out: str
    limit: str
    breached: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    by: str
    name: str
    n: int
    sent: int
    stayed: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """`drawn`, `looks`, `split`, `profit`: finished sentences, empty where nobody can tell. `far`: how far it got with
    those drawn to be written to. `months`: SVG of our own making."""

    drawn: str
    far: tuple[tuple[str, int], ...]
    looks: str
    split: str
    split_alarm: bool
    profit: str
    costs: tuple[tuple[str, str], ...]
    months: Markup
    pulled_forward: bool
    stops: tuple[StopRow, ...]
    parts: tuple[PartRow, ...]


def result_view(found: Measured, say: Say) -> ResultView:
    return ResultView(
        drawn=say("result.drawn", n=found.arms[0], held=found.arms[1]) if sum(found.arms) else "",
        far=tuple((say.word("how_far", far.value), found.far[far]) for far in HowFar if found.far.get(far)),
        looks=_looks(found, say),
        split=say("result.split_alarm" if found.ratio.alarm else "result.split_good") if found.ratio else "",
        split_alarm=found.ratio is not None and found.ratio.alarm,
        profit=_profit(found, say),
        costs=_costs(found, say),
        months=_months(found, say),
        pulled_forward=found.decay is not None and found.decay.pulled_forward,
        stops=_stops(found, say),
        parts=_parts(found, say),
    )


def _looks(found: Measured, say: Say) -> str:
    if found.lift is None or found.lift.always is None or found.lift.final:
        return ""
    return say("result.looks", low=say.points(found.lift.always.low), high=say.points(found.lift.always.high))


def _profit(found: Measured, say: Say) -> str:
    if found.worth is None:
        return ""
    net = found.worth.net
    total, low, high = (say.major(amount) for amount in (net.total, net.total_low, net.total_high))
    return say("result.profit", total=total, low=low, high=high)


def _costs(found: Measured, say: Say) -> tuple[tuple[str, str], ...]:
    worth = found.worth
    if worth is None:
        return ()
    rows = (
        ("margin", worth.margin),
        ("redeemed", -worth.redeemed),
        ("cannibalised", -worth.cannibalised),
        ("sending", -worth.sending),
    )
    return tuple((say(f"result.{name}"), say.major(amount)) for name, amount in rows)


def _months(found: Measured, say: Say) -> Markup:
    windows = found.decay.months if found.decay else ()
    rows = [
        _row(say("result.days", begin=window.begin, end=window.end), window.found)
        for window in windows
        if window.found is not None
    ]
    return Markup(interval_chart(rows, say("result.months")))  # words are escaped in it, the rest are numbers


def _row(name: str, found: Difference) -> Interval:
    return Interval(name, 100 * found.low, 100 * found.high, 100 * found.lift)


def _stops(found: Measured, say: Say) -> tuple[StopRow, ...]:
    return tuple(
        StopRow(
            say.word("harm", stop.harm.value),
            say.percent(stop.written_to.rate, 1) if stop.written_to.n else "–",
            say.percent(stop.held_out.rate, 1) if stop.held_out.n else "–",
            say.percent(stop.limit, 1),
            stop.breached,
        )
        for stop in found.stops
    )


def _parts(found: Measured, say: Say) -> tuple[PartRow, ...]:
    return tuple(
        PartRow(
            say(f"result.by_{part.by}"),
            say.word("channel" if part.by == "channel" else "part", part.name),
            part.n,
            part.sent,
            say.percent(part.known.rate, 1) if part.known.n else "–",
        )
        for part in found.parts
    )
