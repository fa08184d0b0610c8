"""Score everybody in the store: events → features → scores with reasons, kept with their date and model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from agent.errors import NotReady
from agent.money import to_minor
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
    """Scores of everybody who ever bought, newest model's word, stored. Raises ScoringError."""
    from decimal import Decimal

    from scoring.serve import ModelScorer

    from scoring.features import build_features, spend_before

    tell = progress or (lambda _step, _share: None)
    scorer = ModelScorer(model)
    tell("reading events", 0.1)
    events = workshop.log.load(until=as_of)
    tell("building features", 0.3)
    features = build_features(events, as_of)
    spend = spend_before(events, as_of)
    currency = workshop.brand.currency
    value = {str(name): to_minor(Decimal(str(round(total, 6))), currency).minor for name, total in spend.items()}
    tell("scoring", 0.6)
    scores = scorer.score_frame(features, as_of=as_of, value_minor=value)
    tell("storing scores", 0.9)
    known = workshop.store.people.known([score.customer_id for score in scores])
    workshop.store.people.put_scores(score for score in scores if score.customer_id in known)
    return [score for score in scores if score.customer_id in known]
