"""A plan file as people write it: what a key cannot be is said in its own words, before anything is reserved."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from agent.arms import Arm
from agent.bandit import Sizes
from agent.errors import InputError
from agent.flow.reading import CONDITION_KEYS, STEP_KEYS
from agent.plan import FLOW_KEYS, Plan, read_plan
from agent.resources import package_data
from scoring.records import Harm

EXAMPLE = (package_data("agent.data") / "plan.toml").read_text(encoding="utf-8")
COMMENTED = re.compile(r"^# (?=\[|[a-z_]+ = )", re.MULTILINE)


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


def test_the_example_says_what_holds_where_a_plan_says_nothing() -> None:
    assert read_plan(tomllib.loads(EXAMPLE), "CNY") == Plan("spring-care")


def test_every_line_of_the_example_works_and_every_key_is_named_in_it() -> None:
    plain, flow = COMMENTED.sub("", EXAMPLE).split("# Steps make it a flow")
    whole = tomllib.loads(plain)
    top_level, tables = flow[flow.index("goal =") :].split("[enter]")
    steps = tomllib.loads('id = "cart"\n' + top_level + "[enter]" + tables)
    read = read_plan(whole, "CNY"), read_plan(steps, "CNY")
    assert read[0].bandit is not None
    assert read[1].flow is not None
    fields = {name for name in Plan.__slots__ if name != "flow"} | FLOW_KEYS
    assert set(whole) | set(steps) == fields
    assert set(whole["bandit"]) == set(Sizes.__slots__)
    assert set(whole["limits"]) == set(Harm)
    assert {key for step in steps["steps"] for key in step} == STEP_KEYS
    asked = set(steps["enter"]).union(*(step.get("if", {}) for step in steps["steps"]))
    in_words = set(re.findall(r"[a-z_]+", EXAMPLE))
    assert (CONDITION_KEYS - asked) | set(Arm.__slots__) <= in_words
