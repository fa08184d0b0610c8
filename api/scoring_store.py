"""Score everybody in the store: events → features → scores with reasons, kept with their date and model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from agent.errors import InputError, NotReady
from api.bootstrap import Workshop
from scoring.records import RiskBand

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


def score_store(
    workshop: Workshop, as_of: datetime, model: Path, progress: Progress | None = None
) -> Counter[RiskBand]:
    """Scores of everybody who ever bought before `as_of`, with reasons, stored: how many are in each band.

    One part of the customers after the other, so that memory stays small and nobody who writes waits for long; the
    store shows a new run when it is whole. Raises ScoringError, and InputError for a moment too old to be kept.
    """
    from babel.numbers import get_currency_precision

    from scoring.serve import EventScorer

    oldest = workshop.store.scores.oldest_kept()
    if oldest is not None and as_of < oldest:
        raise InputError(
            f"scores as of {as_of:%Y-%m-%d} would not be kept: all the newest scorings are later",
            f"choose a moment from {oldest:%Y-%m-%d} on",
        )
    tell = progress or (lambda _step, _share: None)
    store = workshop.store
    scorer = EventScorer(model, workshop.log, get_currency_precision(workshop.brand.currency))
    everybody = max(store.people.count(), 1)
    bands: Counter[RiskBand] = Counter()
    runs: set[tuple[datetime, str]] = set()
    for scores in scorer.score_all(as_of):
        known = store.people.known([score.customer_id for score in scores])
        kept = [score for score in scores if score.customer_id in known]
        store.scores.add(kept)
        runs.update((score.as_of, score.model) for score in kept)
        bands.update(score.band for score in kept)
        tell("features, scores, reasons", min(1.0, bands.total() / everybody))
    for moment, stamp in runs:
        store.scores.finish_run(moment, stamp)
    return bands
