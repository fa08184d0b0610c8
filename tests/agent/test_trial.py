"""A writer on trial: each kind of trouble is counted where it is, and Ctrl-C keeps what was reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agent.domain import Language, WriteRequest, WriterReply
from agent.draft import answers
from agent.errors import PromptTooLong, WriterUnavailable
from agent.evaluation import EvalCase, try_writer
from agent.evaluation.writers import judge_of
from tests.agent.raw_cases import raw_case

GOOD = "Subject: Hello\n\n{salutation},\n\nHow is the {last_item}? Write to us any time.\n\n{sign_off}"
CASE = raw_case("en_none", "email")


@dataclass
class Saying:
    """A writer that says one thing after the other; an exception is raised instead of said."""

    answers: list[str | BaseException]
    finished: bool = True
    name: str = "saying"
    revision: str = "1"
    heard: list[WriteRequest] = field(default_factory=list)

    def write(self, request: WriteRequest) -> WriterReply:
        self.heard.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return WriterReply(answer, tokens_in=10, tokens_out=5, finished=self.finished)


def tried(*said: str | BaseException, cases: int = 1, finished: bool = True) -> tuple[object, bool]:
    return try_writer(Saying(list(said), finished), [CASE] * cases)


def test_a_good_answer_counts_as_valid_and_passed_and_is_not_asked_for_again() -> None:
    figures, whole = try_writer(Saying([GOOD]), [CASE])
    assert whole
    assert (figures.valid.hits, figures.passed.hits, figures.mended.hits, figures.repaired.hits) == (1, 1, 0, 0)
    assert figures.tokens_per_draft == 15


def test_what_was_wrapped_counts_as_mended() -> None:
    figures, _ = try_writer(Saying(["<think>hm</think>Sure! Here is the e-mail:\n\n" + GOOD]), [CASE])
    assert (figures.passed.hits, figures.mended.hits) == (1, 1)


def test_what_passes_when_asked_again_counts_as_repaired() -> None:
    figures, _ = try_writer(Saying([GOOD + "\n\n{discount_link}", GOOD]), [CASE])
    assert (figures.passed.hits, figures.repaired.hits, figures.named.hits) == (0, 1, 0)
    assert dict(figures.findings) == {"SLOT_UNKNOWN": 1}


@pytest.mark.parametrize(
    ("said", "finished", "kind"),
    [
        (GOOD.replace("Write to us any time.", "We will refund you at once."), True, "unlicensed_promise"),
        ("主题：您好\n\n{salutation}：\n\n您的{last_item}还好用吗？有什么需要随时联系我们。", True, "wrong_language"),
        (GOOD, False, "unfinished"),
        ("<think>never ends", True, "unfinished"),
    ],
)
def test_each_kind_of_trouble_is_counted_and_named(said: str, finished: bool, kind: str) -> None:
    figures, _ = try_writer(Saying([said, said], finished), [CASE])
    assert getattr(figures, kind).hits == 1
    assert figures.named.hits == 1
    assert figures.passed.hits == 0


def test_an_outage_is_counted_and_the_next_case_is_asked() -> None:
    figures, whole = try_writer(Saying([WriterUnavailable("out of memory"), GOOD]), [CASE] * 2)
    assert whole
    assert (figures.unavailable.hits, figures.passed.hits, figures.reached) == (1, 1, 2)


def test_stopping_it_keeps_what_was_reached() -> None:
    figures, whole = try_writer(Saying([GOOD, KeyboardInterrupt(), GOOD]), [CASE] * 3)
    assert not whole
    assert (figures.cases, figures.reached, figures.passed.hits) == (3, 1, 1)


def test_literals_that_became_facts_are_counted() -> None:
    case = raw_case("en_amount", "sms")
    said = "{salutation}, take $15 off orders of $75 or more with THANKS15 until September 28."
    figures, _ = try_writer(Saying([said]), [case])
    assert (figures.passed.hits, figures.literals_bound) == (1, 4)


def test_a_prompt_that_does_not_fit_is_given_once_more_without_history_and_the_stamp_says_so() -> None:
    from dataclasses import replace

    sheet = replace(CASE.sheet, steer=("has written reviews",), examples=("{salutation}, a former message.",))
    case = EvalCase(CASE.case, sheet, CASE.live, None)
    writer = Saying([PromptTooLong("5000 tokens, takes 4096"), GOOD])
    (answer,) = answers(case.case, case.sheet, writer, judge_of(case))
    before, after = (request.messages[-1].content for request in writer.heard)
    assert "former message" in before
    assert "former message" not in after
    assert "has written reviews" not in after
    assert answer.draft is not None
    assert "window" in answer.draft.writer.detail["cut"]
    assert sheet.language is Language.EN


def test_a_prompt_that_never_fits_is_named() -> None:
    figures, _ = try_writer(Saying([PromptTooLong("9000 tokens, takes 512")] * 2), [CASE])
    assert (figures.unavailable.hits, dict(figures.findings)) == (1, {"PROMPT_TOO_LONG": 1})
