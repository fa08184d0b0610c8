"""What HOLDFAST_MODEL means: a writer by address, folder, hub id or the word `house`, loaded when it first writes.

Beside `bootstrap` the only place that builds writers; it knows no home and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Self

from agent.domain import FactSheet, WriteRequest, WriterReply
from agent.errors import NotReady, WriterUnavailable
from agent.ports import Writer
from api.logs import logger
from api.settings import Settings

DOCTOR_S = 5.0
RETRY_S = 60.0
HOUSE_MODEL = "house"
"""The word for the model that ships, where a folder or an address may stand too."""


class OnDemandWriter:
    """A Writer that is loaded when it is first asked to write: reviewing and sending need no model in memory.

    What cannot be loaded is an outage like any other: the next rung writes, the log says why, and it is tried again
    after a minute. `called` is its name until then.
    """

    def __init__(self, load: Callable[[], Writer], timeout_s: float, called: str = "the model") -> None:
        self._load, self._timeout_s, self._called = load, timeout_s, called
        self._writer: Writer | None = None
        self._failed: tuple[float, str, str] | None = None
        self._lock = Lock()

    def load(self) -> Writer:
        """Raises NotReady, with the remedy."""
        with self._lock:
            if self._writer is None:
                if self._failed is not None and monotonic() - self._failed[0] < RETRY_S:
                    raise NotReady(*self._failed[1:])
                try:
                    self._writer = self._load()
                except NotReady as error:
                    self._failed = (monotonic(), error.message, error.remedy)
                    logger.warning("the writer %s is passed over: %s %s", self._called, error.message, error.remedy)
                    raise
            return self._writer

    def met(self) -> Self:
        """Itself, loaded now: what cannot be loaded is said before anybody waits for it. Raises NotReady."""
        self.load()
        return self

    def _loaded(self) -> Writer | None:
        try:
            return self.load()
        except NotReady:
            return None

    @property
    def name(self) -> str:
        return getattr(self._loaded(), "name", self._called)

    @property
    def revision(self) -> str:
        return getattr(self._loaded(), "revision", "")

    @property
    def detail(self) -> Mapping[str, str]:
        """Device, dtype and the reason for the choice, where the writer knows them."""
        return getattr(self._loaded(), "detail", {})

    @property
    def reads_prompts(self) -> bool:
        return getattr(self._loaded(), "reads_prompts", True)

    def write(self, request: WriteRequest) -> WriterReply:
        try:
            writer = self.load()
        except NotReady as error:
            raise WriterUnavailable(error.message, error.remedy) from error
        return writer.write(replace(request, timeout_s=self._timeout_s))


def load_writer(model: str, name: str | None = None, key: str | None = None, number_format: str = "auto") -> Writer:
    """What HOLDFAST_MODEL means: an address, `house` for the model that ships, a folder, else a hub id.

    `name` and `key` are for servers, `number_format` for local weights.

    Raises NotReady, with the remedy, when there is no such model or it is incomplete; InputError for a bad address.
    """
    from agent.writers.endpoint import is_url, read_endpoint

    if is_url(model):
        from agent.writers.openai_compatible import EndpointWriter

        return EndpointWriter(read_endpoint(model, name, key))
    if model == HOUSE_MODEL or (Path(model) / "holdfast.json").is_file():
        from agent.writers.house import WEIGHTS, load_house

        return load_house(WEIGHTS if model == HOUSE_MODEL else Path(model))
    from agent.writers.chat_model import ChatModelWriter
    from agent.writers.huggingface import LocalChatModel

    chat = LocalChatModel.load(model, number_format=number_format)
    return ChatModelWriter(chat, name=Path(model).name, revision=chat.detail.get("revision", ""), detail=chat.detail)


def composer() -> Writer:
    """The last rung of every ladder."""
    from agent.writers.composer import Composer

    return Composer()


def foreign_to(template: str, sheet: FactSheet) -> bool:
    """Whether a template says what belongs to another situation of the phrasebook."""
    from agent.writers.house.clauses import strays

    return bool(strays(template, sheet).foreign)


def check_model(model: str) -> None:
    """As far as it can be told without loading it. Raises NotReady; a hub id is only met when it is loaded."""
    from agent.writers.house import WEIGHTS
    from agent.writers.model_folder import check_folder, is_folder

    if model == HOUSE_MODEL or is_folder(model):
        check_folder(str(WEIGHTS) if model == HOUSE_MODEL else model)


def model_server(settings: Settings) -> ModelServer | None:
    """What the server at HOLDFAST_MODEL has; None when HOLDFAST_MODEL is no address.

    Raises WriterUnavailable, NotReady or InputError, whichever would keep it from writing.
    """
    from agent.writers.endpoint import is_url, models_at, only_model, read_endpoint

    if settings.model is None or not is_url(settings.model):
        return None
    key = settings.model_key.get_secret_value() if settings.model_key else None
    endpoint = read_endpoint(settings.model, settings.model_name, key)
    return ModelServer(endpoint.base_url, only_model(endpoint, DOCTOR_S), models_at(endpoint, DOCTOR_S))


@dataclass(frozen=True, slots=True)
class ModelServer:
    """`model` is the one that would write; `models` are all that the server lists."""

    base_url: str
    model: str
    models: tuple[str, ...]
