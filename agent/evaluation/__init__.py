"""How well do those write who write? Every writer answers the same unseen cases, and what comes back is counted.

Takes writers and cases as arguments, gives a table; knows no writer by name. The cases are made up here and appear in
no training; the wishes on them are phrased by another hand than the one that wrote the patterns which read them.
"""

from __future__ import annotations

from agent.evaluation.cases import EvalCase, unseen_cases
from agent.evaluation.trial import TrialFigures, try_writer
from agent.evaluation.writers import WriterFigures, evaluate

__all__ = ["EvalCase", "TrialFigures", "WriterFigures", "evaluate", "try_writer", "unseen_cases"]
