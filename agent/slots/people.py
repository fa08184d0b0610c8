"""How a person is greeted. Takes the parts of a name that are certain, gives a greeting in Chinese or English.

先生 and 女士 come from the gender field only, never from a guess at the name.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.domain import Language, Tone

ZH_TITLE = {"male": "先生", "female": "女士"}
EN_TITLE = {"male": "Mr", "female": "Ms"}


@dataclass(frozen=True, slots=True)
class NameParts:
    """What is certain about a name. `surname` is None where none can be told; `gender` is male or female."""

    full: str | None = None
    surname: str | None = None
    given: str | None = None
    gender: str | None = None

    @property
    def han(self) -> bool:
        return bool(self.full) and all("\u3400" <= char <= "\u9fff" or char in "·•" for char in self.full or "")


def greet(name: NameParts, language: Language, tone: Tone, short: bool = False) -> str:
    """The whole greeting without its punctuation: 孙女士，您好 · Hi Will · Hello. `short` leaves 您好 and Hi away."""
    if language is Language.ZH:
        return _greet_zh(name, tone, short)
    return _greet_en(name, tone, short)


def _greet_zh(name: NameParts, tone: Tone, short: bool) -> str:
    who = _address_zh(name)
    if who is None:
        return "您好"
    if short:
        return who
    respect = "尊敬的" if tone is Tone.FORMAL and name.gender in ZH_TITLE else ""
    return f"{respect}{who}，您好"


def _address_zh(name: NameParts) -> str | None:
    title = ZH_TITLE.get(name.gender or "")
    if title and name.han and (name.surname or name.given):
        return f"{name.surname or name.given}{title}"
    if name.given and len(name.given) > 1:
        return name.given
    return name.full or name.given


def _greet_en(name: NameParts, tone: Tone, short: bool) -> str:
    title = EN_TITLE.get(name.gender or "")
    if tone is Tone.FORMAL and title and name.surname and not name.han:
        who = f"{title} {name.surname}"
        return who if short else f"Dear {who}"
    called = name.given if name.given and not name.han else name.full
    if called is None:
        return "Hello"
    if short:
        return called
    return f"Dear {called}" if tone is Tone.FORMAL else f"Hi {called}"
