"""The house model as a Writer: several samples at once, those that stray from their situation left out, the likeliest
of the rest taken.

Takes requests, gives replies. When every sample strays the model has nothing to say here and its turn passes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from agent.domain import WriteRequest, WriterReply
from agent.errors import NotReady, WriterUnavailable
from agent.voice import avoids, voice_of
from agent.writers.house.clauses import Strays, strays
from agent.writers.house.dialect import control_messages
from agent.writers.house.mask import HouseMask, Vocabulary
from agent.writers.house.threads import one_thread
from agent.writers.model_folder import check_folder
from agent.writers.wishes import broken

NAME = "holdfast-house"
WEIGHTS = Path(str(files("agent.writers.house"))) / "weights"
SAMPLES, TEMPERATURE, TOP_P = 3, 0.7, 0.95


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of the model. `likelihood` is the mean log-probability of its tokens, `ended` whether by itself.

    `disobeyed`: it says what a wish or the brand does not want.
    """

    text: str
    tokens: int
    likelihood: float
    ended: bool
    strays: Strays
    disobeyed: bool

    @property
    def fits(self) -> bool:
        return self.ended and not self.strays and not self.disobeyed


class HouseWriter:
    """A Writer over the house model's folder. Make it with `load_house`."""

    def __init__(self, model: Any, tokenizer: Any, facts: Mapping[str, Any]) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._vocabulary = Vocabulary.of(tokenizer)
        self._facts = facts
        self._lock = threading.Lock()
        self.detail: Mapping[str, str] = {"parameters": str(facts["parameters"]), "device": "cpu", "dtype": "float32"}

    reads_prompts = False

    @property
    def name(self) -> str:
        return NAME

    @property
    def revision(self) -> str:
        return str(self._facts["revision"])

    def write(self, request: WriteRequest) -> WriterReply:
        """The likeliest of SAMPLES answers that fit. Raises WriterUnavailable when none does."""
        (reply,) = self.write_all([request])
        if reply is None:
            raise WriterUnavailable(
                f"{NAME} wrote nothing that fits “{request.sheet.situation}” in {SAMPLES} samples.",
                "The next writer has its turn.",
            )
        return reply

    def write_all(self, requests: Sequence[WriteRequest], samples: int = SAMPLES) -> list[WriterReply | None]:
        """One batch: for each request the likeliest sample that fits, or None."""
        told = []
        for drawn in self.sample(requests, samples):
            fitting = [sample for sample in drawn if sample.fits]
            best = max(fitting, key=lambda sample: sample.likelihood, default=None)
            spent = sum(sample.tokens for sample in drawn)
            told.append(WriterReply(best.text, tokens_out=spent) if best else None)
        return told

    def sample(self, requests: Sequence[WriteRequest], samples: int) -> list[list[Sample]]:
        """`samples` answers to each request, drawn in one batch on one thread of its own at a time."""
        import torch

        asked = [(request.sheet, request.flags) for request in requests for _ in range(samples)]
        with self._lock, one_thread(), torch.inference_mode(), torch.random.fork_rng():
            torch.manual_seed(requests[0].seed)
            inputs = self._inputs(requests, samples)
            length = inputs["input_ids"].shape[1]
            output = self._model.generate(
                **inputs,
                do_sample=True,
                temperature=TEMPERATURE,
                top_p=TOP_P,
                max_new_tokens=max(request.max_tokens for request in requests),
                logits_processor=[HouseMask(self._vocabulary, asked)],
                pad_token_id=self._tokenizer.pad_token_id,
                output_scores=True,
                return_dict_in_generate=True,
            )
            steps = self._model.compute_transition_scores(output.sequences, output.scores, normalize_logits=True)
        drawn = [
            self._read(ids[length:].tolist(), scores.tolist(), asked[row])
            for row, (ids, scores) in enumerate(zip(output.sequences, steps, strict=True))
        ]
        return [drawn[start : start + samples] for start in range(0, len(drawn), samples)]

    def _inputs(self, requests: Sequence[WriteRequest], samples: int) -> Any:
        turns = [
            [{"role": message.role, "content": message.content} for message in control_messages(request)]
            for request in requests
            for _ in range(samples)
        ]
        return self._tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors="pt", return_dict=True, padding=True
        )

    def _read(self, ids: list[int], scores: list[float], asked: tuple[Any, Sequence[str]]) -> Sample:
        end = self._tokenizer.eos_token_id
        ended = end in ids
        count = ids.index(end) + 1 if ended else len(ids)
        text = self._tokenizer.decode(ids[: count - ended], skip_special_tokens=True)
        sheet, flags = asked
        wished = broken(text, sheet.language, flags) is None
        disobeyed = not wished or avoids(text, voice_of(sheet.brand, sheet.language))
        return Sample(text, count, sum(scores[:count]) / max(1, count), ended, strays(text, sheet), disobeyed)


def load_house(folder: Path = WEIGHTS) -> HouseWriter:
    """The shipped weights, or those of a folder. Raises NotReady when there is no house model in it, or half of one."""
    facts = _facts(folder)
    check_folder(str(folder))
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # stderr belongs to the command that asked
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, padding_side="left")
        model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype="float32").eval()
        return HouseWriter(model, tokenizer, facts)
    except Exception as error:  # whatever the libraries raise on a folder that is not right means the same
        first = str(error).strip().split("\n")[0][:300]
        raise NotReady(f"The house model in {folder} cannot be loaded: {first}", "Copy the folder again.") from error


def _facts(folder: Path) -> Mapping[str, Any]:
    try:
        facts: Mapping[str, Any] = json.loads((folder / "holdfast.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise NotReady(f"There is no house model in {folder}.", "Train it: make house.") from error
    return facts
