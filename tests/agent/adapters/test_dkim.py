"""Signed mail: an independent verifier accepts it with the key in (a local) DNS, unchanged and no other way."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest

from agent.adapters.channels.dkim_signature import DkimSigner
from agent.adapters.channels.mail import as_mail
from agent.adapters.channels.smtp import SmtpChannel
from agent.dkim_key import read_dkim_key
from agent.domain import DeliveryStatus
from agent.errors import InputError, NotReady
from agent.smtp_url import read_smtp_url
from tests.factories import NOW, a_message
from tests.fakes import SetClock
from tests.smtp_servers import Mailbox, mail_server

LINK = "<https://linden-lane.example/u/" + "bcdfg" * 30 + ">"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("dkim") / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(file), "2048"], check=True, capture_output=True)
    return file


def public_half(file: Path) -> str:
    done = subprocess.run(
        ["openssl", "rsa", "-in", str(file), "-pubout", "-outform", "DER"], check=True, capture_output=True
    )
    return base64.b64encode(done.stdout).decode()


def dns(file: Path) -> Callable[..., bytes]:
    records = {b"2026q4._domainkey.linden-lane.example.": f"v=DKIM1; k=rsa; p={public_half(file)}".encode()}
    return lambda name, timeout=5: records.get(name, b"")


def signer(file: Path) -> DkimSigner:
    key = read_dkim_key("2026q4", "linden-lane.example", file)
    assert key is not None
    return DkimSigner(key)


def a_mail() -> bytes:
    headers = {
        "From": "林间小铺 <care@linden-lane.example>",
        "Message-ID": "<msg_1@linden-lane.example>",
        "List-Unsubscribe": LINK,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    body = "欧阳女士：\n\n您好 😀\n.\n..两个点开头\n" + "长" * 500 + "\n最后一行   \n\n\n"
    return as_mail(a_message(subject="好久不见，" * 8, body=body, headers=headers), NOW).as_bytes()


def test_what_arrives_through_a_real_server_verifies(key_file: Path) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        server = read_smtp_url(f"smtp://127.0.0.1:{port}?starttls=never")
        smtp = SmtpChannel(server, "linden-lane.example", SetClock(NOW), signer(key_file).sign)
        done = smtp.deliver(a_message(body="您好\n.\n再见", subject="茶壶"))
        smtp.close()
    assert done.status is DeliveryStatus.SENT
    assert dkim.verify(box.raw[0], dnsfunc=dns(key_file))
    assert box.mails[0]["Message-ID"] == done.where


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail.replace(b"bcdfgbcdfg", b"bcdfgbcdfh", 1),
        lambda mail: mail.replace(b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Never"),
        lambda mail: b"From: Somebody <else@evil.example>\r\n" + mail,
        lambda mail: mail.replace(b"Subject:", b"Subject: Re:"),
        lambda mail: mail[:-40] + b"x" + mail[-39:],
    ],
)
def test_whatever_is_changed_on_the_way_shows(key_file: Path, change: Callable[[bytes], bytes]) -> None:
    signed = signer(key_file).sign(a_mail())
    assert dkim.verify(signed, dnsfunc=dns(key_file))
    assert change(signed) != signed
    assert not dkim.verify(change(signed), dnsfunc=dns(key_file))


def test_the_signature_names_domain_selector_and_the_way_out(key_file: Path) -> None:
    mail = a_mail()
    signed = signer(key_file).sign(mail)
    assert signed.endswith(mail), "the mail itself is untouched"
    head = re.sub(rb"\s+", b" ", signed.removesuffix(mail))
    assert b"d=linden-lane.example;" in head
    assert b"s=2026q4;" in head
    assert b"list-unsubscribe : list-unsubscribe-post" in head
    assert head.count(b"from") == 2, "nobody can add a second From"


def test_another_key_in_dns_does_not_verify(key_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(other), "2048"], check=True, capture_output=True)
    assert not dkim.verify(signer(key_file).sign(a_mail()), dnsfunc=dns(other))


def test_an_older_form_of_the_key_and_windows_line_ends_sign_as_well(key_file: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.pem"
    subprocess.run(
        ["openssl", "rsa", "-in", str(key_file), "-traditional", "-out", str(older)], check=True, capture_output=True
    )
    older.write_bytes(older.read_bytes().replace(b"\n", b"\r\n"))
    assert dkim.verify(signer(older).sign(a_mail()), dnsfunc=dns(key_file))


def test_nothing_set_is_no_key() -> None:
    assert read_dkim_key("", "", None) is None


@pytest.mark.parametrize(
    ("selector", "domain", "text", "said"),
    [
        ("", "firm.example", "x", "SELECTOR is missing"),
        ("a", "", "x", "DOMAIN is missing"),
        ("a b", "firm.example", "x", "no name of the DNS"),
        ("a", "firm_example!", "x", "no name of the DNS"),
        ("a", "firm.example", None, "is not there"),
        ("a", "firm.example", "hello", "no private RSA key"),
        ("a", "firm.example", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "public half"),
        ("a", "firm.example", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END", "passphrase"),
        ("a", "firm.example", "\u5bc6\u94a5", "no PEM file"),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_remedy(
    tmp_path: Path, selector: str, domain: str, text: str | None, said: str
) -> None:
    file = tmp_path / "key.pem"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_dkim_key(selector, domain, file)
    assert caught.value.remedy


def test_a_key_that_only_looks_like_one_is_found_at_start(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("-----BEGIN PRIVATE KEY-----\nAAAAAAAA\n-----END PRIVATE KEY-----\n", encoding="ascii")
    with pytest.raises(InputError, match="cannot sign"):
        signer(file)


def test_without_the_library_the_remedy_is_named(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(NotReady) as caught:
        signer(key_file)
    assert "holdfast[dkim]" in caught.value.remedy


def test_the_key_is_in_no_repr(key_file: Path) -> None:
    key = read_dkim_key("a", "firm.example", key_file)
    assert key is not None
    assert "PRIVATE" not in repr(key)
    assert key.speaks_for("care@mail.firm.example")
    assert not key.speaks_for("care@otherfirm.example")
