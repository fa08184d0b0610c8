"""A small shop with a console over it: real store, gate, ledger, composer, real HTTP on loopback; a clock to set."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from agent import pipeline
from agent.access import Role
from agent.context import LIMITS
from agent.domain import Channel, Event, Language, Words
from agent.house import House
from agent.writers.composer import Composer
from api.bootstrap import Workshop
from api.brand_file import write_brand
from api.home import Home
from api.sample_shop import BRAND
from api.settings import Settings
from api.sign_in import add_user, set_password
from scoring.records import RiskScore
from tests.factories import NOW, a_case, a_clause, a_customer, a_reason, a_score, a_ticket, an_order
from tests.fakes import ListedHistory, ListedPolicies, RememberingChannel, SetClock

PASSWORD = "correct horse battery"
NASTY = "<script>document.title='owned'</script>\"><img src=x onerror=\"document.title='owned'\">"
PEOPLE = (
    ("c1", Language.ZH, "欧阳雪", 480_000, 0.81),
    ("c2", Language.EN, "Nora Bell", 420_000, 0.77),
    ("c3", Language.ZH, "孙浩然", 350_000, 0.74),
    ("c4", Language.EN, "Ravi Shah", 310_000, 0.66),
    ("c5", Language.ZH, "阿依古丽·买买提", 240_000, 0.63),
    ("c6", Language.EN, "Will Hart", 180_000, 0.58),
)


@dataclass
class ConsoleShop:
    """`cases` by customer id. `clock` is the only clock of the house: setting it forward ends sessions and holds."""

    workshop: Workshop
    clock: SetClock
    channel: RememberingChannel
    cases: dict[str, str]

    @property
    def house(self) -> House:
        return self.workshop.house

    def status(self, customer_id: str) -> str:
        return self.workshop.store.cases.get(self.cases[customer_id]).status.value


def a_console_shop(folder: Path) -> ConsoleShop:
    """Six customers with drafts in both languages, one whose draft the gate blocks, one whose name is an attack."""
    folder.mkdir(parents=True, exist_ok=True)
    write_brand(folder / "brand.toml", dict(BRAND), made_up=True)
    clock, channel = SetClock(NOW), RememberingChannel()
    shop = Workshop(Home(folder), Settings(home=folder), clock)
    people = [
        a_customer(
            id_, language, name=name, given_name=name.split()[0], timezone="Asia/Shanghai", tier="gold", points=320
        )
        for id_, language, name, _, _ in PEOPLE
    ]
    people.append(a_customer("c8", Language.EN, name=NASTY, given_name=None, timezone="Asia/Shanghai"))
    shop.store.people.put(people, NOW)
    shop.store.scores.put([_score("c8", 90_000, 0.5), *(_score(i, value, risk) for i, _, _, value, risk in PEOPLE)])
    for offer in shop.catalogue.offers.values():
        if offer.codes:
            shop.store.ledger.add_codes(offer.id, [f"{offer.id[:2].upper()}Q7K{n}XM" for n in range(30)])
    vars(shop)["house"] = _house(shop, clock, channel)
    made = ConsoleShop(shop, clock, channel, {})
    for customer in people:
        _draft(made, customer.id)
    blocked = shop.store.cases.get(made.cases["c6"])
    pipeline.revise(
        blocked, Words("A gift", "Hi Will,\n\nTake 90% off everything today, guaranteed!"), "lin", made.house
    )
    for name, role in (("lin", Role.REP), ("may", Role.MANAGER)):
        set_password(shop, add_user(shop, name, role), PASSWORD)
    return made


def _score(customer_id: str, value: int, risk: float) -> RiskScore:
    fewer = replace(
        a_reason("buys_less_often", 0.8), text={"zh": "近 90 天下单 0 次", "en": "0 orders in the last 90 days"}
    )
    return a_score(customer_id, a_reason(), fewer, probability=risk, value=value)


def _house(shop: Workshop, clock: SetClock, channel: RememberingChannel) -> House:
    items = {Language.ZH: "紫砂茶具套装", Language.EN: "Cast Iron Teapot"}
    events: list[Event] = [an_order(id_, 67, items[language]) for id_, language, *_ in PEOPLE]
    events += [an_order("c8", 67, "Cast Iron Teapot"), replace(a_ticket("c8", 40, status="closed"), text=NASTY)]
    clauses = [
        a_clause("service-zh#人工", ("human_reply",), text="邮件由同事阅读并答复，一个工作日内回复。"),
        a_clause("service-en#People", ("human_reply",), "en", text="Every e-mail is read and answered by a colleague."),
    ]
    return House(
        shop.brand, shop.store, ListedHistory(events), ListedPolicies(clauses), (Composer(),), shop.catalogue,
        dict.fromkeys(Channel, channel), clock, LIMITS, holdout_share=0.0, unsubscriber=shop.unsubscriber,
    )  # fmt: skip


def _draft(made: ConsoleShop, customer_id: str) -> None:
    case = a_case(f"case_{customer_id}", customer_id, score=made.workshop.store.scores.of(customer_id))
    assert made.workshop.store.cases.open(case)
    made.cases[customer_id] = pipeline.prepare(case, made.house).case.case_id


@contextmanager
def served(shop: ConsoleShop) -> Iterator[str]:
    """The console over real HTTP on loopback; gives its address."""
    import uvicorn

    from api.main import create_app

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(shop.workshop), log_level="warning", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
