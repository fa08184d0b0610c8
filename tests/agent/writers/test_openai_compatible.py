"""Writers by URL against a real server process: whatever it does, the case ends with a draft or with a person."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent import pipeline
from agent.domain import CaseStatus, ChatMessage, FactSheet, WriteRequest
from agent.errors import InputError, NotReady, WriterUnavailable
from agent.writers.chat_model import untraced
from agent.writers.composer import Composer
from agent.writers.endpoint import is_url, models_at, read_endpoint
from agent.writers.openai_compatible import EndpointWriter
from api.model_writers import OnDemandWriter, load_writer
from tests.llm_server import BEHAVIOURS, KEY, SLOW_S, Served, llm_server
from tests.street import Street, a_street

Make = Callable[..., FactSheet]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with llm_server(*BEHAVIOURS) as served:
        yield served


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return a_street(tmp_path)


def writer_at(server: Served, model: str, key: str | None = None) -> EndpointWriter:
    return EndpointWriter(read_endpoint(f"{server.url}#{model}", key=key))


def a_request(sheet: FactSheet, timeout_s: float = 20.0) -> WriteRequest:
    turns = (ChatMessage("system", "占位符 {salutation}"), ChatMessage("user", "你好"))
    return WriteRequest(turns, sheet, seed=5, max_tokens=99, timeout_s=timeout_s)


# --- a whole case -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("customer_id", ["c1", "c2"])
@pytest.mark.parametrize("model", ["good", "thinking", "strict"])
def test_a_model_on_a_server_writes_the_draft(server: Served, street: Street, model: str, customer_id: str) -> None:
    house = replace(street.house, writers=(writer_at(server, model), Composer()))
    prepared = pipeline.prepare(street.open(customer_id=customer_id), house)
    assert prepared.draft is not None
    stamp = prepared.draft.writer
    assert (stamp.name, stamp.revision, stamp.fell_back_from) == (model, f"{model}@fp_7", ())
    assert stamp.detail == {"server": server.url, "model": model}
    assert stamp.tokens == 18
    assert "AMQ7K0XM" in prepared.draft.body
    assert prepared.case.status is CaseStatus.CHECKED, prepared.verdict


@pytest.mark.parametrize("model", ["error500", "cut", "empty", "length", "wrong-json", "locked", "slow", "endless"])
def test_a_server_in_trouble_leaves_the_case_drafted_by_the_composer(
    server: Served, street: Street, model: str
) -> None:
    patient = OnDemandWriter(lambda: writer_at(server, model), 1.0)
    prepared = pipeline.prepare(street.open(), replace(street.house, writers=(patient, Composer())))
    assert prepared.draft is not None
    assert prepared.draft.writer.name == "composer"
    assert prepared.draft.writer.fell_back_from == (model,)
    assert prepared.case.status is CaseStatus.CHECKED


@pytest.mark.parametrize("model", ["error500", "cut", "empty", "endless"])
def test_without_another_writer_the_case_waits_for_a_person(server: Served, street: Street, model: str) -> None:
    patient = OnDemandWriter(lambda: writer_at(server, model), 1.0)
    prepared = pipeline.prepare(street.open(), replace(street.house, writers=(patient,)))
    assert (prepared.case.status, prepared.draft) == (CaseStatus.NEEDS_PERSON, None)
    assert model in prepared.because


def test_a_server_that_is_gone_costs_only_its_turn(street: Street) -> None:
    with llm_server("good") as gone:
        address = gone.url
    house = replace(street.house, writers=(load_writer(address), Composer()))
    prepared = pipeline.prepare(street.open(), house)
    assert prepared.draft is not None
    assert prepared.draft.writer.fell_back_from == (read_endpoint(address).host,)


# --- one answer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["slow", "endless"])
def test_the_time_that_was_given_is_the_whole_time(server: Served, make_sheet: Make, model: str) -> None:
    started = time.monotonic()
    with pytest.raises(WriterUnavailable):
        writer_at(server, model).write(a_request(make_sheet("zh"), timeout_s=0.5))
    assert time.monotonic() - started < SLOW_S, "an endless answer would hold it for ever"


def test_an_endless_answer_leaves_no_thread_behind(server: Served, make_sheet: Make) -> None:
    with pytest.raises(WriterUnavailable):
        writer_at(server, "endless").write(a_request(make_sheet("zh"), timeout_s=0.5))
    for reader in [thread for thread in threading.enumerate() if thread.name == "writer-endless"]:
        reader.join(SLOW_S)
        assert not reader.is_alive(), "the answer is read on for ever"


def test_a_failing_server_is_asked_once(server: Served, make_sheet: Make) -> None:
    before = len(server.heard())
    with pytest.raises(WriterUnavailable, match="CUDA out of memory"):
        writer_at(server, "error500").write(a_request(make_sheet("zh")))
    assert len(server.heard()) == before + 1, "the ladder repeats, the library does not"


def test_room_and_seed_travel_under_the_names_that_every_server_knows(server: Served, make_sheet: Make) -> None:
    writer_at(server, "good").write(a_request(make_sheet("zh")))
    asked = server.heard()[-1]["body"]
    assert (asked["max_tokens"], asked["seed"], asked["model"]) == (99, 5, "good")
    assert "max_completion_tokens" not in asked
    assert asked["chat_template_kwargs"] == {"enable_thinking": False}


def test_a_server_that_minds_the_extra_is_asked_without_it_from_then_on(server: Served, make_sheet: Make) -> None:
    writer, before = writer_at(server, "strict"), len(server.heard())
    for _ in range(2):
        writer.write(a_request(make_sheet("zh")))
    extras = ["chat_template_kwargs" in heard["body"] for heard in server.heard()[before:]]
    assert extras == [True, False, False]


def test_a_locked_server_opens_to_the_key_that_was_set(server: Served, make_sheet: Make) -> None:
    assert writer_at(server, "locked", KEY).write(a_request(make_sheet("zh"))).text
    with pytest.raises(WriterUnavailable, match="refused the key") as refused:
        writer_at(server, "locked", "hf_wrong").write(a_request(make_sheet("zh")))
    assert "HOLDFAST_MODEL_KEY" in refused.value.remedy
    assert "hf_wrong" not in str(refused.value)


def test_an_answer_cut_at_its_limit_is_not_finished(server: Served, make_sheet: Make) -> None:
    assert not writer_at(server, "length").write(a_request(make_sheet("zh"))).finished


# --- which model ------------------------------------------------------------------------------------------------------


def test_the_only_model_of_a_server_needs_no_name(make_sheet: Make) -> None:
    with llm_server("good") as alone:
        writer = EndpointWriter(read_endpoint(alone.url))
        writer.write(a_request(make_sheet("zh")))
    assert writer.revision == "good@fp_7"


def test_several_models_and_no_name_is_an_error_that_lists_them(make_sheet: Make) -> None:
    with llm_server("good", "empty") as two:
        with pytest.raises(NotReady, match="empty, good") as which:
            EndpointWriter(read_endpoint(two.url)).write(a_request(make_sheet("zh")))
        assert which.value.remedy == f"Say which: HOLDFAST_MODEL={two.url}#empty"


def test_a_name_behind_the_hash_wins_over_the_setting(server: Served) -> None:
    assert read_endpoint("http://127.0.0.1:1/v1#a", "b").model == "a"
    assert read_endpoint("http://127.0.0.1:1/v1", "b").model == "b"
    assert models_at(read_endpoint(server.url), 5.0) == tuple(sorted(BEHAVIOURS))


def test_a_model_that_the_server_does_not_have_is_said(server: Served, make_sheet: Make) -> None:
    with pytest.raises(WriterUnavailable, match="does not have this model"):
        writer_at(server, "qwen").write(a_request(make_sheet("zh")))


@pytest.mark.parametrize(
    ("setting", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
        ("HTTPS://models.shop.example/llm/v1/", "https://models.shop.example/llm/v1"),
        ("http://[::1]:8080/v1/chat/completions", "http://[::1]:8080/v1"),
    ],
)
def test_an_address_is_read_as_it_was_meant(setting: str, base: str) -> None:
    assert is_url(setting)
    assert read_endpoint(setting).base_url == base


@pytest.mark.parametrize(
    "setting", ["http://", "http://host:99999/v1", "http://host:x/v1", "http://me:secret@host/v1", "http://host/v1?a=b"]
)
def test_an_address_that_cannot_be_one_is_refused(setting: str) -> None:
    with pytest.raises(InputError, match="HOLDFAST_MODEL"):
        read_endpoint(setting)


@pytest.mark.parametrize("setting", ["Qwen/Qwen3-4B", "/models/qwen", "https.model", "./http"])
def test_a_folder_or_hub_id_is_no_address(setting: str) -> None:
    assert not is_url(setting)


# --- nobody else ------------------------------------------------------------------------------------------------------


def test_neither_proxy_nor_tracing_of_the_environment_is_used(
    server: Served, make_sheet: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would carry customers' words to another host; the other host here is a real server that counts."""
    from langsmith.utils import get_env_var

    with llm_server("good") as spy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY", "OPENAI_BASE_URL"):
            monkeypatch.setenv(name, spy.url)
        for name in ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", "LANGSMITH_GATEWAY_URL"):
            monkeypatch.setenv(name, spy.url)
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING", "LANGSMITH_GATEWAY"):
            monkeypatch.setenv(name, "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_x")
        get_env_var.cache_clear()
        try:
            assert writer_at(server, "good").write(a_request(make_sheet("zh"))).text
            with untraced():
                from langsmith.utils import tracing_is_enabled

                assert not tracing_is_enabled()
            assert tracing_is_enabled(), "the environment did ask for it"
        finally:
            get_env_var.cache_clear()
        assert spy.heard() == []
