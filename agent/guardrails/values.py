"""One value of the gate's input at a time: of the kind that it must be, or an error with the path of its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from agent.domain import Channel, Purpose
from agent.errors import InputError


class MissingInput(InputError):
    """A key that every message needs is not there. `key` is its path."""

    code = "input_missing"

    def __init__(self, key: str) -> None:
        super().__init__(f"The input lacks {key}.", f"Give {key}.")
        self.key = key


class InvalidInput(InputError):
    """A key is there with a value that cannot be. `key` is its path."""

    code = "input_invalid"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"The input {key} cannot be used: {reason}.", f"Correct {key}.")
        self.key = key


def need(data: Mapping[str, Any], key: str, path: str) -> Any:
    value = data.get(key)
    if value is None:
        raise MissingInput(path + key)
    return value


def mapping(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(key, "it must be an object")
    return value


def listed(value: Any, key: str) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInput(key, "it must be a list")
    return value


def text(value: Any, key: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(key, "it must be text")
    return value


def texts(value: Any, key: str) -> tuple[str, ...]:
    return tuple(text(item, key) for item in listed(value, key))


def whole(value: Any, key: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise InvalidInput(key, "it must be a whole number")
    return int(value)


def decimal(value: Any, key: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise InvalidInput(key, "it must be a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise InvalidInput(key, "it must be a number") from None
    if not number.is_finite():
        raise InvalidInput(key, "it must be a finite number")
    return number


_Closed = TypeVar("_Closed", Channel, Purpose)


def member(kind: type[_Closed], value: Any, key: str) -> _Closed:
    try:
        return kind(value)
    except ValueError:
        raise InvalidInput(key, f"it must be one of {', '.join(kind)}") from None


def moment(value: Any, key: str) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(key, "it must be a time like 2026-09-15T10:30:00+08:00") from None
    if moment.tzinfo is None:
        raise InvalidInput(key, "it must carry its offset from UTC")
    return moment


def day(value: Any, key: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InvalidInput(key, "it must be a day like 2026-09-30") from None


def clock(value: Any, key: str) -> time:
    try:
        return value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(key, "it must be a time of day like 21:00") from None
