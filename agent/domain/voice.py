"""How a brand speaks: what it wants said, and not said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Voice:
    """A brand's manner in one language.

    `address` is 您 or 你 (Chinese only). `avoid` are words that are not used, `prefer` maps words to what is said
    instead. `exclamations` is how many exclamation marks a message may have; `longest` how long a sentence may be, in
    characters (Chinese) or words (English), 0 for no limit. `guide` is a few sentences for those who write in prose.
    """

    address: str = "您"
    avoid: tuple[str, ...] = ()
    prefer: Mapping[str, str] = field(default_factory=dict)
    emoji: bool = False
    exclamations: int = 1
    longest: int = 0
    guide: str = ""
