"""A trained model as a folder: readable files, no pickles, whole or not there at all.

manifest.json says what the model is, what it read and what it was trained on; model.json (and boosters) hold its
numbers. A folder is written under another name and renamed when it is complete, so that a killed training leaves
nothing half-written and an old model stays until the new one stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.calibrate import Calibration
from scoring.errors import ModelMismatch
from scoring.models import family
from scoring.models.base import Floats, RiskModel
from scoring.records import RiskBand

#: Raised whenever a folder written by older code could be misread.
FORMAT = 1
LIBRARIES = ("numpy", "pandas", "scikit-learn", "lightgbm", "torch")


@dataclass(frozen=True)
class Manifest:
    """What a model folder says about itself.

    `kind` is "table" or "events"; `window` is the time span of the data, ISO dates, None for a plain table; `kept` are
    refused columns that were kept on the caller's word, which stamps every score.
    """

    model: str
    kind: str
    features: tuple[str, ...]
    positive: str
    rows: int
    base_rate: float
    calibration: Calibration
    medium_from: float
    high_from: float
    verdict: str
    stamp: str = ""
    label: str | None = None
    id_column: str | None = None
    as_of: str | None = None
    window: tuple[str, str] | None = None
    definition: dict[str, Any] | None = None
    families: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    seed: int = 0
    format: int = FORMAT
    libraries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """A model with its calibration folded in: what it gives is what is served."""

    model: RiskModel
    manifest: Manifest

    def contributions(self, X: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        return self.manifest.calibration.contributions(*self.model.contributions(X))

    def logit(self, X: pd.DataFrame) -> Floats:
        return self.manifest.calibration.logit(self.model.logit(X))

    def band(self, probability: float) -> RiskBand:
        if probability >= self.manifest.high_from:
            return RiskBand.HIGH
        return RiskBand.MEDIUM if probability >= self.manifest.medium_from else RiskBand.LOW


def save_trained(trained: Trained, folder: Path) -> Trained:
    """Write model and manifest into `folder`; give the model back with its stamp, a hash of what was written."""
    trained.model.save(folder)
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.glob("*")):
        if path.name == "model.json" or path.name.startswith("booster-"):
            digest.update(path.read_bytes())
    digest.update(repr(trained.manifest.calibration).encode())
    stamp = f"{trained.manifest.model}-{digest.hexdigest()}"
    if trained.manifest.kept:
        stamp += "-kept-refused-columns"
    manifest = Manifest(**{**_fields(trained.manifest), "stamp": stamp, "libraries": _versions()})
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    return Trained(trained.model, manifest)


def load_trained(folder: str | Path) -> Trained:
    """The model in a folder. Raises ModelMismatch when there is none, or one of another format."""
    folder = Path(folder)
    path = folder / "manifest.json"
    if not path.exists():
        raise ModelMismatch(f"There is no model in {folder}.", "Train one first: holdfast train.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["format"]
    except (ValueError, KeyError, OSError) as error:
        raise ModelMismatch(f"The model in {folder} is damaged: {error}.", "Train it again.") from error
    if version != FORMAT:
        text = f"The model in {folder} has format {version}; this version of Holdfast reads format {FORMAT}."
        raise ModelMismatch(text, "Train it again with this version.")
    try:
        manifest = Manifest(**{
            **data,
            "calibration": Calibration(**data["calibration"]),
            "features": tuple(data["features"]),
            "families": tuple(data["families"]),
            "dropped": tuple(data["dropped"]),
            "kept": tuple(data["kept"]),
            "window": tuple(data["window"]) if data["window"] else None,
        })  # fmt: skip
    except (TypeError, KeyError) as error:
        raise ModelMismatch(f"The model in {folder} is damaged: {error}.", "Train it again.") from error
    return Trained(family(manifest.model).load(folder), manifest)


@contextlib.contextmanager
def whole_folder(out: str | Path) -> Iterator[Path]:
    """A new folder that takes the place of `out` when the block ends well, and vanishes when it does not."""
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise ModelMismatch(f"{out} is a file, not a folder.", "Choose another --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").exists():
        raise ModelMismatch(f"{out} holds other files than a model.", "Choose an empty or a new folder for --out.")
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.parent / f".{out.name}.{uuid.uuid4().hex[:8]}.new"
    new.mkdir()
    try:
        yield new
        _take_place(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _take_place(new: Path, out: Path) -> None:
    if not out.exists():
        new.rename(out)
        return
    old = out.parent / f".{out.name}.{uuid.uuid4().hex[:8]}.old"
    out.rename(old)
    try:
        new.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__dataclass_fields__}


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in LIBRARIES}
