"""A/B/n: which of a campaign's arms a customer is in, and what is different there.

The arm is a pure function of campaign, customer and the arms' shares, drawn by another hash than the hold-out, so that
the two lots are independent. Nothing can reshuffle it: not a restart, not a longer list; a campaign that has begun
keeps its arms. Whoever is held out is in none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from agent.domain import Channel
from agent.holdout import RESOLUTION, bucket

WORDS_ALONE = "none"
"""The offer of an arm that offers no money."""
MOST = 8
"""Arms of one campaign: with more, hardly any shop has enough customers to tell them apart."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm. Everything but name and share is None (or empty) where it is as the plan and the strategies say.

    `share` is the propensity: the chance, in (0, 1], that a customer who is not held out is in this arm. `offer`: the
    one money offer that may be made here, or "none". `writer`: a rung of the ladder; the composer stays the last.
    `prompt`: care_message_PROMPT.zh.md and its sisters stand in the place of ours. `instruction`: a wish in a rep's
    own words. `channels`: in the place of the plan's.
    """

    name: str
    share: float
    offer: str | None = None
    writer: str | None = None
    prompt: str | None = None
    instruction: str = ""
    channels: tuple[Channel, ...] = ()

    @property
    def differs_in(self) -> tuple[Any, ...]:
        return (self.offer, self.writer, self.prompt, self.instruction, self.channels)


def draw(arms: Sequence[Arm], campaign_id: str, customer_id: str) -> Arm | None:
    """The arm of this customer, the same for ever; None where there are no arms."""
    place, end = bucket(f"arms:{campaign_id}", customer_id), 0.0
    for arm in arms:
        end += arm.share * RESOLUTION
        if place < end:
            return arm
    return arms[-1] if arms else None  # the shares add up to 1 but for rounding


def read_arms(given: Any) -> tuple[Arm, ...]:
    """The arms of a plan; without shares all are alike. Raises ValueError naming what cannot be."""
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(isinstance(row, Mapping) for row in given):
        raise ValueError('arms are tables, like [[arms]] with name = "a"')
    if not given:
        return ()
    if not 2 <= len(given) <= MOST:
        raise ValueError(f"{len(given)} arms cannot be compared; write 2 to {MOST} of them, or none")
    shares = _shares(given)
    arms = tuple(_arm(row, share) for row, share in zip(given, shares, strict=True))
    _require_different(arms)
    return arms


def arms_as_rows(arms: Sequence[Arm]) -> list[dict[str, Any]]:
    """As they are stored."""
    return [{**asdict(arm), "channels": [channel.value for channel in arm.channels]} for arm in arms]


def _shares(given: Sequence[Mapping[str, Any]]) -> list[float]:
    stated = [row.get("share") for row in given]
    if all(share is None for share in stated):
        return [1 / len(given)] * len(given)
    if any(share is None for share in stated):
        raise ValueError("some arms have a share and some have none; give each one, or none")
    shares = [float(share) for share in stated]  # type: ignore[arg-type]  # none is None here
    if any(not 0 < share < 1 for share in shares):
        raise ValueError("the share of an arm is between 0 and 1, like 0.5")
    if (total := sum(shares)) > 1.000001:
        raise ValueError(f"the shares of the arms add up to {total:g}: they overlap, make them add up to 1")
    if total < 0.999999:
        raise ValueError(f"the shares of the arms add up to {total:g}: {1 - total:g} of the customers are in none")
    return shares


def _arm(row: Mapping[str, Any], share: float) -> Arm:
    if unknown := set(row) - {one.name for one in fields(Arm)}:
        raise ValueError(f"an arm has no {sorted(unknown)[0]!r}; it has {', '.join(one.name for one in fields(Arm))}")
    name = str(row.get("name") or "").strip()
    if not name or len(name) > 40:
        raise ValueError("every arm has a name of up to 40 characters")
    texts = {key: str(row[key]).strip() for key in ("offer", "writer", "prompt") if row.get(key)}
    channels = tuple(dict.fromkeys(Channel(channel) for channel in row.get("channels") or ()))
    return Arm(name, share, instruction=str(row.get("instruction") or "").strip(), channels=channels, **texts)


def _require_different(arms: Sequence[Arm]) -> None:
    for number, arm in enumerate(arms):
        for other in arms[:number]:
            if arm.name.casefold() == other.name.casefold():
                raise ValueError(f"two arms are called {arm.name!r}: they overlap, give each its own name")
            if arm.differs_in == other.differs_in:
                raise ValueError(f"the arms {other.name!r} and {arm.name!r} overlap: nothing is different in them")
