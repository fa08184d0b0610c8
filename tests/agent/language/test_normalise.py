from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.language.normalise import Reading, fold, sentence_around


def test_full_width_and_case_are_folded_without_moving_offsets() -> None:
    view = fold("ＱＨ２０　Ａ…")
    assert view.text == "qh20 a."
    assert view.raw_span(0, 4) == (0, 4)


def test_invisible_characters_go_and_the_way_back_stays() -> None:
    raw = "最\u200b佳\u202e选择"
    view = fold(raw)
    assert view.text == "最佳选择"
    start, end = view.raw_span(0, 2)
    assert raw[start:end] == "最\u200b佳"


def test_one_raw_character_may_fold_into_several() -> None:
    raw = "价㊙½!"
    view = fold(raw)
    at = view.text.index("!")
    assert view.raw_span(at, at + 1) == (3, 4)


def test_spaced_and_spliced_words_are_joined_in_the_tight_view() -> None:
    assert "最佳的选择" in Reading("最 佳 的 选 择").tight.text
    assert "最佳" in Reading("最*佳").tight.text
    assert "free" in Reading("Get a F R E E phone").tight.text


def test_a_sentence_end_is_never_joined_over() -> None:
    assert "最新" not in Reading("要看的最。新到一批").tight.text


def test_look_alike_letters_read_as_latin() -> None:
    assert Reading("Wе arе thе bеst").skeleton.text == "we are the best"


def test_the_sentence_around_a_word_is_found() -> None:
    text = "hi will. take 3.5 off. bye"
    start, end = sentence_around(text, text.index("3.5"))
    assert text[start:end].strip() == "take 3.5 off."


@given(st.text(max_size=80))
def test_every_view_maps_back_into_the_raw_text(raw: str) -> None:
    reading = Reading(raw)
    for view in (reading.words, reading.skeleton, reading.tight):
        assert len(view.text) == len(view.index_map) == len(view.ends)
        spans = [view.raw_span(i, i + 1) for i in range(len(view.text))]
        assert all(0 <= start < end <= len(raw) for start, end in spans)
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)
