"""A local Hugging Face chat model: a folder or a hub id, loaded with transformers, seen as a LangChain chat model.

Takes messages, gives one reply with its token counts. Nothing is downloaded unless the user named a hub id and the hub
is not switched off. What device and number format were chosen, and why, is kept for the stamp on every draft. On a GPU
many requests are decoded at once (`batching.py`); elsewhere one after the other. Where a grammar engine is there
(`constrain.py`), an answer to a sheet can hold no digit, no brace and no slot but those of that sheet.
"""

from __future__ import annotations

import importlib.util
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, PrivateAttr

from agent.domain import FactSheet
from agent.errors import NotReady, PromptTooLong, WriterUnavailable
from agent.writers.batching import MOST, Batcher
from agent.writers.constrain import Follower, GrammarEngine, GrammarMask, engine_for
from agent.writers.grammar import grammar_of
from agent.writers.model_folder import check_folder, fingerprint, is_folder, offline

ROLES = {"human": "user", "ai": "assistant", "system": "system"}
FORMATS = ("auto", "bf16", "fp8", "4bit")
CHINESE = "您好，感谢您一直以来的光临，这张八折券请在九月三十日前使用，祝您生活愉快。"
LEAST_ROOM = 0.5
"""Share of the asked length that must be left in the window; with less the message would be cut."""
NO_LIMIT = 1_000_000
OPENS_THOUGHT = "<think>"
"""The end of a prompt whose template begins the thought itself."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model runs and in which number format, and why."""

    device: str
    dtype: str
    because: str


def choose_placement(device: str = "auto") -> Placement:
    """cuda in bfloat16, else Apple's mps in float16, else the processor in float32."""
    import torch

    if device in ("auto", "cuda") and torch.cuda.is_available():
        half = torch.cuda.is_bf16_supported()
        name = torch.cuda.get_device_name(0)
        return Placement("cuda", "bfloat16" if half else "float16", f"a GPU is there ({name})")
    if device in ("auto", "mps") and torch.backends.mps.is_available():
        return Placement("mps", "float16", "an Apple GPU is there")
    if device not in ("auto", "cpu"):
        raise NotReady(f"The device “{device}” was asked for and is not there.", "Use auto or cpu.")
    why = "it was asked for" if device == "cpu" else "no GPU was found"
    return Placement("cpu", "float32", f"{why}; float32 because most processors are slow in half precision")


def quantised(number_format: str, placement: Placement) -> dict[str, Any]:
    """What from_pretrained needs for a smaller number format; nothing for the plain ones.

    Raises NotReady for a format that this machine or installation cannot have.
    """
    if number_format not in FORMATS:
        raise NotReady(f"“{number_format}” is no number format for a model.", f"Use one of {', '.join(FORMATS)}.")
    if number_format in ("auto", "bf16"):
        return {}
    if placement.device != "cuda":
        raise NotReady(f"{number_format} needs a GPU, and none is used here.", "Leave HOLDFAST_MODEL_FORMAT at auto.")
    import transformers

    if number_format == "fp8":
        return {"quantization_config": transformers.FineGrainedFP8Config(), "device_map": placement.device}
    if importlib.util.find_spec("bitsandbytes") is None:
        raise NotReady("4-bit weights need the package bitsandbytes.", "pip install bitsandbytes")
    four = transformers.BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=placement.dtype)
    return {"quantization_config": four, "device_map": placement.device}


class LocalChatModel(BaseChatModel):
    """A causal language model with a chat template. Make it with `LocalChatModel.load`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    where: str
    temperature: float = 0.7
    top_p: float = 0.95
    placement: Placement
    revision: str = ""
    knows_requests: bool = True
    grammar: str = "off"
    _tokenizer: Any = PrivateAttr()
    _model: Any = PrivateAttr()
    _lock: Any = PrivateAttr(default_factory=threading.Lock)
    _batcher: Any = PrivateAttr(default=None)
    _engine: GrammarEngine | None = PrivateAttr(default=None)

    @classmethod
    def load(
        cls, where: str, device: str = "auto", revision: str | None = None, number_format: str = "auto"
    ) -> LocalChatModel:
        """Raises NotReady, with the remedy, when the folder is missing, half-copied or has no chat template."""
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # stderr belongs to the command that asked
        placement = choose_placement(device)
        folder = is_folder(where)
        if folder:
            check_folder(where)
        options: dict[str, Any] = {"local_files_only": folder or offline()}
        if revision and not folder:
            options["revision"] = revision
        smaller = quantised(number_format, placement)
        try:
            tokenizer = AutoTokenizer.from_pretrained(where, **options)
            model = AutoModelForCausalLM.from_pretrained(where, dtype=placement.dtype, **smaller, **options)
        except Exception as error:  # whatever the libraries raise on a folder that is not right means the same
            raise _cannot_load(where, folder, error) from error
        if not getattr(tokenizer, "chat_template", None):
            raise NotReady(f"The model {where} has no chat template.", "Take an “instruct” or “chat” model.")
        if not smaller:  # a quantised model was put where it belongs while it was loaded
            model.to(placement.device)
        model.eval()
        exact = fingerprint(where) if folder else getattr(model.config, "_commit_hash", None) or revision or ""
        chat = cls(where=where, placement=placement, revision=exact)
        chat._tokenizer, chat._model = tokenizer, model
        chat._engine, chat.grammar = engine_for(tokenizer, _width(model), chat._end_ids())
        if placement.device == "cuda":
            chat._batcher = chat.batcher()
        return chat

    def batcher(self, most: int = MOST, **engine: Any) -> Batcher:
        """A queue over the library's continuous batching, with this model's way of sampling."""
        from transformers import GenerationConfig

        from agent.writers.paged_engine import PagedEngine

        generation = GenerationConfig(
            do_sample=self.temperature > 0,
            temperature=self.temperature if self.temperature > 0 else None,
            top_p=self.top_p if self.temperature > 0 else None,
            eos_token_id=sorted(self._end_ids()),
            pad_token_id=self._pad_id(),
        )
        width = self._engine.width if self._engine is not None else None
        return Batcher(PagedEngine(self._model, generation, most, grammar_width=width, **engine), most)

    @property
    def tokenizer(self) -> Any:
        return self._tokenizer

    @property
    def detail(self) -> Mapping[str, str]:
        place = self.placement
        found = {
            "model": self.where,
            "revision": self.revision,
            "device": place.device,
            "dtype": place.dtype,
            "because": place.because,
            "grammar": self.grammar,
        }
        if (lost := self.chinese_lost) > 0:
            found["chinese"] = f"the tokenizer loses {lost:.0%} of a Chinese sentence"
        return found

    @property
    def window(self) -> int | None:
        """Tokens that prompt and answer may have together; None where the model names no limit."""
        config = getattr(self._model.config, "text_config", None) or self._model.config
        names = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
        told = [getattr(config, name, None) for name in names] + [getattr(self._tokenizer, "model_max_length", None)]
        limits = [int(limit) for limit in told if isinstance(limit, int | float) and 0 < limit < NO_LIMIT]
        return min(limits, default=None)

    @cached_property
    def chinese_lost(self) -> float:
        """Share of a Chinese sentence that does not come back from the tokenizer: 0 is right, 1 is none of it."""
        tokens = self._tokenizer.encode(CHINESE, add_special_tokens=False)
        back = Counter(self._tokenizer.decode(tokens, skip_special_tokens=True))
        return 1 - sum((Counter(CHINESE) & back).values()) / len(CHINESE)

    @property
    def _llm_type(self) -> str:
        return "holdfast-local"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """One reply. `seed`, `max_tokens`, `timeout`, `urgent`, `sheet` as in a WriteRequest.

        In a batch the seed has no say. Without a sheet, or without a grammar engine, the words are free.
        """
        import torch

        del run_manager
        seconds, sheet = float(kwargs.get("timeout", 60.0)), kwargs.get("sheet")
        if self._batcher is not None:
            room, urgent = int(kwargs.get("max_tokens", 400)), bool(kwargs.get("urgent", True))
            return self._in_a_batch(messages, seconds, room, urgent, sheet)
        with self._lock, torch.inference_mode(), torch.random.fork_rng():
            torch.manual_seed(int(kwargs.get("seed", 0)))
            inputs = self._inputs(messages)
            length = inputs["input_ids"].shape[1]
            started = time.monotonic()
            options = self._options(stop, seconds, self._room(length, int(kwargs.get("max_tokens", 400))))
            if (follower := self._follower(sheet, inputs["input_ids"][0])) is not None:
                options["logits_processor"] = [GrammarMask([follower], length)]
            output = self._model.generate(**inputs, **options)[0, length:]
        ended = bool(len(output)) and (int(output[-1]) in self._end_ids() or bool(stop))
        if not ended and time.monotonic() - started >= seconds:
            raise WriterUnavailable(
                f"The model {self.where} was not done in {seconds:.0f} seconds.", "Give it more time."
            )
        text = self._tokenizer.decode(output, skip_special_tokens=True)
        for mark in stop or ():
            text = text.split(mark)[0]
        return _result(text, length, len(output), ended)

    def _room(self, length: int, wanted: int) -> int:
        """How long the answer may be. Beyond its window a model writes nonsense, or breaks off the process."""
        if self.window is None:
            return wanted
        left = self.window - length
        if left < wanted * LEAST_ROOM:
            raise PromptTooLong(
                f"The prompt has {length} tokens and the model {self.where} takes {self.window}, answer included.",
                "Take a model with a larger window.",
            )
        return min(wanted, left)

    def _inputs(self, messages: Sequence[BaseMessage]) -> Any:
        """Ids by the model's own template. Templates without a system role get its words in front of the first turn."""
        turns = [{"role": ROLES[message.type], "content": str(message.content)} for message in messages]
        options: dict[str, Any] = {"add_generation_prompt": True, "return_tensors": "pt", "return_dict": True}
        try:
            inputs = self._tokenizer.apply_chat_template(turns, enable_thinking=False, **options)
        except Exception:  # jinja's own error class; any template that refuses gets the plainer turns
            inputs = self._tokenizer.apply_chat_template(_without_system(turns), **options)
        return inputs.to(self.placement.device)

    def _follower(self, sheet: FactSheet | None, prompt: Any) -> Follower | None:
        """What holds one answer to its sheet; None where the words are free."""
        if self._engine is None or sheet is None:
            return None
        end = self._tokenizer.decode(prompt[-16:], skip_special_tokens=False)
        return self._engine.follower(grammar_of(sheet, thinking=end.rstrip().endswith(OPENS_THOUGHT)))

    def _in_a_batch(
        self, messages: Sequence[BaseMessage], seconds: float, room: int, urgent: bool, sheet: FactSheet | None
    ) -> ChatResult:
        prompt = self._inputs(messages)["input_ids"][0].tolist()
        follow = partial(self._follower, sheet, prompt)
        tokens = list(self._batcher.ask(prompt, self._room(len(prompt), room), seconds, urgent, follow=follow))
        ended = bool(tokens) and tokens[-1] in self._end_ids()
        text = self._tokenizer.decode(tokens, skip_special_tokens=True)
        return _result(text, len(prompt), len(tokens), ended)

    def _options(self, stop: list[str] | None, seconds: float, room: int) -> dict[str, Any]:
        from transformers import MaxTimeCriteria, StoppingCriteriaList

        options: dict[str, Any] = {
            "max_new_tokens": room,
            "do_sample": self.temperature > 0,
            "stopping_criteria": StoppingCriteriaList([MaxTimeCriteria(max_time=seconds)]),
            "pad_token_id": self._pad_id(),
        }
        if self.temperature > 0:
            options |= {"temperature": self.temperature, "top_p": self.top_p}
        if stop:
            options |= {"stop_strings": stop, "tokenizer": self._tokenizer}
        return options

    def _end_ids(self) -> frozenset[int]:
        ends = self._model.generation_config.eos_token_id
        if ends is None:
            ends = self._tokenizer.eos_token_id
        return frozenset(ends if isinstance(ends, list) else [ends])

    def _pad_id(self) -> int | None:
        pad = self._tokenizer.pad_token_id
        return pad if pad is not None else next(iter(self._end_ids()))


def _width(model: Any) -> int:
    """How many scores the model gives: often more than its tokenizer has tokens."""
    return int(model.get_output_embeddings().weight.shape[0])


def _without_system(turns: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    system = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
    rest = [dict(turn) for turn in turns if turn["role"] != "system"]
    if system and rest:
        rest[0]["content"] = f"{system}\n\n{rest[0]['content']}"
    return rest


def _result(text: str, tokens_in: int, tokens_out: int, ended: bool) -> ChatResult:
    message = AIMessage(
        text.strip(),
        usage_metadata={
            "input_tokens": tokens_in,
            "output_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
        response_metadata={"finish_reason": "stop" if ended else "length"},
    )
    return ChatResult(generations=[ChatGeneration(message=message)])


def _cannot_load(where: str, folder: bool, error: Exception) -> NotReady:
    first = str(error).strip().split("\n")[0][:300]
    if "does not recognize this architecture" in str(error) or ("model type" in first and "recogni" in first):
        remedy = "Update transformers, or serve the model elsewhere (vLLM, llama.cpp) and give its URL."
    elif "Unrecognized configuration class" in str(error):
        first = "it is no model that writes on from a prompt (a causal language model)"
        remedy = "Take an “instruct” or “chat” model."
    elif folder:
        remedy = "Copy the folder again, or update transformers if the model is newer than it."
    elif offline():
        remedy = "The hub is switched off (HF_HUB_OFFLINE); give a folder, or download the model once with it on."
    else:
        remedy = "Check the hub id and the network, or give a folder."
    return NotReady(f"The model {where} cannot be loaded: {first}", remedy)
