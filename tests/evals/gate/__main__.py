"""How the gate does on its exam, by language and family of rules: python -m tests.evals.gate

Prints totals alone, never a text: the held-out half stays closed to whoever builds the rules. Intervals: Wilson, 95 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from agent.domain import Decision, Verdict, Words
from agent.guardrails import check, context_from_json
from scoring.experiments.difference import wilson
from scoring.experiments.sample import share_of
from tests.evals.gate.exam import RULES, Set, read_exam

FAMILY = {rule: family for family, rules in RULES.items() for rule in rules}


@dataclass
class Total:
    """Bad drafts, how many did not pass and how many got the right rule; good ones, and how many were stopped."""

    bad: int = 0
    not_passed: int = 0
    right_rule: int = 0
    good: int = 0
    stopped: int = 0
    families: dict[str, list[bool]] = field(default_factory=dict)

    def add(self, line: dict[str, Any], verdict: Verdict) -> None:
        passed = verdict.decision is Decision.PASS
        if line["expect"] == "pass":
            self.good += 1
            self.stopped += not passed
        elif line["expect"] == "block":
            primary = line["violations"][0]
            self.bad += 1
            self.not_passed += not passed
            self.right_rule += any(finding.rule == primary for finding in verdict.findings)
            self.families.setdefault(FAMILY[primary], []).append(not passed)


def judged(lines: Iterable[dict[str, Any]]) -> Total:
    total = Total()
    for line in lines:
        context = context_from_json(line["context"], line["channel"])
        total.add(line, check(Words(line["draft"].get("subject"), line["draft"]["body"]), context))
    return total


def share(part: int, whole: int) -> str:
    if not whole:
        return ""
    low, high = wilson(share_of(whole, part))
    return f"{100 * part / whole:.1f} % [{100 * low:.0f}, {100 * high:.0f}]"


def main() -> None:
    table = Table("set", "bad", "not passed", "right rule", "good", "stopped wrongly")
    totals = {chosen: judged(read_exam(chosen)) for chosen in Set}
    with_bad = {chosen: total for chosen, total in totals.items() if total.bad}
    by_family = Table("family, not passed", *[chosen.value for chosen in with_bad])
    for chosen, total in totals.items():
        counts = (share(total.not_passed, total.bad), share(total.right_rule, total.bad))
        table.add_row(chosen.value, str(total.bad), *counts, str(total.good), share(total.stopped, total.good))
    for family in RULES:
        cells = [total.families.get(family, []) for total in with_bad.values()]
        by_family.add_row(family, *[f"{sum(cell)} of {len(cell)}" for cell in cells])
    console = Console(width=150)
    console.print(table)
    console.print(by_family)


if __name__ == "__main__":
    main()
