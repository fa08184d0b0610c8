"""A model that takes its time holds up nobody but whoever asked for its words."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx

from agent.access import Role
from tests.api.http.test_chat_clients import running
from tests.llm_server import llm_server
from tests.small_shop import a_small_shop

DRAFT = {"customer_id": "c2", "channel": "email"}


def test_while_a_slow_model_writes_everything_else_is_answered(tmp_path: Path) -> None:
    with llm_server("slow") as model:
        shop = a_small_shop(tmp_path / "home", model=model.url, writer_timeout_s=3.0, drafters=2)
        with running(shop) as url:
            client = httpx.Client(headers={"Authorization": f"Bearer {shop.key(Role.ADMIN)}"}, timeout=60)
            answers: list[httpx.Response] = []

            def ask(customer_id: str) -> None:
                answers.append(client.post(f"{url}/drafts", json={**DRAFT, "customer_id": customer_id}))

            writing = [threading.Thread(target=ask, args=(name,)) for name in ("c1", "c2", "c3", "c4")]
            for thread in writing:
                thread.start()
            while not model.heard():
                pass
            answered = 0
            while not answers:  # as long as nobody has their words yet
                assert client.get(f"{url.removesuffix('/v1')}/healthz").status_code == 200
                assert client.get(f"{url}/customers/c2").status_code == 200
                answered += 1
            for thread in writing:
                thread.join()
    assert answered > 20
    assert [answer.json()["status"] for answer in answers] == ["drafted"] * 4
    assert all(answer.json()["writer"]["fell_back_from"] for answer in answers), "the composer wrote in its place"


def test_more_than_can_wait_are_told_to_come_back(tmp_path: Path) -> None:
    with llm_server("slow") as model:
        shop = a_small_shop(tmp_path / "home", model=model.url, writer_timeout_s=2.0, drafters=1)
        with running(shop) as url:
            client = httpx.Client(headers={"Authorization": f"Bearer {shop.key(Role.ADMIN)}"}, timeout=120)
            codes: list[int] = []

            def ask() -> None:
                body = {**DRAFT, "situation": "long_silence"}
                codes.append(client.post(f"{url}/drafts", json=body).status_code)

            threads = [threading.Thread(target=ask) for _ in range(24)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert sorted(set(codes)) == [200, 429]
