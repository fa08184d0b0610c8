"""What an error says to do, at a door without a shell."""

from __future__ import annotations

import pytest

from api.remedies import on_a_page, over_http


@pytest.mark.parametrize(
    ("remedy", "http", "page"),
    [
        ("see: holdfast trace", "see: GET /v1/drafts/{id}/trace", "see: the story on the case's page"),
        ("run: holdfast draft --customer ID --channel email", "use: POST /v1/drafts", None),
        ("try again with: holdfast review retry case_1", "try again with: POST /v1/drafts/case_1/regenerate", None),
        ("see: holdfast offers list", "see: GET /v1/offers", "see: the page of offers"),
        (
            "run: holdfast train, then: holdfast score",
            "for whoever runs the server: run: holdfast train, then: holdfast score",
            "for whoever runs the server: run: holdfast train, then: holdfast score",
        ),
        ("wait, or reject this draft", "wait, or reject this draft", "wait, or reject this draft"),
        ("", "", ""),
    ],
)
def test_a_remedy_says_what_helps_at_this_door(remedy: str, http: str, page: str | None) -> None:
    assert over_http(remedy) == http
    if page is not None:
        assert on_a_page(remedy) == page
