"""Command one, as a newcomer runs it: the whole way, twice."""

from __future__ import annotations

import email
import email.policy
import json
import re
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.acceptance.conftest import Holdfast

pytestmark = pytest.mark.slow
KEYS = (
    "customers flagged offers held_out no_offer drafted passed needs_person blocked queued sent unknown writers model "
    "outbox report seconds"
).split()


def first(home: Path) -> dict[str, object]:
    return dict(json.loads((home / "first.json").read_text(encoding="utf-8")))


def test_the_demo_tells_the_whole_story_in_one_line(demo_home: Path) -> None:
    said = first(demo_home)
    assert [key for key in KEYS if key not in said] == []
    assert said["drafted"] == said["passed"] + said["needs_person"] + said["blocked"]  # type: ignore[operator]
    assert said["sent"] > 0  # type: ignore[operator]
    assert said["needs_person"] > 0  # type: ignore[operator]
    assert said["held_out"] > 0  # type: ignore[operator]
    assert {"composer", "holdfast-house"} <= set(said["writers"])  # type: ignore[arg-type]
    auc = said["model"]["auc"]  # type: ignore[index]
    assert 0.5 < auc["low"] <= auc["mean"] <= auc["high"] < 0.95, "a simulated shop that is neither noise nor a gift"


def mail_in(path: Path) -> EmailMessage:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def words_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None, "a text part always"
    return str(part.get_content())


def test_the_sink_holds_real_mails_and_a_manifest_that_agrees(demo_home: Path) -> None:
    said = first(demo_home)
    outbox = Path(str(said["outbox"]))
    rows = [json.loads(line) for line in (outbox / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == said["sent"] == len(list(outbox.glob("*.eml")))
    assert len({row["customer_id"] for row in rows}) == len(rows), "nobody got two"
    for row in rows:
        mail = mail_in(outbox / row["file"])
        assert mail["X-Holdfast-Channel"] == row["channel"]
        assert mail["X-Holdfast-Made-Up"]
        body = words_of(mail)
        assert not re.search(r"[{}｛｝]|<\w+>|None|nan", body), body
        if row["channel"] == "email":
            assert "12 Linden Lane" in body
            sells = "退订" in body or "Unsubscribe:" in body  # a service message has nothing to unsubscribe from
            assert (mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") is sells


def test_both_languages_are_written(demo_home: Path) -> None:
    outbox = Path(str(first(demo_home)["outbox"]))
    bodies = [words_of(mail_in(path)) for path in outbox.glob("*.eml")]
    chinese = [body for body in bodies if len(re.findall(r"[\u4e00-\u9fff]", body)) > 20]
    assert 0 < len(chinese) < len(bodies)
    assert len(set(bodies)) == len(bodies), "no two customers get the same words"


def test_a_second_run_repeats_nothing(holdfast: Holdfast, demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    holdfast.copy(demo_home, home)
    before = {path.name: path.read_bytes() for path in (home / "outbox").iterdir()}
    said = holdfast("demo", "--customers", "300", "--json", "--now", "2026-03-02", home=home)
    assert said.code == 0, said.err
    assert {path.name: path.read_bytes() for path in (home / "outbox").iterdir()} == before
    again = said.json
    assert {key: again[key] for key in ("sent", "drafted", "held_out")} == {
        key: first(demo_home)[key] for key in ("sent", "drafted", "held_out")
    }
    assert again["seconds"] < float(str(first(demo_home)["seconds"]))


def test_the_demo_does_not_mix_with_a_real_brand(holdfast: Holdfast, tmp_path: Path) -> None:
    holdfast(
        "init", "--name", "Real", "--address", "1 Road", "--domain", "real.example", "--currency", "EUR", "--timezone",
        "Europe/Paris", home=tmp_path,
    )  # fmt: skip
    said = holdfast("demo", "--json", home=tmp_path)
    assert said.code == 1
    assert "real" in said.json["error"]["message"].lower()


def test_what_waits_can_be_shown_edited_and_sent(holdfast: Holdfast, demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    holdfast.copy(demo_home, home)
    at = ("--now", "2026-03-02T02:30:00+00:00")
    waiting = holdfast("review", "list", "--json", *at, home=home).json
    assert waiting["formula"] == "risk × value × persuadable"
    products = [case["priority"] for case in waiting["cases"]]
    assert products == sorted(products, reverse=True)
    case = next(
        case for case in waiting["cases"] if case["draft_id"] and case["channel"] == "email" and not case["findings"]
    )
    shown = holdfast("review", "show", case["draft_id"], "--json", *at, home=home).json
    lie = tmp_path / "lie.txt"
    lie.write_text(shown["body"].replace("\n\n", "\n\n全场五折。All goods half price!\n\n", 1), encoding="utf-8")
    refused = holdfast("review", "edit", case["draft_id"], "--body", lie, "--by", "lin", "--json", *at, home=home)
    assert refused.code == 3
    assert refused.json["error"]["code"] == "gate_refused"
    approved = holdfast("review", "approve", case["draft_id"], "--by", "lin", "--json", *at, home=home)
    assert approved.code == 0, approved.out
    sent = holdfast("send", "--json", *at, home=home).json
    assert sent["sent"] >= 1
    story = holdfast("trace", case["draft_id"], "--json", *at, home=home).json["steps"]
    assert [step["step"] for step in story if step["step"] in ("offer", "draft", "review", "send")] == [
        "offer", "draft", "review", "send",
    ]  # fmt: skip
    assert next(step for step in story if step["step"] == "review")["data"]["reviewer"] == "lin"


def test_an_outcome_file_closes_the_loop(holdfast: Holdfast, demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    holdfast.copy(demo_home, home)
    row = json.loads((home / "outbox" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[0])
    file = tmp_path / "outcomes.csv"
    file.write_text(f"kind,at,case_id\nunsubscribed,2026-03-05,{row['case_id']}\nmoved,2026-03-05,{row['case_id']}\n")
    said = holdfast("import", "outcomes", file, "--json", "--now", "2026-03-06", home=home).json
    assert (said["recorded"], [bad["line"] for bad in said["bad"]]) == (1, [3])
    again = holdfast("import", "outcomes", file, "--json", "--now", "2026-03-06", home=home).json
    assert again["recorded"] == 0
    asked = holdfast(
        "draft",
        "--customer",
        row["customer_id"],
        "--channel",
        "email",
        "--json",
        "--now",
        "2026-03-06T03:00:00",
        home=home,
    )
    assert asked.code == 3
    assert "SUPPRESSED" in [violation["rule"] for violation in asked.json["violations"]]


CUT_OFF = """
import socket
def cut(*_args, **_more):
    raise OSError("the network is cut off in this test")
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = cut
socket.create_connection = socket.getaddrinfo = cut
from api.cli import main
main()
"""


def test_a_language_model_drafts_with_the_network_cut_off(
    holdfast: Holdfast, only_sqlite: None, demo_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    holdfast.copy(demo_home, home)
    done = subprocess.run(
        [sys.executable, "-c", CUT_OFF, "draft", "--customer", "C00001", "--channel", "email", "--situation",
         "general_care", "--purpose", "reply", "--model", "house", "--json",
         "--now", "2026-03-02T03:00:00", "--home", str(home)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["body"]
    assert "holdfast-house" in (answer["writer"]["name"], *answer["writer"]["fell_back_from"])
