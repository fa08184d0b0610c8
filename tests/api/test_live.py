"""Real sending by settings: what must be said before anybody can be reached, and how plainly a slip is told."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.channels.sink import SinkChannel
from agent.domain import Channel
from agent.errors import InputError
from agent.resources import use_overrides
from api.bootstrap import Workshop, lay_over
from api.brand_file import read_brand, write_brand
from api.cli import app
from api.clock import SystemClock
from api.diagnosis import examine
from api.home import Home
from api.sample_shop import BRAND
from api.secret import installation_secrets, kept_secret
from api.settings import read_settings
from api.terminal import run
from tests.agent.adapters.test_push import account
from tests.smtp_servers import ScriptedServer, free_port

HOOK = {
    "HOLDFAST_WEBHOOK_URL": "http://127.0.0.1:9/send",
    "HOLDFAST_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}
MAIL = {"HOLDFAST_SMTP_URL": "smtp://127.0.0.1:25?starttls=never"}
SMS = {"HOLDFAST_SMS_URL": "aliyun://a:b@?sign=林间小铺 twilio://c:d@?from=%2B15005550006"}
OPEN = {"HOLDFAST_LIVE": "true", "HOLDFAST_ALLOW": "@firm.example"}


def a_workshop(folder: Path, monkeypatch: pytest.MonkeyPatch, made_up: bool = False, **env: str) -> Workshop:
    home = Home(folder / "home")
    write_brand(home.brand, dict(BRAND), made_up=made_up)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return Workshop(home, read_settings(home.root), SystemClock())


@pytest.mark.parametrize(
    ("made_up", "env", "real"),
    [
        (False, {}, {}),
        (False, {**MAIL, **HOOK}, {}),
        (False, {"HOLDFAST_LIVE": "true", **MAIL}, {}),
        (False, {"HOLDFAST_ALLOW": "*", **MAIL}, {}),
        (False, {**OPEN}, {}),
        (False, {**OPEN, "HOLDFAST_ALLOW": " ,", **MAIL}, {}),
        (True, {"HOLDFAST_LIVE": "true", "HOLDFAST_ALLOW": "*", **MAIL, **HOOK}, {}),
        (False, {**OPEN, **MAIL}, {"email": "smtp"}),
        (False, {**OPEN, **HOOK}, dict.fromkeys(("email", "sms", "push", "chat"), "webhook")),
        (False, {**OPEN, **SMS}, {"sms": "sms"}),
        (False, {**OPEN, "HOLDFAST_PUSH_URL": "jpush://a:b@"}, {"push": "jpush"}),
        (False, {**OPEN, "HOLDFAST_CHAT_URL": "whatsapp://1:t@?app_secret=s"}, {"chat": "whatsapp"}),
        (False, {**OPEN, **SMS, **HOOK}, {"email": "webhook", "sms": "sms", "push": "webhook", "chat": "webhook"}),
        (False, {**OPEN, **HOOK, **MAIL}, {"email": "smtp", "sms": "webhook", "push": "webhook", "chat": "webhook"}),
    ],
)
def test_a_channel_is_real_only_when_switch_brand_and_list_all_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_up: bool, env: dict[str, str], real: dict[str, str]
) -> None:
    workshop = a_workshop(tmp_path, monkeypatch, made_up, **env)
    names = {channel.value: workshop.house.channels[channel].name for channel in Channel}
    assert names == {**dict.fromkeys(Channel, "sink"), **real}
    assert workshop.house.reach.real == {Channel(name) for name in real}
    assert isinstance(workshop.channels[Channel.SMS], SinkChannel) is ("sms" not in real)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SMTP_URL", "mail.firm.example:587", "no address of a mail server"),
        ("SMTP_URL", "http://care:S3CRET@mail.firm.example", "no address of a mail server"),
        ("SMTP_URL", "smtp://care:S3CRET@mail.firm.example:99999", "cannot be"),
        ("SMS_URL", "aliyun://a:S3CRET@", "names no signature"),
        ("SMS_URL", "carrier-pigeon://a:S3CRET@", "nobody knows this SMS provider"),
        ("PUSH_URL", "fcm://?key=/nowhere.json", "is not there"),
        ("CHAT_URL", "whatsapp://1:S3CRET@", "names no app secret"),
        ("PUSH_URL", "smoke://S3CRET", "nobody knows this push provider"),
        ("SMTP_URL", "smtp://care:S3CRET@mail.firm.example:5x7", "cannot be"),
        ("SMTP_URL", "smtp://care:S3CRET#7@mail.firm.example", "cannot be|behind the port|no address"),
        ("SMTP_URL", "smtp://care:S3CRET/7@mail.firm.example", "cannot be|behind the port|no address"),
        ("SMTP_URL", "smtp://care@mail.firm.example", "without a password"),
        ("SMTP_URL", "smtp://care:S3CRET@mail.firm.example?starttls=never", "in clear"),
        ("SMTP_URL", "smtp://care:S3CRET@mail.firm.example?starttls=maybe", "starttls=maybe"),
        ("SMTP_URL", "smtps://care:S3CRET@mail.firm.example?starttls=required", "encrypted from the start"),
        ("SMTP_URL", "smtp://mail.firm.example?tls=1", "unknown option 'tls'"),
        ("SMTP_URL", "smtp://mail.firm.example?timeout=soon", "timeout"),
        ("SMTP_URL", "smtp://mail.firm.example?ca=/nowhere.pem", "/nowhere.pem"),
        ("WEBHOOK_URL", "https://gateway.firm.example/S3CRET", "secret is missing"),
        ("ALLOW", "nora@", "nora@"),
        ("SECRET", "S3CRET", "shorter than 32"),
    ],
)
def test_a_setting_that_cannot_be_is_named_at_start_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"HOLDFAST_{name}", value)
    with pytest.raises(InputError, match=said) as caught:
        read_settings()
    assert f"HOLDFAST_{name}" in caught.value.message
    assert caught.value.remedy
    assert "S3CRET" not in f"{caught.value.message} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [
        ("https://gateway.firm.example/S3CRET", "whsec_S3CRET", "too short|not base64"),
        ("https://gateway.firm.example/S3CRET", "TWZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c=", "whsec_"),
        ("https://gateway.firm.example/S3CRET", "whsec_S3CRET!!", "not base64"),
        ("http://gateway.firm.example/S3CRET", HOOK["HOLDFAST_WEBHOOK_SECRET"], "not encrypted"),
        ("gateway.firm.example", HOOK["HOLDFAST_WEBHOOK_SECRET"], "no https"),
    ],
)
def test_a_gateway_that_cannot_be_meant_is_named_at_start(
    monkeypatch: pytest.MonkeyPatch, url: str, secret: str, said: str
) -> None:
    monkeypatch.setenv("HOLDFAST_WEBHOOK_URL", url)
    monkeypatch.setenv("HOLDFAST_WEBHOOK_SECRET", secret)
    with pytest.raises(InputError, match=said) as caught:
        read_settings()
    assert "S3CRET" not in f"{caught.value.message} {caught.value.remedy}"


def test_no_password_shows_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_SMTP_URL", "smtp://care:S3CRET%2F7@mail.firm.example")
    settings = read_settings()
    assert settings.smtp_server is not None
    assert settings.smtp_server.password == "S3CRET/7"
    assert (settings.smtp_server.port, settings.smtp_server.security) == (587, "starttls")
    assert "S3CRET" not in f"{settings!r} {settings} {settings.smtp_server!r} {settings.smtp_server}"


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    made = kept_secret(file)
    assert kept_secret(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert installation_secrets(("n" * 40,), file) == ("n" * 40, made), "links that the file signed stay good"
    file.write_text("cut")
    with pytest.raises(InputError, match="cut off"):
        kept_secret(file)


def test_a_new_brand_has_a_link_for_each_message_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    path = tmp_path / "brand.toml"
    write_brand(path, dict(BRAND))
    text = path.read_text(encoding="utf-8")
    assert read_brand(path).unsubscribe_url == "https://linden-lane.example/u/{token}"
    own = "https://linden-lane.example/stop"
    path.write_text(text.replace("https://linden-lane.example/u/{token}", own), encoding="utf-8")
    assert read_brand(path).unsubscribe_url == own
    path.write_text(text.replace("/u/{token}", "/u/{customer}"), encoding="utf-8")
    with pytest.raises(InputError, match="customer"):
        read_brand(path)


def told(workshop: Workshop) -> dict[str, tuple[str, str]]:
    return {step.name: (step.state, step.says) for step in examine(workshop)}


def test_the_doctor_says_why_nobody_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(a_workshop(tmp_path, monkeypatch, **MAIL))
    assert said["channels"] == ("todo", "every channel is the sink: no real customer can be reached")
    assert "HOLDFAST_LIVE" in said["live"][1]
    assert "email" not in said


def test_the_doctor_asks_the_mail_server_and_sends_it_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server:
        url = f"smtp://127.0.0.1:{server.port}?starttls=never&timeout=10"
        workshop = a_workshop(tmp_path, monkeypatch, **OPEN, HOLDFAST_SMTP_URL=url)
        workshop.store.sending.set(True, "lin", workshop.clock.now(), "wrong price list")
        said = told(workshop)
        assert said["email"][0] == "ok"
        assert server.texts == []
        assert "MAIL" not in server.verbs[0]
    assert said["channels"] == ("ok", "real: email; the sink, and so nobody: sms, push, chat")
    assert said["live"][0] == "ok"
    assert "firm.example" not in said["live"][1], "addresses of the list are not printed"
    assert said["sending"][0] == "todo"
    assert "stopped by lin" in said["sending"][1]
    assert "wrong price list" in said["sending"][1]


def test_the_doctor_says_when_the_mail_server_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"smtp://127.0.0.1:{free_port()}?starttls=never"
    said = told(a_workshop(tmp_path, monkeypatch, **OPEN, HOLDFAST_SMTP_URL=url))
    assert said["email"][0] == "wrong"


def test_the_switch_is_turned_and_told_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(a_workshop(tmp_path, monkeypatch).home.root)

    def said(*arguments: str) -> Any:
        code = run(app, [*arguments, "--home", home, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert said("sending", "status")[1]["stopped"] is False
    assert said("sending", "stop")[0] == 2, "nobody is named"
    assert said("sending", "stop", "--by", " ")[0] == 2
    code, answer = said("sending", "stop", "--by", "lin", "--note", "wrong price list")
    assert (code, answer["stopped"]) == (0, True)
    assert said("send")[1] == {
        "due": 0,
        "outbox": f"{home}/outbox",
        "stopped": True,
        "stopped_by": "lin",
        "queued": 0,
    }
    code, answer = said("sending", "start", "--by", "mei")
    assert (code, answer["stopped"]) == (0, False)
    assert [(turn["by"], turn["stopped"], turn["note"]) for turn in answer["turns"]] == [
        ("mei", False, ""),
        ("lin", True, "wrong price list"),
    ]


def test_real_messages_do_not_leave_at_an_invented_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = a_workshop(tmp_path, monkeypatch, **OPEN, **MAIL).home.root
    assert run(app, ["send", "--home", str(home), "--now", "2026-03-02", "--json"]) == 2
    assert "--now" in json.loads(capsys.readouterr().out)["error"]["message"]


@pytest.mark.parametrize(
    ("file", "text", "state", "says"),
    [
        ("lexicons/own.toml", '[TONE_INSULT]\nzh_block = ["小可爱"]\n', "ok", "1 files of your own"),
        ("lexicons/own.toml", '[TONE_INSULT]\nzh_block = ["(a+)+b"]\n', "wrong", "own.toml"),
        ("lexicons/own.toml", '[TONE_INSULT]\nen_block = ["good question"]\n', "todo", "TONE_INSULT"),
        ("books/cn.toml", 'title = "x"\nchecked_on = 2026-11-27\n[severity]\nNO_SUCH = "block"\n', "wrong", "NO_SUCH"),
    ],
    ids=["read", "could run for ever", "stops an example that may pass", "unknown rule"],
)
def test_the_doctor_reads_the_rules_of_a_firm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, state: str, says: str
) -> None:
    path = tmp_path / "home" / "overrides" / "agent" / "guardrails" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    workshop = a_workshop(tmp_path, monkeypatch)
    try:
        lay_over(workshop.home)
        found = told(workshop)["rules"]
    finally:
        use_overrides(None)
    assert found[0] == state
    assert says in found[1]


def a_key(folder: Path) -> str:
    import subprocess

    file = folder / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(file), "2048"], check=True, capture_output=True)
    return str(file)


def test_mail_is_signed_where_all_three_are_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"HOLDFAST_DKIM_SELECTOR": "2026q4", "HOLDFAST_DKIM_DOMAIN": "linden-lane.example"}
    workshop = a_workshop(tmp_path, monkeypatch, **MAIL, **named, HOLDFAST_DKIM_KEY=a_key(tmp_path))
    assert workshop.signer is not None
    assert workshop.signer.name == "2026q4._domainkey.linden-lane.example"
    monkeypatch.delenv("HOLDFAST_DKIM_SELECTOR")
    with pytest.raises(InputError, match="HOLDFAST_DKIM_SELECTOR is missing"):
        read_settings(workshop.home.root)


def test_a_domain_that_is_not_the_senders_own_signs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"HOLDFAST_DKIM_SELECTOR": "a", "HOLDFAST_DKIM_DOMAIN": "relay.example"}
    workshop = a_workshop(tmp_path, monkeypatch, **MAIL, **named, HOLDFAST_DKIM_KEY=a_key(tmp_path))
    with pytest.raises(InputError, match="cannot be signed by relay"):
        _ = workshop.smtp


def test_doctor_tells_of_approved_texts_and_names_a_slip_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = a_workshop(tmp_path, monkeypatch)
    text = (
        '[[template]]\nid = "a"\nprovider = "aliyun"\nprovider_id = "SMS_1"\nlanguage = "zh"\npurpose = "marketing"\n'
    )
    workshop.home.templates.write_text(text + 'text = "新茶已上架。拒收请回复R"\n', encoding="utf-8")
    [step] = [step for step in examine(workshop) if step.name == "templates"]
    assert (step.state, step.says) == ("ok", "approved texts: 1")
    workshop.home.templates.write_text(text + 'text = "新茶已上架。"\n', encoding="utf-8")
    again = Workshop(workshop.home, workshop.settings, SystemClock())
    [step] = [step for step in examine(again) if step.name == "templates"]
    assert step.state == "wrong"
    assert "拒收请回复R" in step.says


def test_two_providers_for_one_market_are_not_told_apart_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = "aliyun://a:b@?sign=x tencent://a:b@?sign=x&app=1"
    with pytest.raises(InputError, match="both serve sms_cn"):
        _ = a_workshop(tmp_path, monkeypatch, **OPEN, HOLDFAST_SMS_URL=both).house


def test_doctor_says_which_provider_serves_which_market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [step] = [step for step in examine(a_workshop(tmp_path, monkeypatch, **OPEN, **SMS)) if step.name == "sms"]
    assert "sms_cn by aliyun, sms_intl by twilio" in step.says


def test_push_is_real_where_a_project_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account(tmp_path, 1, 2)
    workshop = a_workshop(tmp_path, monkeypatch, **OPEN, HOLDFAST_PUSH_URL=f"fcm://?key={tmp_path / 'key.json'}")
    assert workshop.house.channels[Channel.PUSH].name == "fcm"
    assert workshop.house.reach.real == {Channel.PUSH}
    assert workshop.house.providers["push"].windows[0].count == 600_000
    [step] = [step for step in examine(workshop) if step.name == "push"]
    assert "push by fcm" in step.says
