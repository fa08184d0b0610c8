"""Is this folder a whole Hugging Face model? Looks at the files only; needs no torch and no transformers."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path
from typing import Any

from agent.errors import NotReady

LFS_POINTER = b"version https://git-lfs"
BY_URL = "Then give its URL: HOLDFAST_MODEL=http://127.0.0.1:8080/v1."


def offline() -> bool:
    """Whether the user switched the hub off."""
    return any(
        os.environ.get(name, "").lower() in ("1", "true", "yes") for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    )


def is_folder(where: str) -> bool:
    """A path on this machine, there or not, rather than a hub id (`name` or `owner/name`)."""
    path = Path(where).expanduser()
    looks_like_a_path = where.startswith((".", "/", "~")) or where.count("/") > 1 or "\\" in where
    return path.exists() or looks_like_a_path


def check_folder(where: str) -> None:
    """Raises NotReady, naming what is missing or cut short."""
    folder = Path(where).expanduser()
    if not folder.is_dir():
        raise NotReady(f"There is no model folder {where}.", "Check the path in HOLDFAST_MODEL.")
    if not (folder / "config.json").is_file():
        if list(folder.glob("*.gguf")):
            raise NotReady(f"The folder {where} holds GGUF weights.", f"Serve them (llama.cpp, Ollama). {BY_URL}")
        raise NotReady(f"The folder {where} has no config.json, so it is no model.", "Give the model's own folder.")
    _read_json(folder / "config.json")
    if not any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json")):
        raise NotReady(f"The folder {where} has no tokenizer.", "Copy the whole model folder.")
    for weights in _weights(folder, where):
        _check_whole(weights)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotReady(f"{path} is no JSON: it was copied in part.", "Copy the file again.") from error


def fingerprint(where: str) -> str:
    """Names these weights well enough to tell two apart: a hash of the settings and of each file's name and size."""
    folder = Path(where).expanduser()
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for weights in sorted(folder.glob("*.safetensors")):
        digest.update(f"{weights.name}:{weights.stat().st_size}".encode())
    return digest.hexdigest()[:12]


def _weights(folder: Path, where: str) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = sorted(set(_read_json(index)["weight_map"].values()))
        missing = [name for name in names if not (folder / name).is_file()]
        if missing:
            raise NotReady(f"The folder {where} lacks {missing[0]}: it was copied in part.", "Copy it again.")
        return [folder / name for name in names]
    found = sorted(folder.glob("*.safetensors"))
    if not found and list(folder.glob("*.bin")):
        raise NotReady(
            f"The folder {where} has its weights as *.bin (pickle), which can hold code.",
            "Take the model's *.safetensors, or convert it.",
        )
    if not found:
        raise NotReady(f"The folder {where} has no weights (*.safetensors).", "Copy the whole model folder.")
    return found


def _check_whole(weights: Path) -> None:
    """A safetensors file says in its header where its last tensor ends; a shorter file was cut off in copying."""
    size = weights.stat().st_size
    with weights.open("rb") as file:
        head = file.read(8)
        if head == LFS_POINTER[:8]:
            raise NotReady(f"{weights} is a Git LFS pointer, not the weights.", "In the folder: git lfs pull.")
        length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        try:
            header = json.loads(file.read(length)) if 0 < length < size else {}
        except (UnicodeDecodeError, json.JSONDecodeError):
            header = {}
    ends = [row["data_offsets"][1] for name, row in header.items() if name != "__metadata__"]
    if not ends or 8 + length + max(ends) != size:
        raise NotReady(f"{weights} is not whole: it was copied in part.", "Copy the file again.")
