"""The gate: every message, whoever wrote it, is judged here before it may leave.

`check` takes words and a GateContext and gives a Verdict; `judge_line` does it for one line of JSON. Nothing here knows
how the words were written.
"""

from __future__ import annotations

from agent.guardrails.context import GateContext
from agent.guardrails.contract import judge_line
from agent.guardrails.engine import check, text_hash
from agent.guardrails.reading import context_from_json
from agent.guardrails.rulebook import all_rules, rules_version
from agent.guardrails.values import InvalidInput, MissingInput

__all__ = [
    "GateContext",
    "InvalidInput",
    "MissingInput",
    "all_rules",
    "check",
    "context_from_json",
    "judge_line",
    "rules_version",
    "text_hash",
]
