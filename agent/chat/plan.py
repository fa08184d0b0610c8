"""What will be said, decided and not yet worded: the record between deciding (reply.py, own.py) and saying."""

from __future__ import annotations

from dataclasses import dataclass

from agent.domain import Case, Fact
from knowledge.documents import Clause


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be said, before it has words: the occasion in words.toml, the clauses it quotes, and who goes on."""

    occasion: str
    clauses: tuple[Clause, ...] = ()
    covered: bool = False
    hand_off: bool = False
    because: str = ""
    about: Case | None = None
    own: tuple[Fact, ...] = ()
