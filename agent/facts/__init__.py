"""The stage that lays out all a writer may know about one case. See `sheet.py`; agent/slots lists the slots."""

from __future__ import annotations

from agent.facts.items import short_name
from agent.facts.people import read_name
from agent.facts.sheet import build_fact_sheet

__all__ = ["build_fact_sheet", "read_name", "short_name"]
