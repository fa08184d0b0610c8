"""Makes the weights of the lessons: python -m agent.guardrails.wording.train

Prints first how a classifier fares that never saw a hand: of that hand's bad sentences, how many it finds where it
stops so few of the good. Takes a minute; the same lessons give the same weights.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agent.guardrails.wording.grams import grams
from agent.guardrails.wording.lessons import Lesson, read_lessons
from agent.guardrails.wording.model import LANGUAGES

HERE = Path(__file__).parent
STOPPED = (0.002, 0.005, 0.02)
"""Shares of good sentences; a letter has a dozen, so that few of them must be stopped."""
THRESHOLDS = {"zh": 3.0, "en": 3.0}
"""Set on whole messages by hands that are not among the lessons (`tests/evals/gate`), all totals in view."""
FAINT = 0.02
"""Grams whose whole evidence is below this share of the strongest are left out."""

Scores = npt.NDArray[np.float64]


def main() -> None:
    for language in LANGUAGES:
        lessons = list(read_lessons(language))
        for hand in sorted({lesson.hand for lesson in lessons}):
            if not (told := [f"{share:.0%}" for share in _found_of(hand, lessons, language)]):
                continue
            sys.stdout.write(f"{language}, hand {hand} unseen: finds {', '.join(told)} where it stops ")
            sys.stdout.write(", ".join(f"{share:.1%}" for share in STOPPED) + " of its good sentences\n")
        size = _write(lessons, language)
        sys.stdout.write(f"{language}: {len(lessons):,} sentences, {size:,} bytes\n")


def _found_of(hand: str, lessons: Sequence[Lesson], language: str) -> list[float]:
    others, own = ([one for one in lessons if (one.hand == hand) is mine] for mine in (False, True))
    if not others or not any(lesson.is_bad for lesson in own):
        return []
    scores, bad = _scores(others, own, language), np.array([lesson.is_bad for lesson in own])
    return [float((scores[bad] > np.quantile(scores[~bad], 1 - share)).mean()) for share in STOPPED]


def _scores(learnt: Sequence[Lesson], asked: Sequence[Lesson], language: str) -> Scores:
    known, model = learn(learnt, language)
    scores: Scores = model.decision_function(known.transform([lesson.text for lesson in asked]))
    return scores


def learn(lessons: Sequence[Lesson], language: str) -> tuple[Any, Any]:
    """The rarities of the grams that say something, and the regression on them: pure functions of the lessons."""
    known, model = _fitted(lessons, language, None)
    strength = np.abs(model.coef_[0] * known.idf_)
    telling = known.get_feature_names_out()[strength > FAINT * strength.max()]
    return _fitted(lessons, language, telling)


def _fitted(lessons: Sequence[Lesson], language: str, vocabulary: Sequence[str] | None) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    known = TfidfVectorizer(analyzer=lambda text: sorted(grams(text, language)), vocabulary=vocabulary)
    rows = known.fit_transform([lesson.text for lesson in lessons])
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=2000)
    return known, model.fit(rows, [lesson.is_bad for lesson in lessons])


def _write(lessons: Sequence[Lesson], language: str) -> int:
    from sklearn.linear_model import LogisticRegression

    known, model = learn(lessons, language)
    bad = [lesson for lesson in lessons if lesson.is_bad]
    by_rule = LogisticRegression(C=10, class_weight="balanced", max_iter=2000)
    by_rule.fit(known.transform([lesson.text for lesson in bad]), [lesson.rule for lesson in bad])
    one, scale = _small(model.coef_.T)
    evidence, scales = _small(by_rule.coef_.T)
    path = HERE / f"weights_{language}.npz"
    np.savez_compressed(
        path,
        grams=np.frombuffer("\n".join(known.get_feature_names_out()).encode(), np.uint8),
        rarity=known.idf_.astype(np.float16),
        against=one[:, 0],
        scale=scale[0],
        bias=model.intercept_[0],
        threshold=THRESHOLDS[language],
        rules=np.frombuffer("\n".join(by_rule.classes_).encode(), np.uint8),
        evidence=evidence,
        scales=scales,
        biases=by_rule.intercept_.astype(np.float32),
    )
    return path.stat().st_size


def _small(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Each column as whole numbers up to 127, with what one of them is worth."""
    worth = np.abs(weights).max(axis=0) / 127
    return np.round(weights / worth).astype(np.int8), worth.astype(np.float32)


if __name__ == "__main__":
    main()
