"""What the model is asked, word for word: a change of a prompt shows here before a model answers to it.

After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/agent/test_prompt_rendering.py, then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.domain import FactSheet, Instruction, Offer
from agent.draft.request import ask

Make = Callable[..., FactSheet]
SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["care", "coupon"])
def test_the_prompt_is_the_one_we_read(
    make_sheet: Make, offers: Callable[..., Offer], language: str, kind: str
) -> None:
    if kind == "care":
        sheet = make_sheet(language, "email", "damaged_item", purpose="service")
    else:
        sheet = make_sheet(language, "sms", "long_silence", offers())
    asked = ask(sheet, Instruction("", ("shorter", "no_emoji")), seed=1)
    text = "\n\n".join(f"--- {message.role}\n{message.content}" for message in asked.request.messages) + "\n"
    snapshot = SNAPSHOTS / f"{kind}_message.{language}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(text, encoding="utf-8")
    assert text == snapshot.read_text(encoding="utf-8")


def test_required_facts_stand_first(make_sheet: Make, offers: Callable[..., Offer]) -> None:
    content = ask(make_sheet("en", offer=offers()), Instruction(), 1).request.messages[-1].content
    slots = content.split("<data>")[2]
    assert slots.index("[required] {offer_exclusions}") < slots.index("{salutation}")


def test_a_prompt_shows_how_a_name_reads_and_never_whose_it_is(make_sheet: Make, offers: Callable[..., Offer]) -> None:
    for language, name in (("en", "Will"), ("zh", "欧阳")):
        sheet = make_sheet(language, offer=offers())
        asked = ask(sheet, Instruction("", (), ("write to Will@mail.example",)), 1).request.messages
        content = "\n".join(message.content for message in asked)
        code = sheet.fact("offer_code")
        assert code is not None
        assert code.value not in content
        assert "mail.example" not in content
        assert f"{name}，" not in content
        assert f"Hi {name}," not in content.replace("such as “Hi Will”", "")


def test_what_was_cut_is_said(make_sheet: Make) -> None:
    sheet = replace(make_sheet("en"), steer=tuple(f"line {number}" for number in range(9)))
    background = ask(sheet, Instruction(), 1).request.messages[-1].content.split("<data>")[-1]
    assert "line 4" in background
    assert "line 5" not in background
    assert "(4 more omitted)" in background


def test_the_footer_is_not_the_writers_business(make_sheet: Make) -> None:
    content = ask(make_sheet("zh"), Instruction(), 1).request.messages[-1].content
    assert not any(slot in content for slot in ("{unsubscribe}", "{postal_address}", "{signature}"))
