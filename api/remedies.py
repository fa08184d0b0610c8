"""A remedy as it helps at the door where the error leaves: whoever calls the API or uses the console has no shell.

The errors say what helps on the command line. What is done by a request or on a page is said so here; the rest is for
whoever runs the server, and says that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

BY_HTTP: Sequence[tuple[str, str]] = (
    (r"holdfast trace\b", "GET /v1/drafts/{id}/trace"),
    (r"holdfast review list\b", "GET /v1/drafts"),
    (r"holdfast review retry (\S+)", r"POST /v1/drafts/\1/regenerate"),
    (r"holdfast draft\b(?: --\w+ \w+)*", "POST /v1/drafts"),
    (r"holdfast campaign status\b", "GET /v1/campaigns"),
    (r"holdfast campaign preview\b", "POST /v1/campaigns/preview"),
    (r"holdfast campaign example\b", "the shape of a plan in /docs"),
    (r"holdfast offers list\b", "GET /v1/offers"),
    (r"--situation (\w+)", r'"situation": "\1"'),
    (r"say --by NAME", "sign in, or use a key of your own"),
)
BY_PAGE: Sequence[tuple[str, str]] = (
    (r"holdfast trace\b", "the story on the case's page"),
    (r"holdfast review list\b", "the queue"),
    (r"holdfast review retry \S+", "Write again on its page"),
    (r"holdfast draft\b(?: --\w+ \w+)*", "draft it from the customer's page"),
    (r"holdfast campaign (?:status|preview|example)\b", "the page of campaigns"),
    (r"holdfast offers list\b", "the page of offers"),
    (r"say --by NAME", "sign in"),
)
SHELL = re.compile(r"\bholdfast [a-z]")


def over_http(remedy: str) -> str:
    return _at_the_door(remedy, BY_HTTP)


def on_a_page(remedy: str) -> str:
    return _at_the_door(remedy, BY_PAGE)


def _at_the_door(remedy: str, ways: Sequence[tuple[str, str]]) -> str:
    for command, instead in ways:
        remedy = re.sub(command, instead, remedy)
    return f"for whoever runs the server: {remedy}" if SHELL.search(remedy) else remedy.replace("run: ", "use: ")
