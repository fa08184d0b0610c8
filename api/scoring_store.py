"""Score everybody in the store: events → features → scores with reasons, kept with their date and model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from agent.errors import NotReady
from api.bootstrap import Workshop
from scoring.records import RiskScore

FRESH = timedelta(days=7)
Progress = Callable[[str, float], None]


def moment_to_score(workshop: Workshop) -> tuple[datetime, str]:
    """Now, while the data are fresh; else the end of the data, with a remark that says so."""
    span = workshop.log.span()
    if span is None:
        raise NotReady("no events in the store", "run: holdfast import orders FILE")
    now, last = workshop.clock.now(), span[1]
    if now - last <= FRESH:
        return now, ""
    end = last + timedelta(seconds=1)
    return end, f"the newest event is of {last:%Y-%m-%d}: scoring as of that moment (choose another with --as-of)"


def score_store(workshop: Workshop, as_of: datetime, model: Path, progress: Progress | None = None) -> list[RiskScore]:
    """Scores of everybody who ever bought before `as_of`, with reasons, stored. Raises ScoringError."""
    from babel.numbers import get_currency_precision

    from scoring.serve import EventScorer

    tell = progress or (lambda _step, _share: None)
    scorer = EventScorer(model, workshop.log, get_currency_precision(workshop.brand.currency))
    tell("features, scores, reasons", 0.2)
    scores = scorer.score_all(as_of)
    tell("storing scores", 0.9)
    known = workshop.store.people.known([score.customer_id for score in scores])
    kept = [score for score in scores if score.customer_id in known]
    workshop.store.people.put_scores(kept)
    return kept
