from __future__ import annotations

from agent.language.scripts import guess_language, mixed_script_words, traditional_characters
from agent.language.sms import sms_size


def test_gsm_text_holds_160_and_then_153_a_segment() -> None:
    assert sms_size("a" * 160).segments == 1
    assert sms_size("a" * 161).segments == 2
    assert sms_size("a" * 307).segments == 3


def test_the_euro_sign_counts_two() -> None:
    assert sms_size("€" * 80).segments == 1
    assert sms_size("€" * 80 + "a").segments == 2


def test_one_foreign_letter_turns_160_into_70() -> None:
    assert sms_size("a" * 69 + "ë").encoding == "UCS-2"
    assert sms_size("a" * 70 + "ë").segments == 2


def test_an_emoji_takes_two_units_and_is_never_torn_apart() -> None:
    assert sms_size("好" * 69 + "🚚").segments == 2
    assert sms_size("好" * 66 + "🚚" + "好" * 66).segments == 3


def test_nothing_takes_no_segment() -> None:
    assert sms_size("").segments == 0


def test_the_language_of_a_sentence_is_guessed() -> None:
    assert guess_language("您好，您的订单 QH2026 已发出") == "zh"
    assert guess_language("Hi Will, your board is on its way") == "en"
    assert guess_language("Здравствуйте, ваш заказ") == "other"
    assert guess_language("QH20") is None


def test_words_of_two_scripts_are_found() -> None:
    text = "Wе are here"
    assert [text[a:b] for a, b in mixed_script_words(text)] == ["Wе"]
    assert mixed_script_words("Tomás café") == []


def test_traditional_writing_is_noticed_and_simplified_is_not() -> None:
    assert len(traditional_characters("歡迎您回來，優惠還在")) >= 4
    assert traditional_characters("欢迎您回来，优惠还在") == []
