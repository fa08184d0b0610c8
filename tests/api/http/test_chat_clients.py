"""The chat as stock clients use it: the openai package and LangChain's ChatOpenAI, over a socket to a real uvicorn."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
import uvicorn

from agent.access import Role
from api.main import create_app
from tests.llm_server import llm_server
from tests.small_shop import SmallShop, a_small_shop

RETURNS = "How many days do I have to return something?"


@contextmanager
def running(shop: SmallShop) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # so that who comes before the server has started waits instead of being refused
        server = uvicorn.Server(uvicorn.Config(create_app(shop.workshop), log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> SmallShop:
    return a_small_shop(tmp_path_factory.mktemp("chat") / "home")


@pytest.fixture(scope="module")
def url(shop: SmallShop) -> Iterator[str]:
    with running(shop) as address:
        yield address


@pytest.fixture(scope="module")
def key(shop: SmallShop) -> str:
    return shop.key(Role.INTEGRATOR)


@pytest.fixture
def client(url: str, key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key=key, max_retries=0)


def extra(thing: Any, name: str) -> Any:
    """A field that OpenAI's own records do not have."""
    return thing.model_extra[name]


def test_the_openai_client_gets_an_answer_with_citations(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["holdfast"]
    told = client.chat.completions.create(model="holdfast", messages=[{"role": "user", "content": RETURNS}])
    text = told.choices[0].message.content
    [cited] = extra(told, "citations")
    assert text is not None
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert extra(told.choices[0].message, "citations") == [cited]
    assert (extra(told, "covered"), extra(told, "hand_off")) == (True, False)
    assert told.usage is not None
    assert told.usage.completion_tokens > 0


def test_the_openai_client_reads_the_stream_and_its_citations(client: openai.OpenAI) -> None:
    with client.chat.completions.create(
        model="holdfast", messages=[{"role": "user", "content": RETURNS}], stream=True
    ) as stream:
        pieces = list(stream)
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    assert len(pieces) > 10
    [cited] = extra(pieces[-1], "citations")
    assert extra(pieces[-2], "citations") == [cited]
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert pieces[-1].choices[0].finish_reason == "stop"


def test_the_openai_client_raises_its_own_errors_for_ours(client: openai.OpenAI, url: str) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        client.chat.completions.create(model="holdfast", messages=[])
    with pytest.raises(openai.AuthenticationError, match="unknown, or was revoked"):
        openai.OpenAI(base_url=url, api_key="hf_wrong", max_retries=0).models.list()


def test_langchain_talks_to_it_whole_and_streamed(url: str, key: str) -> None:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    chat = ChatOpenAI(model="holdfast", base_url=url, api_key=SecretStr(key), max_retries=0)
    whole = chat.invoke([("system", "be brief"), ("user", "退货要几天内？")])
    assert "签收之日起14天内" in str(whole.content)
    assert whole.usage_metadata is not None
    streamed = "".join(str(piece.content) for piece in chat.stream("退货要几天内？"))
    assert streamed == whole.content


def test_a_client_that_goes_away_hurts_nobody(client: openai.OpenAI, url: str, key: str) -> None:
    host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
    body = b'{"stream": true, "messages": [{"role": "user", "content": "how do points work"}]}'
    for _ in range(5):
        with socket.create_connection((host, int(port)), timeout=10) as gone:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            gone.sendall(head.encode() + body)
            gone.recv(1)
    told = client.chat.completions.create(model="holdfast", messages=[{"role": "user", "content": RETURNS}])
    assert extra(told, "covered")


@pytest.mark.parametrize("model", ["good", "error500", "empty"])
@pytest.mark.parametrize("stream", [False, True])
def test_with_a_model_on_a_server_or_without_it_the_answer_is_cited(tmp_path: Path, model: str, stream: bool) -> None:
    with llm_server(model) as server:
        shop = a_small_shop(tmp_path / "home", model=server.url, writer_timeout_s=10.0)
        with running(shop) as url:
            client = openai.OpenAI(base_url=url, api_key=shop.key(Role.INTEGRATOR), max_retries=0)
            asked: dict[str, Any] = {"model": "holdfast", "messages": [{"role": "user", "content": RETURNS}]}
            told = client.chat.completions.create(**asked, stream=stream)
            last = list(told)[-1] if stream else told
        heard = len(server.heard())
    [cited] = extra(last, "citations")
    assert cited["clause_id"] == "returns-en#change-of-mind"
    [step] = shop.workshop.store.cases.story(extra(last, "trace_id"))
    assert step.data["writer"] == ("good" if model == "good" else "fixed sentences")
    assert heard >= 1
