"""SMTP on real sockets: what is sent arrives whole, and every way in which it can break has its one honest ending."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from agent.adapters.channels.smtp import SmtpChannel
from agent.domain import DeliveryStatus
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.smtp_url import SmtpServer, read_smtp_url
from tests.factories import NOW, a_message
from tests.fakes import SetClock
from tests.smtp_servers import (
    DIES,
    DIES_IN_TEXT,
    HALF_CLOSES,
    HANGS,
    LATE,
    PASSWORD,
    USER,
    Mailbox,
    ScriptedServer,
    free_port,
    mail_server,
    self_made_certificate,
    signs_in,
)


def plain(port: int, timeout: float = 10) -> SmtpServer:
    return read_smtp_url(f"smtp://127.0.0.1:{port}?starttls=never&timeout={timeout}")


def channel(server: SmtpServer) -> SmtpChannel:
    return SmtpChannel(server, "linden-lane.example", SetClock(NOW))


def words(box: Mailbox, number: int = 0) -> str:
    part = box.mails[number].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_message_arrives_as_it_was_approved() -> None:
    box = Mailbox()
    body = "欧阳女士：\n\n您好 😀\n.\n..两个点开头\n" + "长" * 500 + "\n最后一行"
    with mail_server(box) as port:
        smtp = channel(plain(port))
        done = smtp.deliver(a_message(subject="好久不见，" * 8, body=body))
        smtp.close()
    assert done.status is DeliveryStatus.SENT
    assert "queued as 4XyZ" in done.detail, "the server's receipt is kept"
    assert box.envelopes == [("care@linden-lane.example", ["nora@mail.example"])]
    assert words(box).replace("\r\n", "\n").rstrip("\n") == body
    assert box.mails[0]["Subject"] == "好久不见，" * 8
    assert box.mails[0]["Message-ID"] == done.where
    assert all(len(line) <= 998 and line.isascii() for line in box.raw[0].split(b"\r\n")), "any server can carry it"


def test_one_connection_carries_many_messages() -> None:
    with ScriptedServer() as server:
        smtp = channel(plain(server.port))
        for number in range(5):
            assert smtp.deliver(a_message(f"msg_{number}")).status is DeliveryStatus.SENT
        assert len(server.verbs) == 1
        assert len(server.texts) == 5
        smtp.close()


def test_a_connection_that_died_unseen_is_noticed_before_the_message_is_given() -> None:
    with ScriptedServer() as server:
        smtp = channel(plain(server.port))
        smtp.deliver(a_message("msg_1"))
        server.hang_up()
        assert smtp.deliver(a_message("msg_2")).status is DeliveryStatus.SENT
        assert len(server.texts) == 2, "each once"
        assert "MAIL" in server.verbs[1]
        smtp.close()


def test_a_server_that_is_not_there_keeps_the_message_in() -> None:
    with pytest.raises(ChannelUnavailable) as caught:
        channel(plain(free_port())).deliver(a_message())
    assert caught.value.remedy


@pytest.mark.parametrize(
    "script",
    [
        {"GREETING": "554 no service for you"},
        {"GREETING": "421 come back later"},
        {"GREETING": DIES},
        {"GREETING": HANGS},
        {"EHLO": DIES},
        {"MAIL": "451 try later"},
        {"MAIL": "550 we do not know this sender"},
        {"MAIL": "421 going down"},
        {"MAIL": DIES},
        {"RCPT": "450 greylisted"},
        {"RCPT": "what did you say"},
        {"RCPT": DIES},
        {"RCPT": HANGS},
        {"DATA": "451 not now"},
        {"DATA": DIES},
        {"TEXT": "451 4.3.0 no room"},
    ],
    ids=str,
)
def test_what_broke_before_the_text_was_taken_can_be_tried_again(script: dict[str, str]) -> None:
    with ScriptedServer(**script) as server:
        smtp = channel(plain(server.port, timeout=2 if HANGS in script.values() else 10))
        with pytest.raises(ChannelUnavailable):
            smtp.deliver(a_message())
        taken_before = len(server.texts)
        server.script.update({verb: "220 hello" if verb == "GREETING" else "250 ok" for verb in script})
        server.script["DATA"] = "354 go on"
        assert smtp.deliver(a_message()).status is DeliveryStatus.SENT
        assert len(server.texts) == taken_before + 1
        smtp.close()


@pytest.mark.parametrize(
    "script",
    [{"RCPT": "550 5.1.1 no such mailbox"}, {"DATA": "554 no"}, {"TEXT": "554 5.7.1 we do not like it"}],
    ids=str,
)
def test_a_definite_no_is_final_and_kept_in_the_servers_words(script: dict[str, str]) -> None:
    with ScriptedServer(**script) as server:
        smtp = channel(plain(server.port))
        done = smtp.deliver(a_message())
        assert done.status is DeliveryStatus.FAILED
        assert not done.fault, "the message is at fault, not the channel"
        [said] = script.values()
        assert said[4:] in done.detail
        server.script.update({"RCPT": "250 ok", "DATA": "354 go on", "TEXT": "250 taken"})
        assert smtp.deliver(a_message("msg_2")).status is DeliveryStatus.SENT, "the next one is not touched by it"
        smtp.close()


@pytest.mark.parametrize("how", [DIES, HANGS, DIES_IN_TEXT, HALF_CLOSES, LATE + "250 2.0.0 taken", "hm"])
def test_silence_once_the_text_was_on_its_way_is_an_unknown_outcome(how: str) -> None:
    with ScriptedServer(TEXT=how) as server:
        smtp = channel(plain(server.port, timeout={HANGS: 2, LATE + "250 2.0.0 taken": 1}.get(how, 10)))
        with pytest.raises(DeliveryUnknown) as caught:
            smtp.deliver(a_message(body="x" * 200_000))
        assert caught.value.remedy
        server.script["TEXT"] = "250 taken"
        before = len(server.texts)
        assert smtp.deliver(a_message("msg_2")).status is DeliveryStatus.SENT
        assert len(server.texts) == before + 1, "the first one is not given again with the second"
        smtp.close()


def test_a_yes_is_a_yes_though_the_server_is_gone_right_after_it() -> None:
    with ScriptedServer(TEXT="250 2.0.0 taken", RSET=DIES) as server:
        smtp = channel(plain(server.port))
        assert smtp.deliver(a_message("msg_1")).status is DeliveryStatus.SENT
        server.hang_up()
        assert smtp.deliver(a_message("msg_2")).status is DeliveryStatus.SENT
        assert len(server.texts) == 2
        smtp.close()


def test_a_refused_recipient_of_a_real_server_does_not_touch_the_next() -> None:
    box = Mailbox(refuses={"gone@mail.example": "550 5.1.1 no such mailbox"})
    with mail_server(box) as port:
        smtp = channel(plain(port))
        assert smtp.deliver(a_message("msg_1", recipient="gone@mail.example")).status is DeliveryStatus.FAILED
        assert smtp.deliver(a_message("msg_2")).status is DeliveryStatus.SENT
        smtp.close()
    assert [to for _, to in box.envelopes] == [["nora@mail.example"]]


def test_with_starttls_password_and_text_are_encrypted(tmp_path: Path) -> None:
    tls, cert = self_made_certificate(tmp_path)
    box = Mailbox()
    with mail_server(box, tls_context=tls, require_starttls=True, auth_required=True, authenticator=signs_in) as port:
        user, password = quote(USER, safe=""), quote(PASSWORD, safe="")
        good = read_smtp_url(f"smtp://{user}:{password}@127.0.0.1:{port}?ca={cert}&timeout=10")
        smtp = channel(good)
        assert smtp.deliver(a_message()).status is DeliveryStatus.SENT
        smtp.close()
        wrong = read_smtp_url(f"smtp://{user}:wrong-word@127.0.0.1:{port}?ca={cert}&timeout=10")
        with pytest.raises(ChannelUnavailable, match="535") as caught:
            channel(wrong).deliver(a_message())
        assert "wrong-word" not in f"{caught.value} {wrong!r} {wrong}"
        unknown = read_smtp_url(f"smtp://{user}:{password}@127.0.0.1:{port}?timeout=10")
        with pytest.raises(ChannelUnavailable, match=r"(?i)certificate"):
            channel(unknown).deliver(a_message())
    assert len(box.mails) == 1


def test_encryption_that_was_taken_away_on_the_way_is_not_done_without() -> None:
    with ScriptedServer() as server:
        required = read_smtp_url(f"smtp://127.0.0.1:{server.port}?timeout=10")
        with pytest.raises(ChannelUnavailable, match="STARTTLS"):
            channel(required).deliver(a_message())
        assert server.texts == []


def test_a_brand_with_a_chinese_domain_can_introduce_itself() -> None:
    with ScriptedServer() as server:
        smtp = SmtpChannel(plain(server.port), "茶铺.example", SetClock(NOW))
        assert smtp.deliver(a_message()).status is DeliveryStatus.SENT
        smtp.close()
        assert server.verbs[0][-1] == "QUIT"


def test_a_look_at_the_server_sends_nothing() -> None:
    with ScriptedServer() as server:
        smtp = channel(plain(server.port))
        smtp.check()
        smtp.close()
        assert "MAIL" not in server.verbs[0]
    with pytest.raises(ChannelUnavailable):
        channel(plain(free_port())).check()


@pytest.mark.parametrize(
    "recipient",
    ["a@x.example, b@y.example", "a@x.example\r\nRCPT TO:<b@y.example>", "<a@x.example>", "nobody", "@x", ""],
)
def test_a_recipient_is_one_address_or_nothing_is_said_at_all(recipient: str) -> None:
    with ScriptedServer() as server:
        with pytest.raises(InputError):
            channel(plain(server.port)).deliver(a_message(recipient=recipient))
        assert server.verbs == []


def test_a_domain_in_chinese_is_written_as_servers_know_it() -> None:
    box = Mailbox()
    with mail_server(box) as port:
        smtp = channel(plain(port))
        smtp.deliver(a_message(recipient="nora@茶铺.example"))
        smtp.close()
    assert box.envelopes[0][1] == ["nora@" + "茶铺.example".encode("idna").decode()]
