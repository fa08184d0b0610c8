"""What must not decide who is offered how much: who somebody is, what they hold in their hand, what they own.

Personal Information Protection Law of the PRC, article 24 (no unreasonable difference in price by automated decision);
Regulations for the Law on Protecting Consumers' Rights (State Council order 778 of 2024), article 9 (no other price
under equal conditions without the consumer's knowledge); GDPR articles 9 and 22 for the special categories. What a
customer did with us (orders, silence, tier earned) may decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from agent.errors import InputError

WORDS = frozenset(
    "age ages birthday birth birthdate gender sex male female men women device devices phone iphone ios android os "
    "browser wealth income salary credit rich poor ethnicity race religion nationality marital married pregnant "
    "pregnancy health disability".split()
)
ZH = ("年龄", "岁", "生日", "性别", "男", "女", "设备", "手机", "机型", "苹果", "安卓", "收入", "工资", "资产", "信用",
      "民族", "宗教", "国籍", "婚姻", "怀孕", "健康")  # fmt: skip


class CatalogueError(InputError):
    """An entry of the catalogue that cannot be meant; `key` is the key that is wrong, empty for the whole file."""

    def __init__(self, message: str, remedy: str, key: str) -> None:
        super().__init__(message, remedy)
        self.key = key


class PriceSteered(CatalogueError):
    """A rule of the catalogue rests on something that must not steer a price."""

    code: ClassVar[str] = "price_steered"


def steering(name: str) -> bool:
    """Whether a key, a feature or a tier names what must not steer a price: `age_group`, `column:gender`, 机型."""
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())
    return not WORDS.isdisjoint(words) or any(word in name for word in ZH)


def refuse_steering(entry: Mapping[str, Any], where: str) -> None:
    """Raises PriceSteered for the first such key at any depth, and for a reason or tier that names one."""
    named = next((name for name in _names(entry) if steering(name)), None)
    if named is not None:
        raise PriceSteered(
            f"{where}: {named!r} must not decide what somebody is offered",
            "decide by what the customer did with you: reasons, min_orders, tiers",
            named,
        )


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    for key, value in entry.items():
        yield key
        if isinstance(value, Mapping):
            yield from _names(value)
        elif key in ("reason", "tiers", "tier"):
            yield from ([str(one) for one in value] if isinstance(value, list | tuple) else [str(value)])
