"""The stage that turns a template into the words a customer reads. See `fill.py`."""

from __future__ import annotations

from agent.realise.fill import realise

__all__ = ["realise"]
