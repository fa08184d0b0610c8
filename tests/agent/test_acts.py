"""A promise is licensed only while a clause in force names it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from agent.acts import act_in_words, act_table, acts_for, commitments_in, licensed_acts
from agent.domain import Channel, Language
from agent.errors import SlotError
from agent.situations import situations
from knowledge.documents import Clause

DAY = date(2026, 9, 15)
CLAUSE = Clause("r#1", "r", "1", "", "en", acts=("replace_free", "return_free"))
OLD = Clause("r#0", "r", "0", "", "en", valid_to=date(2026, 9, 14), acts=("refund_now",))
NEXT = Clause("r#2", "r", "2", "", "en", valid_from=date(2026, 9, 16), acts=("trace_parcel",))


def test_only_acts_of_clauses_in_force_are_licensed_in_the_wanted_order() -> None:
    wanted = ("return_free", "refund_now", "trace_parcel", "replace_free", "return_free", "unheard_of")
    licensed = licensed_acts(wanted, (CLAUSE, OLD, NEXT), DAY)
    assert [(act.key, act.clause.id) for act in licensed] == [("return_free", "r#1"), ("replace_free", "r#1")]


def test_the_first_and_the_last_day_of_a_clause_count() -> None:
    assert licensed_acts(("refund_now",), (OLD,), date(2026, 9, 14))
    assert licensed_acts(("trace_parcel",), (NEXT,), date(2026, 9, 16))


def test_a_sentence_stays_the_same_for_the_same_variant() -> None:
    said = {act_in_words("replace_free", Language.EN, variant) for variant in range(9)}
    assert len(said) == 3
    assert act_in_words("replace_free", Language.EN, 4) == act_in_words("replace_free", Language.EN, 1)


def test_an_act_nobody_wrote_down_has_no_words() -> None:
    with pytest.raises(SlotError, match="unheard_of"):
        act_in_words("unheard_of", Language.ZH, 0)


def test_promises_are_recognised_in_other_words() -> None:
    found = commitments_in("Don't worry, you get a free replacement.", Language.EN)
    assert [key for key, _, _ in found] == ["replace_free"]
    assert [key for key, _, _ in commitments_in("专员今天下午会给您回电", Language.ZH)] == ["callback_today"]
    assert commitments_in("How is the teapot?", Language.EN) == ()


def test_every_situation_of_trouble_has_an_act_that_helps() -> None:
    for situation in situations().by_key.values():
        assert acts_for(situation.key) or not situation.service, situation.key


def test_nobody_is_asked_to_answer_a_push() -> None:
    for key in act_table():
        for language in Language:
            said = act_in_words(key, language, 0, Channel.PUSH)
            assert not re.search(r"[Rr]epl(?:y|ies)|回复|发来", said), said
            by_sms = act_in_words(key, language, 0, Channel.SMS)
            assert bool(commitments_in(said, language)) == bool(commitments_in(by_sms, language)), said
    assert act_in_words("human_reply", Language.ZH, 0, Channel.SMS) == "直接回复，同事会看到并回您。"
