"""Where things lie in the home folder. One record, so that no path is written twice."""

from __future__ import annotations

import hashlib
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
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def imports(self) -> Path:
        """Which events each import added, so that it can be taken back."""
        return self.root / "imports"

    @property
    def daily(self) -> Path:
        """What the last `holdfast daily` did, with its alerts."""
        return self.root / "daily.json"

    @property
    def taken_in(self) -> Path:
        """Which files `holdfast daily` has imported already."""
        return self.root / "taken-in.json"

    @property
    def wecom_cursors(self) -> Path:
        """Up to where WeCom's messages were read, by account."""
        return self.root / "wecom-cursors.json"

    @property
    def brand(self) -> Path:
        return self.root / "brand.toml"

    @property
    def templates(self) -> Path:
        """The texts that carriers approved."""
        return self.root / "templates.toml"

    @property
    def secret(self) -> Path:
        return self.root / "secret.key"

    @property
    def overrides(self) -> Path:
        return self.root / "overrides"

    def own_files(self) -> dict[str, str]:
        """Every file that takes the place of ours → the first half of its SHA-256: part of every case's trace."""
        found = sorted(path for path in self.overrides.rglob("*") if path.is_file()) if self.overrides.is_dir() else []
        return {
            path.relative_to(self.overrides).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:32]
            for path in found
        }

    def require(self) -> None:
        """Raises NotReady when this is no home yet."""
        if not self.brand.is_file():
            raise NotReady(f"{self.root} has no brand.toml yet", "run: holdfast init, or try: holdfast demo")
