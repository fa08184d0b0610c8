"""What an operator may set, checked at start. File < environment < option; every name begins with HOLDFAST_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.errors import InputError


class Settings(BaseSettings):
    """Few on purpose. What a marketer changes lives in TOML files in the home folder instead."""

    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", env_file=".env", extra="ignore")

    home: Path = Field(Path("holdfast-home"), description="where database, index, models and outbox live")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in the home folder when unset")
    model: str | None = Field(
        None, description="hub id, folder or http(s)://host:port/v1 of a chat model; the composer alone when unset"
    )
    model_name: str | None = Field(None, description="which model, where the server at that URL has several")
    model_key: SecretStr | None = Field(None, description="the key that the server at that URL wants, if any")
    writer_timeout_s: float = Field(60.0, gt=0, description="seconds a writer may take for one draft")
    holdout_share: float = Field(0.1, ge=0, le=1, description="share of customers who never get marketing")
    hosts: str = Field("", description="host names that `serve` answers to besides this machine's own, comma-separated")
    rate_limit: str = Field("1200/minute", description="requests that one key or person may make over HTTP")
    drafters: int = Field(2, ge=1, le=64, description="drafts that are written at the same time by `serve`")
    live: bool = Field(False, description="a real channel may be used; the default installation only has the sink")


def read_settings(home: Path | None = None) -> Settings:
    """Raises InputError naming the variable that cannot be."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "HOLDFAST_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(f"{name}: {first['msg']}", "correct it in the environment or in .env") from error
    return settings.model_copy(update={"home": home}) if home is not None else settings
