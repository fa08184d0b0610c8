"""A new case with all that came of it in one go: where thousands are reached, nobody stores step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.domain.cases import Case, Review
from agent.domain.drafts import Draft
from agent.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Reached:
    """`told` are the lines of its trace after the score; `judged`: moment, verdict and what the verdict rests on."""

    case: Case
    told: tuple[tuple[str, Mapping[str, Any]], ...]
    draft: Draft | None = None
    judged: tuple[tuple[str, Verdict, Mapping[str, Any]], ...] = ()
    review: Review | None = None
