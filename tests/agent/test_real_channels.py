"""The pipeline over real sockets: whatever the server does, each message has one honest status; none leaves twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import pipeline
from agent.adapters.channels.smtp import SmtpChannel
from agent.adapters.channels.webhook import WebhookChannel
from agent.domain import CaseStatus, Channel
from agent.ports import DeliveryChannel
from agent.reach import Reach, read_allow_list
from agent.smtp_url import read_smtp_url
from agent.webhooks import read_secrets
from tests.factories import NOW, a_customer
from tests.fakes import SetClock
from tests.gateways import CLOSES, a_gateway, reply
from tests.smtp_servers import DIES, DIES_IN_TEXT, ScriptedServer
from tests.street import Street, a_street

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LATER = NOW + timedelta(minutes=30)


def a_live_street(folder: Path, channel: DeliveryChannel) -> Street:
    """One real customer who may be reached, by e-mail through this channel."""
    street = a_street(folder)
    street.store.people.put([a_customer(made_up=False)], NOW)
    reach = Reach(frozenset({Channel.EMAIL}), read_allow_list("@mail.example"))
    street.house = replace(street.house, channels={**street.house.channels, Channel.EMAIL: channel}, reach=reach)
    return street


def smtp_to(server: ScriptedServer) -> SmtpChannel:
    return SmtpChannel(
        read_smtp_url(f"smtp://127.0.0.1:{server.port}?starttls=never&timeout=10"), "linden-lane.example", SetClock(NOW)
    )


@pytest.mark.parametrize(
    ("script", "status", "reserved", "left"),
    [
        ({}, CaseStatus.SENT, (0, 1500), 1),
        ({"GREETING": "554 no service"}, CaseStatus.QUEUED, (1500, 0), 0),
        ({"RCPT": "450 greylisted"}, CaseStatus.QUEUED, (1500, 0), 0),
        ({"RCPT": "550 5.1.1 no such mailbox"}, CaseStatus.FAILED, (0, 0), 0),
        ({"DATA": DIES}, CaseStatus.QUEUED, (1500, 0), 0),
        ({"TEXT": DIES_IN_TEXT}, CaseStatus.UNKNOWN, (0, 1500), 0),
        ({"TEXT": DIES}, CaseStatus.UNKNOWN, (0, 1500), 1),
    ],
    ids=str,
)
def test_mail_ends_in_an_honest_status_and_leaves_at_most_once(
    tmp_path: Path, script: dict[str, str], status: CaseStatus, reserved: tuple[int, int], left: int
) -> None:
    with ScriptedServer(**script) as server:
        street = a_live_street(tmp_path, smtp_to(server))
        case = street.approved()
        pipeline.send_due(street.house)
        assert street.store.cases.get(case.case_id).status is status
        assert street.reserved() == reserved, "money follows the message"
        assert len(server.texts) == left
        server.script.update({"GREETING": "220 hi", "RCPT": "250 ok", "DATA": "354 go on", "TEXT": "250 taken"})
        street.clock.at = LATER
        pipeline.send_due(street.house)
        queued = status is CaseStatus.QUEUED
        assert len(server.texts) == left + queued, "only what certainly never left is tried again"
        assert street.store.cases.get(case.case_id).status is (CaseStatus.SENT if queued else status)


@pytest.mark.parametrize(
    ("answer", "status", "reserved"),
    [
        (reply(202), CaseStatus.SENT, (0, 1500)),
        (reply(429, Retry_After="60"), CaseStatus.QUEUED, (1500, 0)),
        (reply(422, "no such number"), CaseStatus.FAILED, (0, 0)),
        (reply(500), CaseStatus.UNKNOWN, (0, 1500)),
        (CLOSES, CaseStatus.UNKNOWN, (0, 1500)),
    ],
    ids=["202", "429", "422", "500", "closes"],
)
def test_a_gateways_answer_ends_in_an_honest_status(
    tmp_path: Path, answer: bytes, status: CaseStatus, reserved: tuple[int, int]
) -> None:
    with a_gateway(answer) as gateway:
        street = a_live_street(tmp_path, WebhookChannel(gateway.url, read_secrets(KEY), SetClock(NOW)))
        case = street.approved()
        pipeline.send_due(street.house)
        assert street.store.cases.get(case.case_id).status is status
        assert street.reserved() == reserved
        gateway.answer = reply(200)
        street.clock.at = LATER
        pipeline.send_due(street.house)
        assert len(gateway.bodies) == 1 + (status is CaseStatus.QUEUED)
        assert len({headers["webhook-id"] for headers in gateway.headers}) == 1, "one key for ever"
