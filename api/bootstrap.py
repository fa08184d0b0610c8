"""The only place that builds things: store, event log, index, channels, the ladder of writers, and the house of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.domain import Brand, Channel, Money
from agent.errors import InputError, NotReady
from agent.mail_stamp import MailStamp
from agent.money import to_minor
from agent.ports import Clock, DeliveryChannel, Writer
from agent.reach import Reach
from agent.unsubscribe import Unsubscriber
from api.brand_file import read_brand
from api.clock import FixedClock, SystemClock
from api.home import Home
from api.model_writers import HOUSE_MODEL, OnDemandWriter, composer, load_writer
from api.secret import installation_secrets
from api.sending import Carrier, configured, providers, reach_of
from api.settings import Settings, read_settings
from api.terminal import Call

if TYPE_CHECKING:
    from agent.adapters.channels.chat.wecom_api import WeComApi
    from agent.adapters.channels.chat.wecom_inbox import WeComInbox
    from agent.adapters.channels.dkim_signature import DkimSigner
    from agent.adapters.channels.sms.carrier import Provider, SmsCarrier
    from agent.adapters.channels.smtp import SmtpChannel
    from agent.adapters.channels.webhook import WebhookChannel
    from agent.adapters.robots import Robot
    from agent.adapters.store import SqlStore
    from agent.adapters.store.dump import Dumped
    from agent.adapters.till import TillWebhook
    from agent.catalogue import Catalogue
    from agent.channels import ProviderRules, Templates
    from agent.house import House
    from agent.push_url import PushAccount
    from agent.sms_url import SmsAccount
    from knowledge.index import PolicyIndex
    from knowledge.retrieve import HybridRetriever
    from scoring.event_log import EventLog


@dataclass
class Workshop:
    """One home folder, opened. Each part is built when it is first asked for, because some are heavy."""

    home: Home
    settings: Settings
    clock: Clock
    seed: int = 0
    outbox: Path | None = None

    @cached_property
    def brand(self) -> Brand:
        self.home.require()
        return read_brand(self.home.brand)

    @cached_property
    def store(self) -> SqlStore:
        from agent.adapters.store import SqlStore
        from agent.adapters.store.engine import is_empty, open_engine, require_current_schema

        brand = self.brand  # a home without a brand gets no database
        engine = open_engine(self.database_url)
        if is_empty(engine):  # nothing is there that an upgrade could harm
            self.upgrade()
        require_current_schema(engine)
        return SqlStore(engine, brand.id)

    @property
    def database_url(self) -> str:
        return self.settings.database_url or f"sqlite:///{self.home.database}"

    def upgrade(self) -> None:
        """Bring the database to this version's schema, from nothing or from an older one."""
        from agent.adapters.store.engine import open_engine, upgrade

        self.home.require()
        upgrade(open_engine(self.database_url))

    def dump(self, folder: Path) -> Dumped:
        """The rows of this brand as of one moment, as lines; works on an older schema as well."""
        from agent.adapters.store.dump import dump
        from agent.adapters.store.engine import open_engine

        return dump(open_engine(self.database_url), self.brand.id, folder)

    @cached_property
    def log(self) -> EventLog:
        from scoring.event_log import EventLog

        return EventLog(self.home.events)

    @cached_property
    def index(self) -> PolicyIndex:
        from knowledge.embed.choice import Embedders
        from knowledge.index import PolicyIndex

        return PolicyIndex(self.home.index, Embedders(self.settings.embedder))

    @cached_property
    def retriever(self) -> HybridRetriever:
        from knowledge.retrieve import HybridRetriever

        return HybridRetriever(self.index)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The offers, with a budget in the ledger for each that costs money."""
        from agent.catalogue import load_catalogue

        catalogue = load_catalogue(self.brand.currency, self.home.root)
        for offer in catalogue.offers.values():
            known = self.store.ledger.budget(f"offer:{offer.id}")
            if offer.is_money and (known is None or known.amount != offer.budget):
                self.store.ledger.set_budget(f"offer:{offer.id}", offer.budget)
        return catalogue

    def write_with(self, model: str) -> None:
        """This model on the first rung, loaded now: whoever names one wants it, or a word why not. Raises NotReady."""
        self.settings.model = model
        if isinstance(first := self.writers[0], OnDemandWriter):
            first.load()

    @cached_property
    def writers(self) -> tuple[Writer, ...]:
        """The ladder: the configured model first, the composer last."""
        from agent.writers.composer import Composer

        model = self.settings.model
        return (*([self.model_writer(model)] if model else []), Composer())

    @cached_property
    def contestants(self) -> tuple[Writer, ...]:
        """Everybody who can write here, for the page where people compare: loaded once, when somebody first asks."""
        ready: list[Writer] = [composer()]
        for model in dict.fromkeys((HOUSE_MODEL, self.settings.model)):
            if model is not None:
                try:
                    own = model == self.settings.model
                    ready.append(self.model_writer(model).met() if own else load_writer(model))
                except NotReady:  # no weights here: the others can be compared all the same
                    continue
        return tuple(ready)

    def model_writer(self, model: str | Path) -> OnDemandWriter:
        """A chat model by hub id, folder or URL. It is loaded, or first met, when it writes its first word."""
        settings = self.settings
        key = settings.model_key.get_secret_value() if settings.model_key else None
        return OnDemandWriter(
            lambda: load_writer(str(model), settings.model_name, key, settings.model_format),
            settings.writer_timeout_s,
            called=str(model) if "://" in str(model) else Path(model).name,
        )

    def writer_named(self, name: str) -> Writer:
        """A writer for an arm of a campaign: `house`, or a model by folder, hub id or URL. Raises NotReady."""
        if name not in self._named:
            self._named[name] = self.model_writer(name).met()  # a plan that names nobody is refused before it starts
        return self._named[name]

    @cached_property
    def _named(self) -> dict[str, Writer]:
        return {}

    @property
    def four_eyes_above(self) -> Money | None:
        above = self.settings.four_eyes_above
        return to_minor(above, self.brand.currency) if above is not None else None

    @cached_property
    def templates(self) -> Templates:
        """The texts that carriers approved; none without the home's templates.toml."""
        from agent.channels import read_templates

        return read_templates(self.home.templates)

    @cached_property
    def providers(self) -> Mapping[str, ProviderRules]:
        """Whose rules hold in which market, where the settings name somebody whose rules are known.

        Raises InputError where two providers would serve the same market.
        """
        from agent.channels import provider_rules

        served: dict[str, ProviderRules] = {}
        for name in providers(self.settings):
            rules = provider_rules(name)
            for market in rules.markets:
                if market in served:
                    raise InputError(f"{served[market].key} and {name} both serve {market}", "name one of them")
                served[market] = rules
        return served

    @cached_property
    def reach(self) -> Reach:
        """Which channels are real and for whom; nobody, unless settings and brand say so together."""
        return reach_of(self.settings, self.brand)

    @cached_property
    def channels(self) -> Mapping[Channel, DeliveryChannel]:
        """The sink for every channel that is not a real one: by default this installation cannot reach anybody."""
        from agent.adapters.channels.sink import SinkChannel

        sink = SinkChannel(self.outbox_folder, self.clock)
        real = {name: self._carrier(by) for name, by in configured(self.settings).items() if name in self.reach.real}
        return {channel: real.get(channel, sink) for channel in Channel}

    def _carrier(self, by: Carrier) -> DeliveryChannel:
        built: Mapping[Carrier, Callable[[], DeliveryChannel]] = {
            Carrier.SMTP: lambda: self.smtp,
            Carrier.SMS: lambda: self.sms,
            Carrier.PUSH: lambda: self.push,
            Carrier.CHAT: lambda: self.chat,
            Carrier.WEBHOOK: lambda: self.webhook,
        }
        return built[by]()

    @cached_property
    def sms(self) -> SmsCarrier:
        """Each account for the markets that its provider serves."""
        from agent.adapters.channels.sms.aliyun import AliyunSms
        from agent.adapters.channels.sms.carrier import SmsCarrier
        from agent.adapters.channels.sms.huawei import HuaweiSms
        from agent.adapters.channels.sms.tencent import TencentSms
        from agent.adapters.channels.sms.twilio import TwilioSms
        from agent.channels import CHINA_ZONES

        texts, clock = self.templates.all, self.clock
        build: Mapping[str, Callable[[SmsAccount], Provider]] = {
            "aliyun": lambda account: AliyunSms(account, texts, clock),
            "tencent": lambda account: TencentSms(account, texts, clock),
            "huawei": lambda account: HuaweiSms(account, texts, clock),
            "twilio": lambda account: TwilioSms(account, clock),
        }
        accounts = {account.provider: build[account.provider](account) for account in self.settings.sms_accounts}
        by_market = {market: accounts[rules.key] for market, rules in self.providers.items() if rules.key in accounts}
        return SmsCarrier(by_market, chinese_shop=self.brand.timezone in CHINA_ZONES)

    @cached_property
    def push(self) -> DeliveryChannel:
        """Raises InputError, NotReady."""
        from agent.adapters.channels.push.fcm import FcmPush
        from agent.adapters.channels.push.jpush import JPush

        assert self.settings.push is not None, "it is configured, or nobody asks for it"
        build: Mapping[str, Callable[[PushAccount, Clock], DeliveryChannel]] = {"fcm": FcmPush, "jpush": JPush}
        return build[self.settings.push.provider](self.settings.push, self.clock)

    @cached_property
    def chat(self) -> DeliveryChannel:
        from agent.adapters.channels.chat.wecom import WeComService
        from agent.adapters.channels.chat.whatsapp import WhatsApp

        account = self.settings.chat
        assert account is not None, "it is configured, or nobody asks for it"
        if account.provider == "wecom":
            return WeComService(account, self.wecom, self.clock)
        return WhatsApp(account, self.templates.all, ZoneInfo(self.brand.timezone), self.clock)

    @cached_property
    def wecom_inbox(self) -> WeComInbox:
        from agent.adapters.channels.chat.wecom_inbox import WeComInbox

        assert self.settings.chat is not None, "it is configured, or nobody asks for it"
        return WeComInbox(self.wecom, self.settings.chat.sender)

    @cached_property
    def wecom(self) -> WeComApi:
        from agent.adapters.channels.chat.wecom_api import WeComApi

        assert self.settings.chat is not None, "it is configured, or nobody asks for it"
        return WeComApi(self.settings.chat, self.clock)

    @cached_property
    def smtp(self) -> SmtpChannel:
        from agent.adapters.channels.smtp import SmtpChannel

        assert self.settings.smtp_server is not None, "it is configured, or nobody asks for it"
        signer = self.signer
        return SmtpChannel(
            self.settings.smtp_server, self.brand.domains[0], self.clock, signer.sign if signer is not None else None
        )

    @cached_property
    def signer(self) -> DkimSigner | None:
        """Signs mail by DKIM; None where no key is set. Raises InputError, NotReady."""
        if (key := self.settings.dkim) is None:
            return None
        from agent.adapters.channels.dkim_signature import DkimSigner

        if not key.speaks_for(self.brand.from_email):
            raise InputError(
                f"mail from {self.brand.from_email} cannot be signed by {key.domain}",
                "HOLDFAST_DKIM_DOMAIN is the sender's own domain, or one above it",
            )
        return DkimSigner(key)

    @cached_property
    def webhook(self) -> WebhookChannel:
        from agent.adapters.channels.webhook import WebhookChannel

        assert self.settings.gateway is not None, "it is configured, or nobody asks for it"
        return WebhookChannel(self.settings.gateway.url, self.settings.gateway.secrets, self.clock)

    @cached_property
    def robot(self) -> Robot | None:
        """Tells the firm's own people what waits; None where no group is set."""
        from agent.adapters.robots import Robot

        return Robot(self.settings.robot, self.clock) if self.settings.robot is not None else None

    @cached_property
    def till(self) -> TillWebhook:
        """Raises NotReady where the shop's address for codes is not set."""
        from agent.adapters.till import TillWebhook

        if (at := self.settings.till) is None:
            raise NotReady("nobody knows where the till takes codes", "set HOLDFAST_CODES_URL, or import codes")
        return TillWebhook(at.url, at.secrets, self.clock)

    @cached_property
    def unsubscriber(self) -> Unsubscriber:
        """Signs the links of this installation and reads them back: `/u/{token}` asks it whose token that is."""
        return Unsubscriber(*installation_secrets(self.settings.secrets, self.home.secret))

    @cached_property
    def mail_stamp(self) -> MailStamp:
        """Stamps the Message-IDs of this installation, and knows them again in what comes back."""
        return MailStamp(*installation_secrets(self.settings.secrets, self.home.secret))

    @property
    def outbox_folder(self) -> Path:
        return self.outbox or self.home.outbox

    @cached_property
    def house(self) -> House:
        from agent.context import LIMITS
        from agent.house import House
        from api.history import EventHistory

        return House(
            brand=self.brand,
            store=self.store,
            history=EventHistory(self.log, self.brand.currency, self.store.arrivals),
            policies=self.retriever,
            writers=self.writers,
            catalogue=self.catalogue,
            channels=self.channels,
            clock=self.clock,
            limits=LIMITS,
            own_files=self.home.own_files(),
            holdout_share=self.settings.holdout_share,
            seed=self.seed,
            drafters=self.settings.campaign_drafters,
            reach=self.reach,
            unsubscriber=self.unsubscriber,
            mail_stamp=self.mail_stamp,
            templates=self.templates,
            providers=self.providers,
            writer_named=self.writer_named,
            four_eyes_above=self.four_eyes_above,
        )

    def bookkeeping(self) -> House:
        """A house that keeps the books and decides nothing: a slip in offers or templates is no matter, it reads none.

        It shares this workshop's store, and so its open transaction.
        """
        from agent.catalogue import Catalogue
        from agent.channels import NO_TEMPLATES

        bare = replace(self)
        vars(bare).update(store=self.store, catalogue=Catalogue(self.brand.currency, {}, {}), templates=NO_TEMPLATES)
        return bare.house

    def require_scores(self) -> None:
        """Raises NotReady when nobody was scored yet."""
        if self.store.scores.newest_run() is None:
            raise NotReady("nobody has a score yet", "run: holdfast train, then: holdfast score")


@contextmanager
def filled(workshop: Workshop, schema: str, lines: Path) -> Iterator[dict[str, int]]:
    """The workshop's empty database, filled from a dump of this schema and brought up to ours; gives rows a table.

    What is done inside happens in the same transaction: where it fails, the database is as empty as before. Raises
    InputError when it is not empty, or when the schema is one that this version has never had.
    """
    from agent.adapters.store import SqlStore
    from agent.adapters.store.dump import load
    from agent.adapters.store.engine import is_empty, knows, open_engine, upgrade_within

    engine = open_engine(workshop.database_url)
    if not knows(schema):
        raise InputError(f"the backup has schema {schema}: a newer Holdfast made it", "install that version first")
    if not is_empty(engine):
        raise InputError("the database is not empty: a restore never overwrites", "name an empty one")
    store = SqlStore(engine, workshop.brand.id)
    try:
        with store.write() as connection:
            upgrade_within(connection, schema)
            rows = load(connection, lines)
            upgrade_within(connection)
            vars(workshop)["store"] = store
            yield rows
    finally:
        engine.dispose()  # the last one out folds SQLite's write-ahead log into the file


def lay_over(home: Home) -> None:
    """A file under `overrides/` takes the place of ours of the same path: `overrides/agent/acts/acts.toml`."""
    import agent.resources
    import prompts.template

    agent.resources.use_overrides(home.overrides)
    prompts.template.use_overrides(home.overrides / "prompts")
    if (home.overrides / "scoring").is_dir():
        import scoring.reasons

        scoring.reasons.use_overrides(home.overrides / "scoring")


KEPT_OPEN = ("store", "log", "index", "retriever", "writers", "contestants", "_named")


def reopened(workshop: Workshop) -> Workshop:
    """The same home, its edited files read anew; database, index and loaded models stay open."""
    lay_over(workshop.home)
    fresh = replace(workshop)
    for name in KEPT_OPEN:
        if name in vars(workshop):
            vars(fresh)[name] = vars(workshop)[name]
    return fresh


def open_workshop(call: Call) -> Workshop:
    """The home folder that this call means, with the firm's own files laid over ours."""
    settings = read_settings(call.home)
    lay_over(Home(settings.home))
    clock: Clock = FixedClock(call.now) if call.now else SystemClock()
    return Workshop(Home(settings.home), settings, clock, call.seed)
