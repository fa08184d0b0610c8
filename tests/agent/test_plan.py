"""A plan file as people write it: what a key cannot be is said in its own words, before anything is reserved."""

from __future__ import annotations

from typing import Any

import pytest

from agent.errors import InputError
from agent.plan import read_plan


@pytest.mark.parametrize(
    ("key", "given", "says"),
    [
        ("auto_send", "false", "true or false, without quotes"),
        ("cells", "yes", "true or false, without quotes"),
        ("top", "ten", "whole number from 1 on"),
        ("top", -4, "whole number from 1 on"),
        ("individual", -4, "whole number from 0 on"),
        ("audit_share", 7, "share between 0 and 1"),
        ("budget", "abc", "an amount of CNY from 0 on"),
        ("budget", -5, "an amount of CNY from 0 on"),
        ("channels", "email", "channels is a list"),
        ("channels", ["fax"], "each of channels is one of email"),
        ("band", "huge", "band is one of"),
        ("priority", 1.5, "whole number"),
    ],
)
def test_what_a_key_cannot_be_is_said_plainly(key: str, given: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_plan({"id": "spring", key: given}, "CNY")


def test_a_plan_that_says_nothing_sends_nothing_by_itself() -> None:
    assert read_plan({"id": "spring"}, "CNY").auto_send is False
