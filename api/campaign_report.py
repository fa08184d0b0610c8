"""A campaign's result as files: report.json for programs, report.html for people.

Takes the answer of `api.measuring` and draws it; decides and counts nothing. The page is one file without script, font
or picture from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.files import written_whole
from scoring.charts import Interval, interval_chart

if TYPE_CHECKING:
    from agent.domain import Brand

POINTS = "percentage points · 百分点"


def write_report(answer: Mapping[str, Any], brand: Brand, now: datetime, folder: Path) -> Path:
    """Both files, each whole or not at all; returns the page's path."""
    from jinja2 import Environment, StrictUndefined

    source = files("api.templates").joinpath("campaign_report.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    page = made.from_string(source).render(brand=brand, now=now, found=answer, charts=charts(answer))
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / "report.json") as target:
        json.dump(answer, target, ensure_ascii=False, indent=1)
    with written_whole(folder / "report.html") as target:
        target.write(page)
    return folder / "report.html"


def charts(answer: Mapping[str, Any]) -> dict[str, Any]:
    """`lift`, `decay`, `profit`, `variants` as SVG, safe for a page; an empty text where nothing is known."""
    from markupsafe import Markup

    drawn = {
        "lift": interval_chart(_lift(answer["lift"]), POINTS),
        "decay": interval_chart(_decay(answer["decay"]), POINTS),
        "profit": interval_chart(_profit(answer["net_profit"]), "money · 金额"),
        "variants": interval_chart(_variants(answer["variants"]), POINTS),
    }
    return {name: Markup(svg) for name, svg in drawn.items()}  # names in it are escaped, the rest are numbers


def _lift(lift: Mapping[str, Any] | None) -> list[Interval]:
    if lift is None:
        return []
    rows = [_points("one look · 看一次", lift, lift["difference"])]
    always = lift["always_valid"]
    return [*rows, _points("daily looks · 天天看", always, lift["difference"])] if always else rows


def _decay(decay: Mapping[str, Any] | None) -> list[Interval]:
    return [
        _points(f"days {window['from_day']}–{window['to_day']} · 天", window["effect"], window["effect"]["lift"])
        for part in ("months", "so_far")
        for window in (decay or {}).get(part, ())
        if window["effect"] and (part == "months" or window["to_day"] > window["from_day"] + 30)
    ]


def _profit(worth: Mapping[str, Any] | None) -> list[Interval]:
    if worth is None:
        return []
    net = worth["net"]
    return [Interval("net profit · 净利", net["total_low"], net["total_high"], net["total"])]


def _variants(found: Mapping[str, Any] | None) -> list[Interval]:
    return [
        _points(arm["name"], arm["against_held_out"], arm["against_held_out"]["difference"])
        for arm in (found or {}).get("arms", ())
        if arm["against_held_out"]
    ]


def _points(name: str, interval: Mapping[str, float], found: float) -> Interval:
    return Interval(name, 100 * interval["low"], 100 * interval["high"], 100 * found)
