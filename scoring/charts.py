"""Small charts as SVG, drawn for a page that needs no network and no script."""

from __future__ import annotations

from collections.abc import Sequence

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
