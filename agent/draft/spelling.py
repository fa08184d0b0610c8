"""Mends the spelling of slots: { First_Name }, ｛名字｝, <first_name>, $first_name, 【姓名】 all become {first_name}.

Takes text, gives text. Knows the table of slots and acts and no values. A name it does not know is kept as one clean
slot, so that it is found by its name and never deleted in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from agent.acts import act_table
from agent.slots import FORMS, slot_table

BRACES = re.compile(r"\$?[{｛]{1,3}\s*([^{}｛｝\n]{1,60}?)\s*[}｝]{1,3}")
BRACKETED = re.compile(r"[【\[<《〈]{1,2}\s*([^【】\[\]<>《》〈〉{}\n]{1,40}?)\s*[】\]>》〉]{1,2}(?!\()")
SIGNED = re.compile(r"\$([A-Za-z_]{3,30}(?:\|[a-z]+)?)\b|%([A-Za-z_]{3,30}(?:\|[a-z]+)?)%")
ACT = re.compile(r"act\s*[:：|]\s*([A-Za-z_0-9 -]+)", re.IGNORECASE)


@lru_cache(maxsize=1)
def aliases() -> Mapping[str, str]:
    """Every name a slot goes by, folded, to its own name."""
    names: dict[str, str] = {}
    for name, spec in slot_table().items():
        for alias in (name, *spec.aliases):
            names[_fold(alias)] = name
    return names


def mend_slots(text: str) -> str:
    """Braces always name a slot; brackets, $ and % only where what they hold is one."""
    text = BRACES.sub(lambda match: _respell(match[1]) or match[0], text)
    text = BRACKETED.sub(lambda match: _act(match[1]) or _known(match[1]) or match[0], text)
    return SIGNED.sub(lambda match: _known(match[1] or match[2]) or match[0], text)


def _fold(name: str) -> str:
    return re.sub(r"[\s_\-'’]+", "", name).lower()


def _respell(inside: str) -> str | None:
    known = _act(inside) or _known(inside)
    if known:
        return known
    clean = re.fullmatch(r"([A-Za-z_0-9 .-]+)(?:\|([a-z_]+))?", inside)
    return "{" + re.sub(r"[\s.-]+", "_", clean[1].strip().lower()) + "}" if clean else None


def _act(inside: str) -> str | None:
    """{act:key} as it is written, and a bare {key} where a promise goes by that name."""
    said = ACT.fullmatch(inside.strip())
    key = re.sub(r"[\s-]+", "_", (said[1] if said else inside).strip().lower())
    return f"{{act:{key}}}" if said or key in act_table() else None


def _known(inside: str) -> str | None:
    """A slot, with the first form it has of those that were written; a form it has not is left out."""
    name, *forms = re.split(r"[|｜:/]", inside)
    slot = aliases().get(_fold(name))
    if slot is None:
        return None
    fitting = [form.strip().lower() for form in forms if form.strip().lower() in FORMS.get(slot_table()[slot].type, ())]
    return f"{{{slot}|{fitting[0]}}}" if fitting else f"{{{slot}}}"
