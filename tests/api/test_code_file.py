"""Codes out of the files that tills export: never a heading, a batch number or half a code."""

from __future__ import annotations

import pytest

from agent.errors import InputError
from api.code_file import read_codes


@pytest.mark.parametrize(
    ("text", "offer", "found"),
    [
        ("A1\nB2\n", "x", [("x", "A1"), ("x", "B2")]),
        ("\n\ncode\nA1\n", "x", [("x", "A1")]),
        ("offer,code\nx,A1\ny,B2\n", None, [("x", "A1"), ("y", "B2")]),
        ("x,A1\noffer,code\ny,B2\n", None, [("x", "A1"), ("y", "B2")]),
        ('"offer","code"\n"x","A1"\n', None, [("x", "A1")]),
        ("优惠码,批次\n林A001,1\nQW8891,1\n", "x", [("x", "林A001"), ("x", "QW8891")]),
        ("batch,Coupon_Code,made\n7,A1,2026-03-01\n", "x", [("x", "A1")]),
        ("券码\nA1\n", "x", [("x", "A1")]),
        ("x,A1\n", "z", [("z", "A1")]),
        ("", "x", []),
    ],
)
def test_the_codes_of_a_file(text: str, offer: str | None, found: list[tuple[str, str]]) -> None:
    assert [(target, code) for _, target, code in read_codes(text, offer, "f")] == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A1,7,2026\n", "no heading says which"),
        ("A1\nBAD CODE\n", "line 2: 'BAD CODE' is no code"),
        ("code,batch\n,7\n", "line 2: '' is no code"),
        ("x" * 65, "is no code"),
    ],
)
def test_what_cannot_be_told_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(read_codes(text, "x", "f"))
