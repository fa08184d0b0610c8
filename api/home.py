"""Where things lie in the home folder. One record, so that no path is written twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.errors import NotReady


@dataclass(frozen=True, slots=True)
class Home:
    root: Path

    @property
    def database(self) -> Path:
        return self.root / "holdfast.db"

    @property
    def events(self) -> Path:
        return self.root / "events"

    @property
    def index(self) -> Path:
        return self.root / "chroma"

    @property
    def policies(self) -> Path:
        return self.root / "policies"

    @property
    def scorer(self) -> Path:
        return self.root / "models" / "churn"

    @property
    def tiny_writer(self) -> Path:
        return self.root / "models" / "tiny-writer"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def brand(self) -> Path:
        return self.root / "brand.toml"

    @property
    def overrides(self) -> Path:
        return self.root / "overrides"

    def require(self) -> None:
        """Raises NotReady when this is no home yet."""
        if not self.brand.is_file():
            raise NotReady(f"{self.root} has no brand.toml yet", "run: holdfast init, or try: holdfast demo")
