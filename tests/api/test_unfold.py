"""Nested data as lines for a person."""

from __future__ import annotations

from api.terminal import WIDTH, Call
from api.unfold import unfolded


def test_every_value_has_its_line_and_nothing_empty_has_one() -> None:
    data = {
        "because": "drawn",
        "score": {"probability": 0.52564, "text": {"zh": "最近"}, "none": None},
        "acts": ["a", "", None, "b"],
        "sum": 1_234_567.5,
        "reasons": [{"code": "low", "share": 0.5, "text": {"en": "seen"}}, "other"],
        "held": False,
        "empty": [],
    }
    assert list(unfolded(data)) == [
        ("because", "drawn"),
        ("score.probability", "0.52564"),
        ("score.text.zh", "最近"),
        ("acts", "a, b"),
        ("sum", "1234567.5"),
        ("reasons 1", "code low; share 0.5; text.en seen"),
        ("reasons 2", "other"),
        ("held", "no"),
    ]


def test_a_long_value_is_wrapped_and_not_cut(capsys: object) -> None:
    words = " ".join(f"word{n}" for n in range(80))
    Call(None, None, 0, as_json=False).say_all([("body", words + "\nlast line")])
    told = capsys.readouterr().out.splitlines()  # type: ignore[attr-defined]
    assert all(len(line) <= WIDTH for line in told)
    assert " ".join("\n".join(told).split()) == f"body {words} last line"
