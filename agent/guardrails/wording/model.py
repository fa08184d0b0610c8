"""The weights, read once, and what they say of a sentence.

Logistic regression on grams weighted by how rare they are: one score for "a decent writer would not send this", and,
where that is high, one for each rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from agent.guardrails.wording.grams import grams
from agent.resources import kept

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LANGUAGES = ("zh", "en")
ENOUGH = 8
"""Known grams of a sentence that can be judged: four words, five characters; "what's up?" reads like anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """`known`: of each gram its place, its evidence against the sentence, and its rarity squared.

    `evidence` has a row a gram and a column a rule, `biases` an entry a rule; both rest on the same rarities.
    """

    language: str
    known: dict[str, tuple[int, float, float]]
    bias: float
    threshold: float
    rules: tuple[str, ...]
    evidence: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]

    def score(self, sentence: str) -> float:
        """How much it reads like what should not be sent, above (positive) or below the threshold.

        What says too little to be judged (`ENOUGH`) is as far below as can be.
        """
        places, against, length = self._met(sentence)
        return against / length + self.bias - self.threshold if len(places) >= ENOUGH else -math.inf

    def broken_rule(self, sentence: str) -> str:
        """The rule whose breaks the sentence reads most like."""
        places, _, length = self._met(sentence)
        return self.rules[int((self.evidence[places].sum(axis=0) / length + self.biases).argmax())]

    def _met(self, sentence: str) -> tuple[list[int], float, float]:
        met = [found for gram in grams(sentence, self.language) if (found := self.known.get(gram)) is not None]
        length = math.sqrt(sum(squared for _, _, squared in met)) or 1.0
        return [place for place, _, _ in met], sum(against for _, against, _ in met), length


@kept
def wording(language: str) -> Wording:
    """Raises FileNotFoundError where no weights were made: a gate without them is not the gate."""
    import numpy as np

    with (files(__package__) / f"weights_{language}.npz").open("rb") as file, np.load(file) as stored:
        words = bytes(stored["grams"]).decode().split("\n")
        rarity = stored["rarity"].astype(np.float64)
        against = stored["against"] * float(stored["scale"]) * rarity
        table = zip(words, range(len(words)), against.tolist(), (rarity**2).tolist(), strict=True)
        return Wording(
            language=language,
            known={word: (place, one, squared) for word, place, one, squared in table},
            bias=float(stored["bias"]),
            threshold=float(stored["threshold"]),
            rules=tuple(bytes(stored["rules"]).decode().split("\n")),
            evidence=(stored["evidence"] * stored["scales"] * rarity[:, None]).astype(np.float32),
            biases=stored["biases"],
        )


def weights_bytes() -> bytes:
    """All that the classifier rests on, for the version of the rules."""
    return b"".join((files(__package__) / f"weights_{language}.npz").read_bytes() for language in LANGUAGES)
