"""A flow from a TOML table and back. Everything that cannot be meant is said at load, with the step it stands in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from agent.domain import Channel
from agent.flow.records import END, Condition, Flow, Step
from agent.situations import situations
from scoring.records import RiskBand

KINDS = frozenset(
    "order cancel view visit cart wishlist review ticket coupon_used message_open message_click competitor_view login "
    "unsubscribe".split()
)
LENGTH = re.compile(r"(\d{1,4})\s*(m|h|d|w)")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
STEP_KEYS = {"name", "wait", "if", "otherwise", "send", "channels", "offer"}
CONDITION_KEYS = {
    "event", "older_than", "newer_than", "without", "since_entry", "absent", "silent_days", "orders", "band",
}  # fmt: skip
APART = timedelta(days=2)
"""Between two messages of a flow: the gate lets nobody get two marketing messages in less."""
MOST_STEPS, LONGEST = 30, timedelta(weeks=104)


def read_flow(data: Mapping[str, Any]) -> Flow | None:
    """None where the plan has no steps: it is a campaign of one message. Raises ValueError."""
    if "steps" not in data:
        if lost := {"enter", "goal", "again_after", "title"} & data.keys():
            raise ValueError(f"{min(lost)} belongs to a flow, and there are no [[steps]]")
        return None
    rows = data["steps"]
    if not isinstance(rows, Sequence) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError('steps are tables, like [[steps]] with wait = "1d"')
    if len(rows) > MOST_STEPS:
        raise ValueError(f"{len(rows)} steps are too many, {MOST_STEPS} at most")
    if not isinstance(data.get("enter"), Mapping) or not data["enter"]:
        raise ValueError("a flow needs [enter]: who enters it, and when")
    steps = tuple(_step(row, number) for number, row in enumerate(rows, start=1))
    again = data.get("again_after")
    flow = Flow(
        _condition(data["enter"], "[enter]"), _goal(data.get("goal")), steps,
        _length(again, "again_after") if again is not None else None, _title(data.get("title")),
    )  # fmt: skip
    _require_order(flow)
    return flow


def flow_as_row(flow: Flow) -> dict[str, Any]:
    """The table that `read_flow` reads."""
    row: dict[str, Any] = {
        "title": dict(flow.title),
        "enter": _condition_as_row(flow.enter),
        "goal": list(flow.goal),
        "steps": [_step_as_row(step) for step in flow.steps],
    }
    return row if flow.again_after is None else {**row, "again_after": _said(flow.again_after)}


# --- steps ------------------------------------------------------------------------------------------------------------


def _step(row: Mapping[str, Any], number: int) -> Step:
    name = str(row.get("name", f"step {number}"))
    where = f"step {number}" + (f" ({name})" if "name" in row else "")
    if unknown := row.keys() - STEP_KEYS:
        raise ValueError(f"{where} has an unknown key {min(unknown)!r}; known are {', '.join(sorted(STEP_KEYS))}")
    what = [key for key in ("wait", "if", "send") if key in row]
    if len(what) != 1:
        raise ValueError(f"{where} must have exactly one of wait, if, send, and has {' and '.join(what) or 'none'}")
    allowed = {"wait": set(), "if": {"otherwise"}, "send": {"channels", "offer"}}[what[0]] | {what[0], "name"}
    if lost := row.keys() - allowed:
        raise ValueError(f"{where}: {min(lost)!r} does not go with {what[0]!r}")
    if what[0] == "wait":
        return Step(name, wait=_length(row["wait"], where))
    if what[0] == "if":
        return Step(name, condition=_condition(row["if"], where), otherwise=str(row.get("otherwise", END)))
    return _message(row, name, where)


def _message(row: Mapping[str, Any], name: str, where: str) -> Step:
    situation = str(row["send"])
    if situation not in situations().by_key:
        known = ", ".join(key for key in situations().by_key if not situations().is_service(key))
        raise ValueError(f"{where} sends about {situation!r}, which nobody knows; known are {known}")
    if situations().is_service(situation):
        raise ValueError(f"{where} sends about {situation!r}, which is service: a flow is marketing")
    try:
        channels = tuple(Channel(channel) for channel in row.get("channels", ()))
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    offer = row.get("offer")
    return Step(name, situation=situation, channels=channels, offer=str(offer) if offer is not None else None)


def _step_as_row(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {"name": step.name}
    if step.wait is not None:
        return {**row, "wait": _said(step.wait)}
    if step.condition is not None:
        return {**row, "if": _condition_as_row(step.condition), "otherwise": step.otherwise}
    row |= {"send": step.situation, "channels": [channel.value for channel in step.channels]}
    return row if step.offer is None else {**row, "offer": step.offer}


def _require_order(flow: Flow) -> None:
    """Names once, jumps forward alone, a message somewhere, and enough time between any two of them."""
    names = [step.name for step in flow.steps]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two steps are called {min(twice)!r}")
    for number, step in enumerate(flow.steps):
        if step.condition is not None and step.otherwise not in (END, *names[number + 1 :]):
            known = "is not a later step" if step.otherwise in names else "is no step"
            raise ValueError(
                f"step {number + 1}: otherwise = {step.otherwise!r} {known}; jumps go forward, or to the end"
            )
    if not any(step.situation for step in flow.steps):
        raise ValueError('nothing is sent in this flow: add a step with send = "long_silence", for instance')
    for number, step in enumerate(flow.steps):
        if step.situation is not None:
            _require_apart(flow, number, number + 1, timedelta(0))


def _require_apart(flow: Flow, sent: int, at: int, waited: timedelta) -> None:
    """Along every way from one message to the next one."""
    while at < len(flow.steps):
        step = flow.steps[at]
        if step.situation is not None:
            if waited < APART:
                raise ValueError(
                    f"step {at + 1} would send {_said(waited)} after step {sent + 1}: nobody gets two messages within "
                    f"{APART.days} days, wait longer"
                )
            return
        if step.condition is not None:
            _require_apart(flow, sent, flow.place_of(step.otherwise), waited)
        waited += step.wait or timedelta(0)
        at += 1


# --- conditions -------------------------------------------------------------------------------------------------------


def _condition(row: Any, where: str) -> Condition:
    if not isinstance(row, Mapping) or not row:
        raise ValueError(f"{where}: a condition is a table that says something, like {{event = 'order'}}")
    if unknown := row.keys() - CONDITION_KEYS:
        raise ValueError(f"{where}: a condition has no {min(unknown)!r}; it has {', '.join(sorted(CONDITION_KEYS))}")
    of_event = {"older_than", "newer_than", "without", "since_entry", "absent"} & row.keys()
    if of_event and "event" not in row:
        raise ValueError(f"{where}: {min(of_event)!r} needs an event")
    older, newer = (_length(row[key], where) if key in row else None for key in ("older_than", "newer_than"))
    if older is not None and newer is not None and older >= newer:
        raise ValueError(f"{where}: nothing is older than {_said(older)} and newer than {_said(newer)}")
    return Condition(
        event=_kind(row["event"], where) if "event" in row else None,
        older_than=older,
        newer_than=newer,
        without=tuple(_kind(kind, where) for kind in row.get("without", ())),
        since_entry=bool(row.get("since_entry", False)),
        absent=bool(row.get("absent", False)),
        silent_days=_count(row, "silent_days", where),
        orders=_count(row, "orders", where),
        band=RiskBand(row["band"]) if "band" in row else None,
    )


def _condition_as_row(condition: Condition) -> dict[str, Any]:
    row: dict[str, Any] = {
        "event": condition.event,
        "older_than": _said(condition.older_than) if condition.older_than else None,
        "newer_than": _said(condition.newer_than) if condition.newer_than else None,
        "without": list(condition.without) or None,
        "since_entry": condition.since_entry or None,
        "absent": condition.absent or None,
        "silent_days": condition.silent_days,
        "orders": condition.orders,
        "band": condition.band.value if condition.band else None,
    }
    return {key: value for key, value in row.items() if value is not None}


def _title(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(words, str) for words in given.values()):
        raise ValueError('the title is a table by language, like {zh = "购物车提醒", en = "Abandoned cart"}')
    return {str(language): words for language, words in given.items()}


def _goal(given: Any) -> tuple[str, ...]:
    kinds = [given] if isinstance(given, str) else given
    if not isinstance(kinds, Sequence) or not kinds:
        raise ValueError('a flow needs a goal that ends it, like goal = ["order"]')
    return tuple(_kind(kind, "goal") for kind in kinds)


def _kind(given: Any, where: str) -> str:
    if given not in KINDS:
        raise ValueError(f"{where}: nobody counts events of the kind {given!r}; known are {', '.join(sorted(KINDS))}")
    return str(given)


def _count(row: Mapping[str, Any], key: str, where: str) -> int | None:
    if key not in row:
        return None
    if not isinstance(row[key], int) or isinstance(row[key], bool) or not 0 < row[key] < 10_000:
        raise ValueError(f"{where}: {key} is a whole number above 0")
    return int(row[key])


def _length(given: Any, where: str) -> timedelta:
    found = LENGTH.fullmatch(str(given).strip())
    if found is None:
        raise ValueError(f"{where}: {given!r} is no length of time; write 30m, 4h, 2d or 1w")
    length = timedelta(**{UNITS[found[2]]: int(found[1])})
    if not timedelta(0) < length <= LONGEST:
        raise ValueError(f"{where}: {given!r} is too short or too long, two years at most")
    return length


def _said(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
