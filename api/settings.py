"""What an operator may set, checked at start. File < environment < option; every name begins with HOLDFAST_."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.chat_url import ChatAccount, read_chat_url
from agent.dkim_key import DkimKey, read_dkim_key
from agent.errors import InputError
from agent.push_url import PushAccount, read_push_url
from agent.reach import AllowList, read_allow_list
from agent.robot_url import RobotAccount, read_robot_url
from agent.sms_url import SmsAccount, read_sms_urls
from agent.smtp_url import SmtpServer, read_smtp_url
from agent.webhooks import read_secrets, read_webhook_url
from api.secret import named_secrets


@dataclass(frozen=True, slots=True)
class Gateway:
    """The firm's own gateway. Neither its address, which may hold a key, nor the secrets are in its repr."""

    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)


class Settings(BaseSettings):
    """Few on purpose. What a marketer changes lives in TOML files in the home folder instead."""

    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", env_file=".env", extra="ignore")

    home: Path = Field(Path("holdfast-home"), description="where database, index, models and outbox live")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in the home folder when unset")
    model: str | None = Field(
        None,
        description="hub id, folder or http(s)://host:port/v1 of a chat model, or house; the composer alone when unset",
    )
    model_format: str = Field("auto", description="auto, bf16, fp8 or 4bit: of local weights; the last two need a GPU")
    campaign_drafters: int = Field(
        1, ge=1, le=256, description="drafts of a campaign written at once: more for a GPU or a model server"
    )
    model_name: str | None = Field(None, description="which model, where the server at that URL has several")
    model_key: SecretStr | None = Field(None, description="the key that the server at that URL wants, if any")
    embedder: str | None = Field(
        None, description="hub id or folder of a multilingual embedding model for the policies; `none`: words alone"
    )
    ingest_max_mb: float = Field(50.0, gt=0, description="policy files larger than this are not read")
    writer_timeout_s: float = Field(60.0, gt=0, description="seconds a writer may take for one draft")
    holdout_share: float = Field(0.1, ge=0, le=1, description="share of customers who never get marketing")
    four_eyes_above: Decimal | None = Field(
        None,
        ge=0,
        description="campaigns that may spend more than this (major units) need a second person; unset: none",
    )
    hosts: str = Field("", description="host names that `serve` answers to besides this machine's own, comma-separated")
    rate_limit: str = Field("1200/minute", description="requests that one key or person may make over HTTP")
    drafters: int = Field(2, ge=1, le=64, description="drafts that are written at the same time by `serve`")
    live: bool = Field(False, description="real channels may be used, for those whom HOLDFAST_ALLOW names")
    allow: str = Field("", description="comma list of who may be reached: addresses, @domains, phones, customer ids, *")
    secret: SecretStr | None = Field(None, description="signs unsubscribe links; secret.key in the home when unset")
    smtp_url: SecretStr | None = Field(None, description="smtp://user:password@host:587?starttls=required, or smtps://")
    dkim_selector: str = Field("", description="signs mail: under this name the public key stands in DNS")
    dkim_domain: str = Field("", description="the domain that signs, the sender's own or one above it")
    dkim_key: Path | None = Field(None, description="file with the private RSA key in PEM that signs")
    sms_url: SecretStr | None = Field(None, description="aliyun://…, tencent://…, twilio://…: one a market")
    push_url: SecretStr | None = Field(None, description="fcm://?key=FILE or jpush://KEY:SECRET@: who carries app push")
    chat_url: SecretStr | None = Field(None, description="whatsapp://… or wecom://…: who carries chat messages")
    robot_url: SecretStr | None = Field(None, description="wecom://…, dingtalk://…, feishu://…: the staff's own group")
    webhook_url: SecretStr | None = Field(None, description="the firm's own gateway for sms, push, chat and e-mail")
    webhook_secret: SecretStr | None = Field(None, description="whsec_… that signs for it; several while changing it")
    codes_url: SecretStr | None = Field(None, description="where the shop's till takes new coupon codes, signed alike")

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """What HOLDFAST_SECRET names, newest first; empty when the home's own file is used."""
        return named_secrets(self.secret.get_secret_value() if self.secret else "")

    @cached_property
    def allow_list(self) -> AllowList:
        return read_allow_list(self.allow)

    @cached_property
    def smtp_server(self) -> SmtpServer | None:
        return read_smtp_url(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @cached_property
    def sms_accounts(self) -> tuple[SmsAccount, ...]:
        return read_sms_urls(self.sms_url.get_secret_value()) if self.sms_url else ()

    @cached_property
    def push(self) -> PushAccount | None:
        return read_push_url(self.push_url.get_secret_value()) if self.push_url else None

    @cached_property
    def chat(self) -> ChatAccount | None:
        return read_chat_url(self.chat_url.get_secret_value()) if self.chat_url else None

    @cached_property
    def robot(self) -> RobotAccount | None:
        return read_robot_url(self.robot_url.get_secret_value()) if self.robot_url else None

    @cached_property
    def dkim(self) -> DkimKey | None:
        return read_dkim_key(self.dkim_selector.strip(), self.dkim_domain.strip().strip("."), self.dkim_key)

    @cached_property
    def gateway(self) -> Gateway | None:
        if not self.webhook_url:
            return None
        secrets = read_secrets(self.webhook_secret.get_secret_value() if self.webhook_secret else "")
        return Gateway(read_webhook_url(self.webhook_url.get_secret_value()), secrets)

    @cached_property
    def till(self) -> Gateway | None:
        """Where new codes are registered; the secret is the webhook's."""
        if not self.codes_url:
            return None
        secrets = read_secrets(self.webhook_secret.get_secret_value() if self.webhook_secret else "")
        return Gateway(read_webhook_url(self.codes_url.get_secret_value()), secrets)


def read_settings(home: Path | None = None) -> Settings:
    """Raises InputError naming the variable that cannot be."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "HOLDFAST_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(f"{name}: {first['msg']}", "correct it in the environment or in .env") from error
    _check_sending(settings)
    return settings.model_copy(update={"home": home}) if home is not None else settings


def _check_sending(settings: Settings) -> None:
    """What real sending needs is read at start, not when the first message leaves. No message shows a password."""
    for name in SETTING_OF:
        try:
            getattr(settings, name)
        except InputError as error:
            raise InputError(f"{SETTING_OF[name]}: {error.message}", error.remedy) from None


SETTING_OF = {
    "secrets": "HOLDFAST_SECRET",
    "allow_list": "HOLDFAST_ALLOW",
    "smtp_server": "HOLDFAST_SMTP_URL",
    "sms_accounts": "HOLDFAST_SMS_URL",
    "push": "HOLDFAST_PUSH_URL",
    "chat": "HOLDFAST_CHAT_URL",
    "robot": "HOLDFAST_ROBOT_URL",
    "dkim": "HOLDFAST_DKIM_SELECTOR, HOLDFAST_DKIM_DOMAIN, HOLDFAST_DKIM_KEY",
    "gateway": "HOLDFAST_WEBHOOK_URL, HOLDFAST_WEBHOOK_SECRET",
    "till": "HOLDFAST_CODES_URL, HOLDFAST_WEBHOOK_SECRET",
}
