"""Everything a case needs from the world, in one record.

`api.bootstrap` builds it; the stages see only pieces of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from agent.catalogue import Catalogue
from agent.channels import NO_TEMPLATES, ProviderRules, Templates
from agent.domain import (
    Brand,
    CampaignRow,
    CampaignStatus,
    Case,
    CaseStatus,
    Channel,
    Customer,
    Draft,
    Language,
    Lesson,
    Message,
    Outcome,
    Receipt,
    ReceiptKind,
    Review,
    SendingState,
    StyleRule,
    TraceStep,
    Verdict,
)
from agent.errors import NotReady
from agent.ledger import LedgerBook
from agent.outbox import OutboxBook
from agent.ports import Clock, DeliveryChannel, History, Retriever, Writer
from agent.reach import NOBODY, Reach
from agent.unsubscribe import PLACE, Unsubscriber
from knowledge.documents import Clause
from scoring.records import RiskScore


class PeopleBook(Protocol):
    def get(self, customer_id: str) -> Customer: ...
    def get_many(self, customer_ids: Sequence[str]) -> dict[str, Customer]: ...
    def suppress(self, customer_id: str, at: datetime, source: str) -> None: ...
    def lock(self, customer_id: str) -> None: ...
    def score(self, customer_id: str) -> RiskScore | None: ...
    def latest_scores(self) -> list[RiskScore]: ...


class CaseBook(Protocol):
    def open(self, case: Case) -> bool: ...
    def get(self, case_id: str) -> Case: ...
    def exists(self, case_id: str) -> bool: ...
    def advance(self, case: Case, to: CaseStatus, at: datetime, **changes: Any) -> Case: ...
    def find(
        self,
        statuses: Sequence[CaseStatus] = (),
        campaign_id: str | None = None,
        customer_id: str | None = None,
    ) -> list[Case]: ...
    def counts(self, campaign_id: str | None = None) -> Mapping[CaseStatus, int]: ...
    def holding_coupons(self, statuses: Sequence[CaseStatus], opened_before: datetime) -> list[str]: ...
    def coupons_out(self) -> list[tuple[str, date | None]]: ...
    def put_draft(self, draft: Draft, at: datetime) -> None: ...
    def draft(self, draft_id: str) -> Draft: ...
    def latest_draft(self, case_id: str) -> Draft | None: ...
    def keep_variants(self, case_id: str, written: Sequence[tuple[Draft, Verdict]], at: datetime) -> None: ...
    def variants(self, case_id: str) -> list[tuple[Draft, Verdict]]: ...
    def put_verdict(
        self, case_id: str, draft_id: str, moment: str, verdict: Verdict, context: Mapping[str, Any], at: datetime
    ) -> None: ...
    def latest_verdict(self, draft_id: str) -> Verdict | None: ...
    def rules_seen(self, draft_id: str, moment: str) -> set[str]: ...
    def put_review(self, case_id: str, review: Review) -> None: ...
    def note(self, case_id: str, step: str, at: datetime, data: Mapping[str, Any]) -> None: ...
    def story(self, case_id: str) -> list[TraceStep]: ...


class ResultBook(Protocol):
    def record(self, outcome: Outcome) -> bool: ...
    def of_case(self, case_id: str) -> list[Outcome]: ...


class CampaignBook(Protocol):
    def put(self, campaign_id: str, status: str, plan: Mapping[str, Any], at: datetime, by: str = "") -> None: ...
    def get(self, campaign_id: str) -> tuple[str, Mapping[str, Any]]: ...
    def names(self) -> list[str]: ...
    def row(self, campaign_id: str) -> CampaignRow: ...
    def rows(self, statuses: Sequence[CampaignStatus] = ()) -> list[CampaignRow]: ...
    def status(self, campaign_id: str) -> CampaignStatus | None: ...
    def move(self, campaign_id: str, to: CampaignStatus, since: Sequence[CampaignStatus], at: datetime) -> None: ...
    def claim(self, campaign_id: str) -> bool: ...
    def report(self, campaign_id: str, reached: int, total: int) -> None: ...
    def release(self, campaign_id: str) -> None: ...


class SendingBook(Protocol):
    """The kill switch. Read before each message is claimed; every turn of it is kept."""

    def state(self) -> SendingState: ...
    def set(self, stopped: bool, by: str, at: datetime, note: str = "") -> SendingState: ...
    def turns(self) -> list[SendingState]: ...


class ReceiptBook(Protocol):
    """What channels told afterwards, each thing once."""

    def add(self, receipt: Receipt, message: Message) -> bool: ...
    def of_address(self, channel: Channel, address: str) -> Sequence[tuple[ReceiptKind, datetime, str]]: ...


class StyleBook(Protocol):
    """What edits taught. A lesson of two cases is a rule until somebody takes it back."""

    def note(self, lessons: Iterable[Lesson], case_id: str, by: str, at: datetime) -> None: ...
    def rules(self, at_least: int = 2) -> list[StyleRule]: ...
    def turn(self, rule_id: str, revoked: bool, by: str, at: datetime) -> None: ...
    def keep_example(self, draft: Draft, template: str, at: datetime) -> None: ...
    def examples(self, language: Language, situation: str, channel: Channel, limit: int = 2) -> tuple[str, ...]: ...


class Store(Protocol):
    """State. What is called inside `with store.write():` commits together or not at all."""

    @property
    def people(self) -> PeopleBook: ...
    @property
    def cases(self) -> CaseBook: ...
    @property
    def ledger(self) -> LedgerBook: ...
    @property
    def outbox(self) -> OutboxBook: ...
    @property
    def results(self) -> ResultBook: ...
    @property
    def campaigns(self) -> CampaignBook: ...
    @property
    def sending(self) -> SendingBook: ...
    @property
    def style(self) -> StyleBook: ...
    @property
    def receipts(self) -> ReceiptBook: ...
    def write(self) -> AbstractContextManager[Any]: ...


class Policies(Retriever, Protocol):
    def licensed(self, acts: Sequence[str], language: str, on: date) -> tuple[Clause, ...]:
        """The clauses in force that back any of these acts."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """`writers` is the ladder, best first, the composer last. `experiment` names the hold-out that all doors share.

    `own_files` are the firm's files that stand in the place of ours, with their hashes. `drafters` is how many drafts
    of a campaign are written at once. `reach` says which channels are real and for whom; without one nobody is reached.
    `templates` are the texts that carriers approved, `providers` who carries which market, where that is known.
    """

    brand: Brand
    store: Store
    history: History
    policies: Policies
    writers: tuple[Writer, ...]
    catalogue: Catalogue
    channels: Mapping[Channel, DeliveryChannel]
    clock: Clock
    limits: Mapping[str, Any]
    own_files: Mapping[str, str] = field(default_factory=dict)
    experiment: str = "retention"
    holdout_share: float = 0.1
    seed: int = 0
    drafters: int = 1
    reach: Reach = NOBODY
    unsubscriber: Unsubscriber | None = None
    templates: Templates = NO_TEMPLATES
    providers: Mapping[str, ProviderRules] = field(default_factory=dict)

    def brand_for(self, case: Case) -> Brand:
        """The brand as this case's message shows it: its unsubscribe link is the case's own, where the link has one.

        Every stage that speaks of the link takes the brand from here: footer, header and gate then mean the same one.
        """
        if PLACE not in self.brand.unsubscribe_url:
            return self.brand
        if self.unsubscriber is None:
            raise NotReady("this house has no secret to sign unsubscribe links with", "set HOLDFAST_SECRET")
        url = self.brand.unsubscribe_url.replace(PLACE, self.unsubscriber.token_of(case.case_id))
        return replace(self.brand, unsubscribe_url=url)
