"""The one mail builder: a text part always, HTML from the same words, and no name becomes markup or a header."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.adapters.channels.mail import as_mail
from agent.adapters.channels.mail_html import as_html
from agent.domain import Channel
from agent.errors import InputError
from tests.factories import NOW, a_message

OUR_TAGS = {"html", "head", "meta", "body", "p", "br", "a"}
LINK = "https://linden-lane.example/u/" + "bcdfghjkmnpqrstv" * 5


class Seen(HTMLParser):
    """What a mail program would make of a page: its tags, their attributes, its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def built(**changes: Any) -> EmailMessage:
    mail = message_from_bytes(as_mail(a_message(**changes), NOW).as_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_mail_has_a_text_part_and_an_html_part_with_the_same_words() -> None:
    text = f"Hi Nora,\n\nyour teapot is back.\nSee https://linden-lane.example/tea.\n\nUnsubscribe: {LINK}"
    mail = built(body=text)
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"], "the richer one last"
    assert part(mail, "plain").rstrip("\n") == text
    seen = Seen(part(mail, "html"))
    assert "".join(seen.text.split()) == "".join(text.split()), "no word more or less"
    assert ("href", "https://linden-lane.example/tea") in seen.attributes, "the full stop is not part of the link"
    assert ("href", LINK) in seen.attributes


def test_the_same_message_at_the_same_moment_is_the_same_mail_to_the_byte() -> None:
    assert as_mail(a_message(), NOW).as_bytes() == as_mail(a_message(), NOW).as_bytes()


def test_headers_are_the_approved_ones_and_hold_however_long_they_are() -> None:
    headers = {
        **a_message().headers,
        "List-Unsubscribe": f"<{LINK}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    raw = as_mail(a_message(headers=headers), NOW).as_bytes()
    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in raw, "one line, no encoded words: that is how clients read it"
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"Message-ID: <msg_1@linden-lane.example>\r\n" in raw
    assert b"Auto-Submitted: auto-generated\r\n" in raw
    assert b"X-Holdfast" not in raw, "our own marks are for the sink"


EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><a href="javascript:alert(1)">x</a>',
    "https://linden-lane.example/\"onmouseover='alert(1)'",
    "&lt;b&gt; &amp; <!-- ",
    "</p></body></html><h1>",
    "]]><![CDATA[",
    "Nora 😀👨‍👩‍👧 ‮evil",
]


@pytest.mark.parametrize("name", EVIL)
def test_markup_that_a_customer_wrote_is_inert_in_both_parts(name: str) -> None:
    mail = built(body=f"Hi {name},\n\nyour teapot is back.", subject=f"For {name}")
    assert name in part(mail, "plain"), "shown as it was typed"
    seen = Seen(part(mail, "html"))
    assert seen.tags <= OUR_TAGS
    assert {attribute for attribute, _ in seen.attributes} <= {"charset", "href"}
    assert all((value or "").startswith("https://") for key, value in seen.attributes if key == "href")
    assert name in seen.text
    assert mail["Subject"] == f"For {name}"


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("<>&\"'\n/:hps.")))
def test_whatever_the_text_is_the_page_holds_our_tags_and_its_words(text: str) -> None:
    seen = Seen(as_html(text))
    assert seen.tags <= OUR_TAGS
    assert re.sub(r"\s", "", seen.text) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\r"])
def test_a_line_break_never_begins_a_header(gap: str) -> None:
    with pytest.raises(InputError, match="line break"):
        as_mail(a_message(subject=f"Hi{gap}Bcc: all@mail.example"), NOW)


@pytest.mark.parametrize(
    "recipient", ["a@x.example,b@y.example", "a@x.example b", "Nora <a@x.example>", "ü@x.example", ""]
)
def test_a_recipient_is_one_plain_address(recipient: str) -> None:
    with pytest.raises(InputError):
        as_mail(a_message(recipient=recipient), NOW)


def test_what_is_no_mail_has_no_html() -> None:
    sms = a_message(channel=Channel.SMS, recipient="13000000000", subject=None)
    assert as_mail(sms, NOW, {"To": "sms@sink.invalid"}).get_content_type() == "text/plain"
