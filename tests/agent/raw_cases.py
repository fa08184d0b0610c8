"""The cases on which raw answers of models are read: eighteen sheets with known values, each with its world.

Takes the name of a case and a channel, gives an EvalCase. Values are chosen so that a mistake shows: no two facts of a
sheet have the same value unless the case is about that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import as_file, files

from agent.acts import acts_for
from agent.context import Live
from agent.domain import (
    Brand,
    Case,
    CaseStatus,
    Channel,
    Consent,
    Customer,
    Event,
    Language,
    Money,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Tone,
)
from agent.evaluation import EvalCase
from agent.facts import build_fact_sheet
from agent.situations import situations
from knowledge.documents import Clause, Passage
from knowledge.ingest import read_folder

NOW = datetime(2026, 9, 15, 2, 30, tzinfo=UTC)
CURRENCY = {Language.ZH: "CNY", Language.EN: "USD"}


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a case is about, in short; everything else is the same for all."""

    language: Language
    name: str | None
    gender: str | None
    item: str
    situation: str = "long_silence"
    offer: tuple[str, str, str, str, date] | None = None
    exclusions: str = ""
    points: int | None = None
    tone: Tone = Tone.WARM


ZH, EN = Language.ZH, Language.EN
SKETCHES = {
    "zh_pct": Sketch(
        ZH, "欧阳嘉慧", "female", "2026新款【正品】青瓷茶具套装",
        offer=("percent", "20", "QH20", "199", date(2026, 9, 30)), exclusions="礼品卡", points=900,
    ),
    "zh_amount": Sketch(ZH, "王建国", "male", "桂花乌龙", offer=("amount", "30", "MAN30", "150", date(2026, 9, 25))),
    "zh_ship": Sketch(ZH, "阿依古丽·买买提", None, "手冲滤杯",
        offer=("free_shipping", "0", "BAOYOU9", "0", date(2026, 10, 8))),
    "zh_points": Sketch(
        ZH, "NULL", None, "竹编收纳篮",
        offer=("points", "300", "LOYAL300", "0", date(2026, 9, 28)), points=1250,
    ),
    "zh_none": Sketch(ZH, "李想", None, "珐琅铸铁锅"),
    "zh_damaged": Sketch(ZH, "周敏", "female", "青花瓷碗", situation="damaged_item"),
    "zh_refund": Sketch(ZH, "张伟", "male", "羊毛围巾", situation="refund_slow"),
    "zh_late": Sketch(ZH, "林小满", None, "露营折叠桌", situation="late_delivery"),
    "zh_same": Sketch(ZH, "何田", None, "茶巾",
        offer=("points", "300", "JIFEN300", "0", date(2026, 9, 28)), points=300),
    "en_same": Sketch(
        EN, "Ada Wong", None, "Tea Towel",
        offer=("amount", "50", "FIFTY50", "50", date(2026, 9, 28)), points=50,
    ),
    "en_pct": Sketch(
        EN, "Will Carter", "male", "WHITE HANGING HEART T-LIGHT HOLDER",
        offer=("percent", "20", "QH20", "100", date(2026, 9, 30)), exclusions="gift cards", points=900,
    ),
    "en_amount": Sketch(
        EN, "Priya Raman", "female", "Linen Apron",
        offer=("amount", "15", "THANKS15", "75", date(2026, 9, 28)),
    ),
    "en_ship": Sketch(
        EN, "Zoë O'Neill", None, "Oak Picture Frame",
        offer=("free_shipping", "0", "SHIPME26", "0", date(2026, 10, 8)),
    ),
    "en_points": Sketch(
        EN, "customer 4471", None, "Osmanthus Oolong",
        offer=("points", "500", "PLUS500", "0", date(2026, 9, 25)), points=1250,
    ),
    "en_none": Sketch(EN, "Thandiwe Nkosi", None, "Enamel Kettle"),
    "en_damaged": Sketch(EN, "Hank Morris", "male", "Glass Teapot", situation="damaged_item"),
    "en_refund": Sketch(EN, "Ingrid Solberg", "female", "Wool Scarf", situation="refund_slow"),
    "en_late": Sketch(EN, "Mateo Villanueva", None, "Folding Camp Table", situation="late_delivery"),
}  # fmt: skip


@lru_cache(maxsize=1)
def clauses() -> tuple[Clause, ...]:
    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    return tuple(clause for document in documents for clause in document.clauses if clause.in_force(NOW.date()))


@lru_cache(maxsize=256)
def raw_case(name: str, channel: str) -> EvalCase:
    sketch = SKETCHES[name]
    served = situations().is_service(sketch.situation)
    purpose = Purpose.SERVICE if served else Purpose.MARKETING
    customer, brand = _customer(sketch), _brand(sketch.language)
    events, offer = _events(sketch, served), _offer(sketch)
    acts = acts_for(sketch.situation)
    status = OfferStatus.OFFERED if offer else OfferStatus.NO_OFFER
    decision = OfferDecision(status, sketch.situation, "", offer, acts, offer.kind if offer else None)
    case = Case(
        f"raw-{name}", brand.id, customer.id, Channel(channel), purpose, CaseStatus.OFFERED, NOW, sketch.situation,
        None, None, None, decision,
    )  # fmt: skip
    backing = [
        clause for clause in clauses() if clause.language == sketch.language.value and set(acts) & set(clause.acts)
    ]
    passages = [Passage("clause", clause.id, clause.text, 1.0, clause.language, clause) for clause in backing]
    sheet = build_fact_sheet(case, customer, brand, decision, events, passages, NOW, sketch.tone)
    return EvalCase(case, sheet, Live(customer, brand, purpose, NOW, events, backing, offer), None)


def _customer(sketch: Sketch) -> Customer:
    english = sketch.language is EN and sketch.name and " " in sketch.name and sketch.name[0].isupper()
    return Customer(
        id="c1",
        brand_id="harbor",
        name=sketch.name,
        given_name=(sketch.name or "").split(" ")[0] if english else None,
        gender=sketch.gender,
        language=sketch.language,
        timezone="Asia/Shanghai",
        email="someone@mail.example",
        phone="13000000000",
        points=sketch.points,
        consents={channel: Consent(True, NOW - timedelta(days=90), "form", "marketing") for channel in Channel},
        made_up=True,
    )


def _brand(language: Language) -> Brand:
    return Brand(
        id="harbor",
        name="Harbor Tea",
        names={ZH: "港湾茶铺", EN: "Harbor Tea"},
        postal_address="12 Quay Street, Hangzhou 310000",
        timezone="Asia/Shanghai",
        currency=CURRENCY[language],
        languages=(ZH, EN),
        domains=("harbor.example",),
        from_email="care@harbor.example",
        signature="港湾茶铺",
        unsubscribe_url="https://harbor.example/unsubscribe",
        shop_url="https://harbor.example",
        sign_off={ZH: "港湾茶铺 客服组", EN: "The Harbor Tea team"},
        made_up=True,
    )


def _events(sketch: Sketch, served: bool) -> tuple[Event, ...]:
    order = Event(
        "e-order", "c1", NOW - timedelta(days=67), "order", order_id="A100417", item=sketch.item, quantity=1.0,
        amount=Money(26800, CURRENCY[sketch.language]),
    )  # fmt: skip
    if not served:
        return (order,)
    ticket = Event(
        "e-ticket", "c1", NOW - timedelta(days=3), "ticket", status="closed",
        topic=situations().topics_of(sketch.situation)[0], item=sketch.item,
        amount=order.amount if sketch.situation == "refund_slow" else None, text="please have a look",
    )  # fmt: skip
    return order, ticket


def _offer(sketch: Sketch) -> Offer | None:
    if sketch.offer is None:
        return None
    kind, value, code, minimum, expires = sketch.offer
    return Offer(
        id=f"o-{code}",
        kind=OfferKind(kind),
        value=Decimal(value),
        currency=CURRENCY[sketch.language],
        cost=Money(1000, CURRENCY[sketch.language]),
        code=code,
        min_spend=Decimal(minimum),
        expires_on=expires,
        exclusions={sketch.language: sketch.exclusions} if sketch.exclusions else {},
    )
