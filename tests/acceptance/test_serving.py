"""`holdfast serve` as a process: who may reach it, the first sign-in, what its worker sends, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from os import environ
from pathlib import Path

import httpx
import pytest

from agent.access import Role
from tests.acceptance.conftest import Machine
from tests.factories import NOW
from tests.small_shop import a_small_shop

AT = ("--now", NOW.isoformat())
DRAFT = {"customer_id": "c2", "channel": "email"}


@dataclass
class Served:
    process: subprocess.Popen[str]
    url: str
    said: str
    key: str
    home: Path

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, headers={"Authorization": f"Bearer {self.key}"}, timeout=30)

    def post(self, path: str, json: object = None) -> httpx.Response:
        return httpx.post(self.url + path, json=json, headers={"Authorization": f"Bearer {self.key}"}, timeout=30)


@pytest.fixture
def served(holdfast: Machine, tmp_path: Path) -> Iterator[Served]:
    home = tmp_path / "home"
    environment = {**environ, **holdfast.env(home)}
    shop = a_small_shop(home, database_url=environment.get("HOLDFAST_DATABASE_URL"))
    command = [
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--home",
        str(home),
        *AT,
    ]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        said = ""
        assert process.stdout is not None
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, (tmp_path / "log").read_text()
            said += line
        url = re.search(r"http://localhost:\d+", said)
        assert url is not None
        yield Served(process, url[0].replace("localhost", "127.0.0.1"), said, shop.key(Role.ADMIN), home)
        process.kill()
        process.wait()


def until(true: object, seconds: float = 20.0) -> None:
    """Wait for something that a worker does in its own time."""
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def test_a_first_day_from_sign_in_to_sent_message(served: Served) -> None:
    assert "/link/" in served.said, "nobody can sign in yet, so the first link is printed"
    assert served.get("/readyz").json()["status"] == "ready"
    asked = served.post("/v1/drafts", DRAFT).json()
    assert served.post(f"/v1/drafts/{asked['draft_id']}/approve", {"hold_s": 0}).status_code == 200
    until(lambda: served.get("/v1/sending").json()["outbox"] == {"sent": 1})
    [mail] = (served.home / "outbox").glob("*.eml")
    letter = message_from_bytes(mail.read_bytes(), policy=default)
    assert letter.get_content().replace("\r\n", "\n").rstrip() == asked["body"].rstrip()


def test_what_is_stopped_stays_and_leaves_once_it_is_started(served: Served) -> None:
    served.post("/v1/sending/stop", {"note": "wrong prices"})
    asked = served.post("/v1/drafts", DRAFT).json()
    served.post(f"/v1/drafts/{asked['draft_id']}/approve", {"hold_s": 0})
    time.sleep(2.5)
    assert served.get("/v1/sending").json()["outbox"] == {"queued": 1}
    served.post("/v1/sending/start")
    until(lambda: served.get("/v1/sending").json()["outbox"] == {"sent": 1})


def test_a_campaign_that_was_started_is_drafted_by_the_worker(served: Served) -> None:
    plan = {"id": "spring", "channels": ["email"], "auto_send": True, "audit_share": 0}
    assert served.post("/v1/campaigns", plan).status_code == 202
    until(lambda: served.get("/v1/campaigns/spring").json()["status"] == "done")
    until(lambda: "queued" not in served.get("/v1/campaigns/spring").json()["cases"])
    assert served.get("/v1/campaigns/spring").json()["cases"]["sent"] >= 3


def test_events_reach_the_log_and_are_seen_before(served: Served) -> None:
    event = {"userId": "c2", "event": "Product Viewed", "properties": {"name": "Kettle"}, "messageId": "k"}
    past = {**event, "timestamp": "2026-03-01T00:00:00Z"}
    assert served.post("/v1/track", past).json()["accepted"] == 1
    assert served.get("/v1/customers/c2/timeline").json()["data"][0]["item"] == "Kettle"
    until(lambda: served.get("/v1/events/refused").json()["counts"]["waiting"] == 0)
    assert served.get("/v1/customers/c2/timeline").json()["data"][0]["item"] == "Kettle"


def test_ctrl_c_ends_it_soberly(served: Served) -> None:
    until(lambda: served.get("/healthz").status_code == 200)
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0


def test_it_does_not_listen_to_the_world_unless_hosts_are_named(
    holdfast: Machine, only_sqlite: None, tmp_path: Path
) -> None:
    a_small_shop(tmp_path / "home")
    said = holdfast("serve", "--host", "0.0.0.0", "--json", home=tmp_path / "home")
    assert said.code == 2
    assert "HOLDFAST_HOSTS" in said.json["error"]["remedy"]


def test_a_key_is_shown_once_and_a_link_works_for_one_person(
    holdfast: Machine, only_sqlite: None, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    a_small_shop(home)
    key = holdfast("keys", "add", "shop", "--scope", "events", "--json", home=home).json
    assert key["key"].startswith("hf_")
    listed = holdfast("keys", "list", "--json", home=home)
    assert key["key"] not in listed.out
    assert listed.json["keys"][0]["scopes"] == ["events"]
    assert holdfast("users", "add", "may", "--role", "rep", "--json", home=home).json["link"].startswith("/link/")
    assert holdfast("users", "add", "may", "--json", home=home).json["error"]["code"] == "bad_input"
    assert holdfast("users", "add", "x", "--role", "integrator", "--json", home=home).code == 2
    assert holdfast("users", "off", "may", "--json", home=home).code == 0
    assert holdfast("keys", "revoke", key["key_id"], "--json", home=home).code == 0
