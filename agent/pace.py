"""How fast a provider may be asked, and how often one recipient: windows and caps, kept over every worker together.

Takes the provider's rules and a way to look back at what left; gives the moment from which one more may leave, or None
for now. It knows nothing of stores: what left is asked for as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.channels import ProviderRules
from agent.domain import Purpose

NthLast = Callable[[int, str | None, frozenset[Purpose] | None], datetime | None]
"""(n, recipient or None, purposes or None) → when the nth last message left; None when fewer did."""
FASTEST = 10_000
"""A window that lets more through than this keeps no sender of ours waiting, and is not asked for."""


def window_opens_at(rules: ProviderRules, now: datetime, nth_last: NthLast) -> datetime | None:
    """When the provider takes one more message of anybody; None for now."""
    waits = [
        _free_again(nth_last(window.count, None, None), window.within, now)
        for window in rules.windows
        if window.count <= FASTEST
    ]
    return _latest(waits)


def may_leave_at(
    rules: ProviderRules, recipient: str, purpose: Purpose, zone: str | None, now: datetime, nth_last: NthLast
) -> datetime | None:
    """The latest of what every window, cap and hour of this provider asks for; None when nothing keeps it in."""
    waits = [_after_hours(rules, purpose, zone, now), window_opens_at(rules, now, nth_last)]
    for cap in rules.caps:
        if purpose in cap.purposes:
            waits.append(_free_again(nth_last(cap.count, recipient, cap.purposes), cap.within, now))
    return _latest(waits)


def _latest(waits: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in waits if moment is not None), default=None)


def _free_again(nth_last: datetime | None, within: timedelta, now: datetime) -> datetime | None:
    """When the nth last falls out of the window."""
    if nth_last is None or nth_last + within <= now:
        return None
    return nth_last + within


def _after_hours(rules: ProviderRules, purpose: Purpose, zone: str | None, now: datetime) -> datetime | None:
    if rules.quiet is None or purpose is not Purpose.MARKETING or zone is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    if not rules.quiet.covers(local.time()):
        return None
    day = local.date() if local.time() < rules.quiet.end else local.date() + timedelta(1)
    return datetime.combine(day, rules.quiet.end, ZoneInfo(zone))
