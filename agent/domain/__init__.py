"""The records that travel through the house, their statuses, and the moves a case may make.

Records are frozen: a stage takes one and returns another. Nothing here fetches, decides or formats. Money is an
integer number of minor units with its currency; times are aware and in UTC; calendar days are plain dates.
"""

from agent.domain.cases import (
    AFTER_SEND,
    ALLOWED,
    DECIDED_ANEW,
    WAITING_FOR_PERSON,
    CampaignRow,
    CampaignStatus,
    CampaignStep,
    Case,
    CaseStatus,
    Decided,
    FlowState,
    FlowStatus,
    Followed,
    HowFar,
    Outcome,
    Review,
    TraceStep,
)
from agent.domain.deliveries import Delivery, DeliveryStatus, Message, SendingState
from agent.domain.drafts import (
    BY_HAND,
    ChatMessage,
    Draft,
    Instruction,
    Realised,
    Span,
    Words,
    WriteRequest,
    WriterReply,
    WriterStamp,
)
from agent.domain.facts import Fact, FactSheet, LicensedAct, Sensitivity, SlotType, Source
from agent.domain.lessons import Lesson, LessonKind, StyleRule
from agent.domain.offers import MONEY_KINDS, UNHEARD, Offer, OfferDecision, OfferKind, OfferStatus, Settled, Spared
from agent.domain.people import Brand, Channel, Consent, Customer, Event, Language, Money, Purpose, Tone
from agent.domain.reached import Reached
from agent.domain.receipts import InboundText, KeptAnswer, Receipt, ReceiptKind, Taken
from agent.domain.verdicts import Decision, Finding, Severity, Verdict
from agent.domain.voice import Voice
from agent.domain.votes import Vote

__all__ = [
    "AFTER_SEND",
    "ALLOWED",
    "BY_HAND",
    "DECIDED_ANEW",
    "MONEY_KINDS",
    "UNHEARD",
    "WAITING_FOR_PERSON",
    "Brand",
    "CampaignRow",
    "CampaignStatus",
    "CampaignStep",
    "Case",
    "CaseStatus",
    "Channel",
    "ChatMessage",
    "Consent",
    "Customer",
    "Decided",
    "Decision",
    "Delivery",
    "DeliveryStatus",
    "Draft",
    "Event",
    "Fact",
    "FactSheet",
    "Finding",
    "FlowState",
    "FlowStatus",
    "Followed",
    "HowFar",
    "InboundText",
    "Instruction",
    "KeptAnswer",
    "Language",
    "Lesson",
    "LessonKind",
    "LicensedAct",
    "Message",
    "Money",
    "Offer",
    "OfferDecision",
    "OfferKind",
    "OfferStatus",
    "Outcome",
    "Purpose",
    "Reached",
    "Realised",
    "Receipt",
    "ReceiptKind",
    "Review",
    "SendingState",
    "Sensitivity",
    "Settled",
    "Severity",
    "SlotType",
    "Source",
    "Span",
    "Spared",
    "StyleRule",
    "Taken",
    "Tone",
    "TraceStep",
    "Verdict",
    "Voice",
    "Vote",
    "Words",
    "WriteRequest",
    "WriterReply",
    "WriterStamp",
]
