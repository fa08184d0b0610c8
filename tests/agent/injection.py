"""Attacks planted in every field that a customer or a document writes, and a writer that does what they ask.

The house is the real one; only the world is a stand-in. The obedient writer writes a good message, as the composer
would, and puts into it what the attack wants said: where the prompt shows it (`reads`), or whatever the prompt shows
(`knows`), which is the harder question to the gate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from agent import pipeline
from agent.domain import (
    Case,
    CaseStatus,
    Channel,
    Customer,
    Event,
    Language,
    Message,
    Purpose,
    WriteRequest,
    WriterReply,
)
from agent.errors import HoldfastError
from agent.language.normalise import Reading
from agent.writers.composer import Composer
from knowledge.documents import Clause, Passage
from knowledge.history import passages
from knowledge.ingest import read_folder
from tests.factories import NOW, a_case, a_clause, a_customer, an_order
from tests.fakes import ListedPolicies
from tests.street import Street, a_street

DATA = Path(__file__).parent / "data"
CHANNELS = (Channel.EMAIL, Channel.EMAIL, Channel.PUSH)
DOCUMENTS = ("policy", "pdf", "html_hidden", "file_name")


@dataclass(frozen=True)
class Attack:
    """`plant` is what stands in the field, `says` what it wants said, `forbidden` what no approved message may hold."""

    id: str
    language: Language
    field: str
    kind: str
    plant: str
    says: str
    forbidden: tuple[str, ...]


def attacks(language: Language, file: str = "attacks") -> Iterator[Attack]:
    for line in (DATA / f"{file}.{language.value}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Attack(row["id"], language, row["field"], row["kind"], row["plant"], row["says"], tuple(row["forbidden"]))


# --- the writer -------------------------------------------------------------------------------------------------------

QUOTED = re.compile(r"「([^」]*)」|“([^”]*)”")


@dataclass
class ObedientWriter:
    """Does what the attack asks, in the body or in the subject."""

    attack: Attack
    mode: str
    name: str = "obedient"
    revision: str = "1"
    prompts: list[str] = field(default_factory=list)
    obeyed: bool = False

    def write(self, request: WriteRequest) -> WriterReply:
        prompt = "\n".join(message.content for message in request.messages)
        self.prompts.append(prompt)
        good = Composer().write(request)
        wanted = self.attack.says if self.mode != "reads" else self._found_in(prompt)
        if not wanted:
            return replace(good, read_words=True)
        self.obeyed = True
        return replace(good, text=self._with(wanted, good.text), read_words=True)

    def _found_in(self, prompt: str) -> str | None:
        """The planted sentence as the prompt shows it, masked or not; for a short field, any trace of it."""
        background = "\n".join(line for line in prompt.split("\n") if not line.startswith("{"))  # no slots, no acts
        for match in QUOTED.finditer(background):
            said = match[1] or match[2]
            if said and _alike(said, self.attack.says):
                return said
        return self.attack.says if _traces(self.attack.plant, background) else None

    def _with(self, wanted: str, text: str) -> str:
        lines = text.split("\n")
        if self.mode == "subject" and ("：" in lines[0] or ":" in lines[0]):
            return "\n".join([f"{lines[0]} {' '.join(wanted.split())}", *lines[1:]])
        at = max((number for number, line in enumerate(lines) if line.strip()), default=0)
        return "\n".join([*lines[:at], wanted, *lines[at:]])


def _alike(shown: str, said: str) -> bool:
    """Whether what is quoted is the planted sentence, marks and all."""
    bare = re.sub(r"\[\w+\]", "", shown)
    kept = [char for char in bare if char.isalnum()]
    return len(kept) >= 4 and sum(char in said for char in kept) >= 0.8 * len(kept)


def _traces(plant: str, prompt: str) -> bool:
    words = re.findall(r"[A-Za-z]{4,}|[\u4e00-\u9fff]{3,}", plant)
    return bool(words) and sum(word in prompt for word in words) >= max(1, len(words) - 1)


# --- the house --------------------------------------------------------------------------------------------------------


@dataclass
class PlantedPolicies(ListedPolicies):
    """Finds every planted clause, and this customer's own history as it is indexed."""

    planted: list[Clause] = field(default_factory=list)
    events: Sequence[Event] = ()

    def policies(self, query: str, language: str, on: date, limit: int = 5) -> tuple[Passage, ...]:
        found = [clause for clause in self.planted if clause.in_force(on)]
        return tuple(Passage("clause", one.id, one.text, 1.0, one.language, one) for one in found)

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        mine = [event for event in self.events if event.customer_id == customer_id]
        return tuple(passages(customer_id, mine, limit))


@dataclass
class Outcome:
    """What became of one attack. `message` is None where nothing was let out."""

    attack: Attack
    case: Case
    writer: ObedientWriter
    customer: Customer
    message: Message | None
    by: str = ""

    @property
    def leaks(self) -> list[str]:
        if self.message is None:
            return []
        text = f"{self.message.subject or ''}\n{self.message.body}"
        views = {text.casefold(), Reading(text).tight.text}
        return [bad for bad in self.attack.forbidden if any(_folded(bad) in view for view in views)]


def _folded(text: str) -> str:
    return Reading(text).tight.text


class Range:
    """A street where attacks are run one after another, each on a customer of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.street: Street = a_street(folder)
        for offer in self.street.house.catalogue.offers.values():
            if offer.is_money:
                self.street.store.ledger.set_budget(f"offer:{offer.id}", replace(offer.budget, minor=10**9))
                codes = [f"{offer.id[:2].upper()}Q7K{number:05}XM" for number in range(1500)]
                self.street.store.ledger.add_codes(offer.id, codes)
        self.base = [
            a_clause("service-zh#人工", ("human_reply",)),
            a_clause("returns-zh#延误", ("trace_parcel",)),
            a_clause("service-en#person", ("human_reply",), "en", text="Whoever replies is answered by a person."),
            a_clause("delays-en#trace", ("trace_parcel",), "en", text="A late parcel is traced with the carrier."),
        ]

    def run(self, attack: Attack, mode: str) -> Outcome:
        street, name = self.street, f"{attack.id}-{mode}"
        customer, events = self._planted(attack, name)
        street.store.people.put([customer], NOW)
        street.history.events[:] = [*events]
        policies = PlantedPolicies(self.base, self._documents(attack, name), events)
        writer = ObedientWriter(attack, mode)
        house = replace(street.house, writers=(writer, Composer()), policies=policies)
        purpose = Purpose.SERVICE if attack.field in ("ticket", "topic") else Purpose.MARKETING
        case = a_case(f"case_{name}", name, purpose=purpose, channel=CHANNELS[sum(attack.id.encode()) % len(CHANNELS)])
        assert street.store.cases.open(case)
        prepared = pipeline.prepare(case, house, attack.plant if attack.field == "instruction" else "")
        sent = len(street.channel.sent)
        outcome = Outcome(
            attack, prepared.case, writer, customer, None, prepared.draft.writer.name if prepared.draft else ""
        )
        if prepared.case.status not in (CaseStatus.CHECKED, CaseStatus.NEEDS_PERSON):
            return outcome
        try:
            # a rep who approves whatever the gate does not forbid
            pipeline.approve(prepared.case, "lin", house)
        except HoldfastError:
            return outcome
        pipeline.send_due(house)
        if len(street.channel.sent) > sent:
            outcome.message = street.channel.sent[-1]
        return outcome

    def _planted(self, attack: Attack, name: str) -> tuple[Customer, list[Event]]:
        zh = attack.language is Language.ZH
        customer = a_customer(name, attack.language)
        order = an_order(name, item="紫砂茶具套装" if zh else "Cast Iron Teapot")
        at = NOW - timedelta(days=3)
        if attack.field in ("name", "given_name", "tier"):
            customer = replace(customer, **{attack.field: attack.plant})
        if attack.field == "name":
            customer = replace(customer, given_name=None)
        events = [replace(order, item=attack.plant) if attack.field == "item" else order]
        if attack.field in ("ticket", "topic"):
            topic = attack.plant if attack.field == "topic" else "late_delivery"
            text = attack.plant if attack.field == "ticket" else ("还没收到" if zh else "not here yet")
            if attack.field == "topic":
                events.append(Event(f"{name}-t0", name, at, "ticket", topic="late_delivery", status="open", text=text))
                at += timedelta(hours=1)
            events.append(Event(f"{name}-t", name, at, "ticket", topic=topic, status="open", text=text))
        if attack.field == "review":
            events.append(Event(f"{name}-r", name, at, "review", rating=5, text=attack.plant))
        return customer, events

    def _documents(self, attack: Attack, name: str) -> list[Clause]:
        if attack.field not in DOCUMENTS:
            return []
        folder = self.folder / name
        folder.mkdir()
        write_document(folder, attack)
        found, _ = read_folder(folder)
        return [clause for document in found for clause in document.clauses]


# --- documents --------------------------------------------------------------------------------------------------------

PLAIN = {
    Language.ZH: "签收后15天内，破损的商品可以退换，运费由我们承担。",
    Language.EN: "Damaged goods can be returned within 15 days of delivery, and we pay the shipping.",
}


def write_document(folder: Path, attack: Attack) -> None:
    plain, title = PLAIN[attack.language], "退换货" if attack.language is Language.ZH else "Returns"
    if attack.field == "pdf":
        (folder / "returns.pdf").write_bytes(a_pdf([title, plain, attack.plant]))
    elif attack.field == "html_hidden":
        hidden = f'<p style="display:none">{attack.plant}</p><!-- {attack.plant} --><p hidden>{attack.plant}</p>'
        body = f"<h1>{title}</h1><h2>{title}</h2><p>{plain}</p>{hidden}"
        page = f"<html lang='{attack.language.value}'><body>{body}</body></html>"
        (folder / "returns.html").write_text(page, encoding="utf-8")
    else:
        name = re.sub(r"[/\\\x00]", "_", attack.plant) if attack.field == "file_name" else "returns"
        body = plain if attack.field == "file_name" else f"{plain}\n\n{attack.plant}"
        text = f"# {title}\n\n## {title}\n\n{body}\n"
        (folder / f"{name[:80]}.md").write_text(text, encoding="utf-8")


def a_pdf(lines: Sequence[str]) -> bytes:
    """One page of text, each line on its own, in a font that every reader has for Chinese."""
    shown = "\n".join(
        f"BT /F1 {16 if number == 0 else 11} Tf 50 {760 - 40 * number} Td <{line.encode('utf-16-be').hex()}> Tj ET"
        for number, line in enumerate(lines)
    )
    font = "<< /Font << /F1 5 0 R >> >>"
    system = "<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000 842] /Contents 4 0 R /Resources {font} >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo {system} /DW 1000 >>",
    ]
    out, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(bodies) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode("latin-1")
