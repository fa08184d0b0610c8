"""Score everybody in the store: events → features → scores with reasons, kept with their date and model."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from agent.errors import NotReady
from api.bootstrap import Workshop
from scoring.records import RiskBand, RiskScore

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

    One part of the customers after the other, so that memory stays small, and stored together, so that nobody ever sees
    half a run. Raises ScoringError.
    """
    from babel.numbers import get_currency_precision

    from scoring.serve import EventScorer

    tell = progress or (lambda _step, _share: None)
    people = workshop.store.people
    scorer = EventScorer(model, workshop.log, get_currency_precision(workshop.brand.currency))
    everybody = max(people.count(), 1)
    bands: Counter[RiskBand] = Counter()
    with TemporaryFile() as spool:
        for scores in scorer.score_all(as_of):
            known = people.known([score.customer_id for score in scores])
            kept = [score for score in scores if score.customer_id in known]
            pickle.dump(kept, spool)
            bands.update(score.band for score in kept)
            tell("features, scores, reasons", 0.8 * min(1.0, bands.total() / everybody))
        spool.seek(0)
        tell("storing scores", 0.8)
        with workshop.store.write():
            for part in _parts(spool):
                people.put_scores(part)
    return bands


def _parts(spool: IO[bytes]) -> Iterator[list[RiskScore]]:
    with suppress(EOFError):
        while True:
            yield pickle.load(spool)
