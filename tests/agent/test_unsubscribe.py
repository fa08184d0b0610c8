"""The way out: a link for each message that nobody can guess, that the gate lets through, that acts at any time."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from agent import feedback, pipeline
from agent.domain import CaseStatus, Channel, Decision, DeliveryStatus, Words
from agent.errors import InputError, NotFound, NotReady
from agent.gatekeeper import ask
from agent.unsubscribe import LETTERS, Unsubscriber
from tests.factories import a_brand
from tests.street import Street, a_street

SECRET = "a secret of this installation, long enough"
OURS = Unsubscriber(SECRET)
TOKENS = int(os.environ.get("HOLDFAST_PROOF_TOKENS", "200"))


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = a_street(tmp_path)
    brand = a_brand(unsubscribe_url="https://linden-lane.example/u/{token}")
    street.house = replace(street.house, brand=brand, unsubscriber=OURS)
    return street


@pytest.mark.parametrize("case_id", ["case_1", "case_0123456789abcdef0123", "case_", "case_ABC", "案例-7", "x" * 200])
def test_a_token_says_its_case_and_is_always_the_same(case_id: str) -> None:
    token = OURS.token_of(case_id)
    assert OURS.case_of(token) == case_id
    assert Unsubscriber(SECRET).token_of(case_id) == token
    assert token.isascii()
    assert token.isalpha()


def test_a_changed_cut_or_foreign_token_is_refused_in_a_plain_sentence() -> None:
    token = OURS.token_of("case_0123456789abcdef0123")
    other = dict(zip(LETTERS, LETTERS[1:] + LETTERS[:1], strict=True))
    forged = [token[:at] + other[token[at]] + token[at + 1 :] for at in range(len(token))]
    cut = [token[:length] for length in range(len(token))]
    foreign = [
        Unsubscriber("another secret of somebody else's").token_of("case_1"),
        token + token,
        token.upper(),
        "é" * 40,
    ]
    for bad in (*forged, *cut, *foreign, token + "\n", "case_1", "../../etc/passwd"):
        with pytest.raises(InputError) as caught:
            OURS.case_of(bad)
        assert caught.value.remedy


def test_links_in_old_mails_outlive_a_change_of_the_secret() -> None:
    renewed = Unsubscriber("the new secret of this installation", SECRET)
    assert renewed.case_of(OURS.token_of("case_1")) == "case_1"
    with pytest.raises(InputError):
        OURS.case_of(renewed.token_of("case_1"))


@pytest.mark.parametrize("customer_id", ["c1", "c2"])
def test_footer_header_and_gate_show_the_link_of_this_very_case(street: Street, customer_id: str) -> None:
    case = street.approved(customer_id=customer_id)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    [message] = street.channel.sent
    link = f"https://linden-lane.example/u/{OURS.token_of(case.case_id)}"
    assert link in message.body
    assert message.headers["List-Unsubscribe"] == f"<{link}>"
    assert "{token}" not in message.body


def test_a_rep_who_left_the_footer_out_gets_the_link_of_this_case(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    assert prepared.draft is not None
    pipeline.approve(prepared.case, "lin", street.house, Words("好久不见", prepared.draft.body.split("——")[0].strip()))
    pipeline.send_due(street.house)
    assert OURS.token_of(prepared.case.case_id) in street.channel.sent[0].body


@pytest.mark.parametrize("customer_id", ["c1", "c2"])
def test_the_gate_reads_no_token_as_a_number_a_code_or_a_word(street: Street, customer_id: str) -> None:
    """Letters that are drawn by lot: whatever comes out, the same message must pass."""
    prepared = pipeline.prepare(street.open(customer_id=customer_id), street.house)
    draft = prepared.draft
    assert draft is not None
    own = OURS.token_of(prepared.case.case_id)
    for _ in range(TOKENS):
        token = OURS.token_of(f"case_{secrets.token_hex(10)}")
        words = Words(draft.subject, draft.body.replace(own, token))
        verdict = ask("draft", prepared.case, draft, words, street.house).verdict
        assert verdict.decision is Decision.PASS, (token, verdict.findings)


def test_a_house_without_a_secret_makes_no_link_instead_of_a_wrong_one(street: Street) -> None:
    with pytest.raises(NotReady):
        pipeline.prepare(street.open(), replace(street.house, unsubscriber=None))


def sent(street: Street) -> str:
    case = street.approved()
    pipeline.send_due(street.house)
    return case.case_id


def queued(street: Street) -> str:
    return street.approved().case_id


def drafted(street: Street) -> str:
    return pipeline.prepare(street.open(), street.house).case.case_id


def rejected(street: Street) -> str:
    return pipeline.reject(pipeline.prepare(street.open(), street.house).case, "lin", street.house).case_id


def unknown(street: Street) -> str:
    street.channel.dies = True
    return sent(street)


@pytest.mark.parametrize("stage", [drafted, rejected, queued, sent, unknown])
def test_an_unsubscribe_by_link_acts_whatever_status_the_case_has_and_once(street: Street, stage: object) -> None:
    case_id = stage(street)  # type: ignore[operator]
    before = len(street.channel.sent)
    assert feedback.unsubscribe_case(case_id, "one-click", street.house) is True
    street.clock.at = street.clock.at.replace(second=7)
    assert feedback.unsubscribe_case(case_id, "one-click", street.house) is False, "a second click changes nothing"
    assert street.store.people.get("c1").suppressed
    assert [outcome.kind for outcome in street.store.results.of_case(case_id)] == ["unsubscribed"]
    pipeline.send_due(street.house)
    assert len(street.channel.sent) == before, "nothing leaves after it"


def test_an_unsubscribe_takes_back_what_is_queued_on_any_channel(street: Street) -> None:
    first = drafted(street)
    waiting = street.approved(case_id="case_2", channel=Channel.PUSH)
    feedback.unsubscribe_case(first, "one-click", street.house)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert street.store.cases.get(waiting.case_id).status is CaseStatus.BLOCKED


def test_a_link_to_a_case_that_nobody_knows_says_so(street: Street) -> None:
    with pytest.raises(NotFound):
        feedback.unsubscribe_case("case_gone", "one-click", street.house)
