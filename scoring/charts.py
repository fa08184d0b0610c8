"""Small charts as SVG, drawn for a page that needs no network and no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, EDGE = 320, 240, 38
Points = Sequence[tuple[float, float]]


def curve_chart(points: Points, across: str, up: str) -> str:
    """A curve from (0, 0) to (1, 1) beside the diagonal that chance would draw."""
    diagonal = _line([(0, 0), (1, 1)], "chance")
    return _frame(diagonal + _line(points, "curve"), across, up, ("0", "1"), ("0", "1"))


def reliability_chart(points: Sequence[tuple[float, float, int]]) -> str:
    """What was promised against what happened, one dot for each tenth of the customers."""
    top = max([0.01, *(max(p, y) for p, y, _ in points)])
    scaled = [(p / top, y / top) for p, y, _ in points]
    dots = "".join(f'<circle class="dot" cx="{_x(p):.1f}" cy="{_y(y):.1f}" r="4"/>' for p, y in scaled)
    diagonal = _line([(0, 0), (1, 1)], "chance")
    end = f"{100 * top:.0f}%"
    return _frame(
        diagonal + _line(scaled, "curve") + dots, "probability given", "share that left", ("0", end), ("0", end)
    )


def loss_chart(losses: Sequence[float]) -> str:
    """Loss per epoch or round; an empty text where the model has none."""
    if len(losses) < 2:
        return ""
    low, high = min(losses), max(losses)
    spread = (high - low) or 1.0
    step = max(1, len(losses) // 200)
    kept = list(range(0, len(losses), step))
    points = [(place / (len(losses) - 1), (losses[place] - low) / spread) for place in kept]
    return _frame(
        _line(points, "curve"), "epoch or round", "loss", ("1", str(len(losses))), (f"{low:.3f}", f"{high:.3f}")
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """One line of an interval chart; `found` is the estimate, None where only the interval is known."""

    name: str
    low: float
    high: float
    found: float | None = None


def interval_chart(rows: Sequence[Interval], across: str, unit: str = "") -> str:
    """Intervals below each other over one scale, with a line at zero. An empty text without rows."""
    if not rows:
        return ""
    low, high = min(0.0, *(row.low for row in rows)), max(0.0, *(row.high for row in rows))
    spread = (high - low) or 1.0
    left, width, step = 150, WIDTH - 150 - 12, 22
    base = 8 + step * len(rows)

    def x(value: float) -> float:
        return left + (value - low) / spread * width

    inside = f'<line class="zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="4" y2="{base}"/>'
    for number, row in enumerate(rows):
        y = 8 + step * number + step / 2
        inside += f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{escape(row.name)}</text>'
        inside += f'<line class="span" x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y:.0f}" y2="{y:.0f}"/>'
        if row.found is not None:
            inside += f'<circle class="dot" cx="{x(row.found):.1f}" cy="{y:.0f}" r="4"/>'
    ends = ((left, "start", low), (left + width, "end", high))
    inside += "".join(
        f'<text x="{place}" y="{base + 14}" text-anchor="{side}">{value:+,.3g}{escape(unit)}</text>'
        for place, side, value in ends
    )
    words = f'<text x="{WIDTH / 2:.0f}" y="{base + 28}" text-anchor="middle">{escape(across)}</text>'
    return f'<svg viewBox="0 0 {WIDTH} {base + 34}" role="img" aria-label="{escape(across)}">{inside}{words}</svg>'


def _frame(inside: str, across: str, up: str, ends_x: tuple[str, str], ends_y: tuple[str, str]) -> str:
    left, right, bottom, top = _x(0), _x(1), _y(0), _y(1)
    texts = (
        (left, bottom + 14, "start", ends_x[0]), (right, bottom + 14, "end", ends_x[1]),
        ((left + right) / 2, bottom + 28, "middle", across), (left - 5, bottom, "end", ends_y[0]),
        (left - 5, top + 8, "end", ends_y[1]),
    )  # fmt: skip
    labels = "".join(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{side}">{text}</text>' for x, y, side, text in texts)
    middle = (top + bottom) / 2
    turned = f'<text transform="translate(12 {middle:.0f}) rotate(-90)" text-anchor="middle">{up}</text>'
    box = f'<rect class="box" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/>'
    opening = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{up} by {across}">'
    return f"{opening}{box}{inside}{labels}{turned}</svg>"


def _line(points: Points, kind: str) -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{path}"/>'


def _x(share: float) -> float:
    return EDGE + share * (WIDTH - EDGE - 12)


def _y(share: float) -> float:
    return HEIGHT - EDGE - share * (HEIGHT - EDGE - 12)
