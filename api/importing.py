"""Files in: good rows to where they belong, bad rows to quarantine with line and reason, counts of both.

Importing the same file twice adds nothing. A dry run reads and judges everything and stores nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from agent.domain import Customer
from agent.errors import InputError
from api.batches import add_batch
from api.bootstrap import Workshop
from api.imported import Imported, Stored, imported
from api.texts import read_text, read_toml

Progress = Callable[[str, float], None]


def read_mapping(path: Path | None) -> dict[str, str] | None:
    """`[columns]` of a mapping file: our name = the file's header. Raises InputError."""
    if path is None:
        return None
    columns = read_toml(path).get("columns")
    if not isinstance(columns, dict):
        raise InputError(f"{path} has no [columns]", 'write [columns] and lines like customer_id = "member no"')
    return {str(ours): str(theirs) for ours, theirs in columns.items()}


def import_events(
    workshop: Workshop,
    path: Path,
    what: str,
    mapping: Path | None,
    dry_run: bool,
    made_up: bool,
    progress: Progress,
) -> Imported:
    """orders, events, reviews or tickets. Customers who are new become bare records, so that they can be scored."""
    from scoring import events as reading

    read = {
        "orders": reading.read_orders,
        "events": reading.read_events,
        "reviews": reading.read_reviews,
        "tickets": reading.read_tickets,
    }[what]
    progress("reading", 0.1)
    batch = read(path, mapping=read_mapping(mapping), now=workshop.clock.now(), zone=workshop.brand.timezone)
    aside = _keep(workshop, path, batch.quarantine, dry_run)
    added, there, notes, name = 0, 0, batch.notes, None
    if not dry_run:
        progress("storing events", 0.5)
        added, name = add_batch(workshop, what, path, batch.events)
        there = len(batch.events) - added
        progress("meeting new customers", 0.9)
        notes = (*notes, *_meet(workshop, path, batch.events, made_up))
    stored = Stored(added, unchanged=there)
    return replace(
        imported(batch.counts, len(batch.events), stored, batch.quarantine, aside, dry_run, notes), batch=name
    )


KEPT_WITHDRAWALS = (
    "withdrawals of consent that this file says yes to, and that stand: {n:,}. A yes undoes one where both are dated "
    "(consent_email_at and the like) and the yes is the later."
)
UNPROVEN = (
    "yes to messages without its date or its proof: {told}. Each counts as a yes and may be written to, but nobody "
    "could show who agreed when and how, and it undoes no withdrawal. Add {first}_at and {first}_proof, and import it "
    "again."
)


def import_customers(
    workshop: Workshop, path: Path, mapping: Path | None, dry_run: bool, made_up: bool, progress: Progress
) -> Imported:
    from api.people import customers_from_rows, withdrawals_kept
    from scoring.customers import read_customers

    progress("reading", 0.1)
    batch = read_customers(path, mapping=read_mapping(mapping), now=workshop.clock.now())
    aside = _keep(workshop, path, batch.quarantine, dry_run)
    people, brand = workshop.store.people, workshop.brand
    ids = [str(name) for name in batch.customers["customer_id"]]
    changes, kept = Stored(), 0
    if not dry_run:
        progress("storing customers", 0.6)
        with workshop.store.write():
            people.lock_many(ids)  # a withdrawal that comes in meanwhile is seen, or waits
            known = people.get_many(ids)
            customers = customers_from_rows(batch.customers, brand, made_up or brand.made_up, known, batch.carried)
            kept = withdrawals_kept(batch.customers, known)
            people.put(_counted(customers, known, changes), workshop.clock.now(), source=f"import {path.name}")
    else:
        known = people.get_many(ids)
    notes = (*_of_consents(batch.customers, known, kept), *batch.notes)
    return imported(batch.counts, len(batch.customers), changes, batch.quarantine, aside, dry_run, notes)


def _counted(customers: Iterable[Customer], known: Mapping[str, Customer], changes: Stored) -> Iterator[Customer]:
    """The same customers, on their way into the store."""
    for customer in customers:
        before = known.get(customer.id)
        changes.added += before is None
        changes.updated += before is not None and before != customer
        changes.unchanged += before == customer
        yield customer


def _of_consents(customers: pd.DataFrame, known: Mapping[str, Customer], kept: int) -> Iterator[str]:
    from api.people import unproven_yeses

    if kept:
        yield KEPT_WITHDRAWALS.format(n=kept)
    if bare := unproven_yeses(customers, known):
        told = ", ".join(f"consent_{channel} {count:,}" for channel, count in bare.items())
        yield UNPROVEN.format(told=told, first=f"consent_{next(iter(bare))}")


def import_policies(workshop: Workshop, folder: Path, dry_run: bool) -> dict[str, Any]:
    """Policies of any format into the home folder and the index. Raises KnowledgeError."""
    from agent.acts import act_table
    from knowledge.ingest.questions import write_questions
    from knowledge.taking import findings, read, take

    most_mb = workshop.settings.ingest_max_mb
    found = read(folder, most_mb)
    report: dict[str, Any] = {
        "documents": len(found.documents),
        "clauses": len(found.clauses),
        "unread": [{"file": item.path, "reason": item.reason, "remedy": item.remedy} for item in found.unread],
        "dry_run": dry_run,
    }
    if dry_run:
        seen = findings(found, workshop.index, workshop.clock.now().date(), act_table())
        report["findings"] = [asdict(finding) for finding in seen]
        return report
    if folder.resolve() != workshop.home.policies.resolve():
        asked = {**_asked_before(workshop.home.policies), **_asked_before(folder)}
        shutil.copytree(folder, workshop.home.policies, dirs_exist_ok=True)
        if asked:  # a second folder's questions do not take the place of the first one's
            write_questions(workshop.home.policies, asked)
        found = read(workshop.home.policies, most_mb)  # a second folder adds to the first, it does not end it
    changes = take(found, workshop.index)
    counts = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
    seen = findings(found, workshop.index, workshop.clock.now().date(), act_table())
    return {
        **report,
        **{name: len(ids) for name, ids in counts.items()},
        "findings": [asdict(finding) for finding in seen],
    }


def _asked_before(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Nothing where the file cannot be read: reading the folder says so."""
    from knowledge.errors import DocumentUnreadable
    from knowledge.ingest.questions import read_questions

    try:
        return read_questions(folder)
    except DocumentUnreadable:
        return {}


def import_offers(workshop: Workshop, path: Path, dry_run: bool) -> dict[str, Any]:
    """offers.toml or strategies.toml of the firm's own: checked whole before it takes the place of the old one.

    The budgets and the file change together or not at all. Raises InputError, also when an offer's budget would fall
    below what is reserved or spent already. A flaw (a thin margin, a test that fails) is told and does not refuse.
    """
    from agent.catalogue import load_catalogue, texts_of
    from agent.offer_check import check_catalogue
    from api.offering import firm_of

    name = "strategies.toml" if "strategies" in read_toml(path) else "offers.toml"
    trial = workshop.home.root / ".trial"
    trial.mkdir(parents=True, exist_ok=True)
    try:
        for other in ("offers.toml", "strategies.toml"):
            if (workshop.home.root / other).is_file():
                shutil.copy(workshop.home.root / other, trial / other)
        (trial / name).write_text(read_text(path), encoding="utf-8")
        catalogue = load_catalogue(workshop.brand.currency, trial)
        _, flaws = check_catalogue(texts_of(trial), firm_of(workshop))
        with suppress(_OnTrial), workshop.store.write():
            for offer in catalogue.offers.values():
                if offer.is_money:
                    workshop.store.ledger.set_budget(f"offer:{offer.id}", offer.budget)
            if dry_run:
                raise _OnTrial
            (trial / name).replace(workshop.home.root / name)  # last: what was refused above leaves no new file
    finally:
        shutil.rmtree(trial)
    return {
        "offers": len(catalogue.offers),
        "strategies": len(catalogue.strategies),
        "dry_run": dry_run,
        "flaws": [asdict(flaw) for flaw in flaws],
    }


class _OnTrial(Exception):
    """A dry run: the budgets that were tried are taken back."""


def _meet(workshop: Workshop, path: Path, events: pd.DataFrame, made_up: bool) -> Iterator[str]:
    """New customers get a record; says which of their countries nobody knows."""
    from api.people import bare_customer
    from scoring.countries import country_code

    ids = [str(customer_id) for customer_id in events["customer_id"].unique()]
    strangers = set(ids) - workshop.store.people.known(ids)
    if not strangers:
        return
    countries = _countries(path) if strangers else {}
    bare = (
        bare_customer(customer_id, countries.get(customer_id), workshop.brand, made_up or workshop.brand.made_up)
        for customer_id in sorted(strangers)
    )
    workshop.store.people.put(bare, workshop.clock.now())
    strange = sorted({said for name, said in countries.items() if name in strangers and country_code(said) is None})
    if strange:
        yield f"no country that we know: {', '.join(strange[:10])}; it is unknown for those customers."


def _countries(path: Path) -> dict[str, str]:
    """customer → country where an order file carries one, for the zone of those who gave none."""
    from scoring.quarantine import Quarantine
    from scoring.tables import as_id, read_table

    table = read_table(path, aside=Quarantine())  # what was set aside is told where the events were read
    names = {str(column).casefold().replace("_", "").replace(" ", ""): column for column in table.columns}
    customer, country = names.get("customerid"), names.get("country")
    if customer is None or country is None:
        return {}
    pairs = pd.DataFrame({"id": as_id(table[customer]), "country": table[country].astype("string")}).dropna()
    return dict(pairs.drop_duplicates("id").itertuples(index=False, name=None))


def _keep(workshop: Workshop, source: Path, quarantine: pd.DataFrame, dry_run: bool) -> Path | None:
    if quarantine.empty or dry_run:
        return None
    workshop.home.quarantine.mkdir(parents=True, exist_ok=True)
    target = workshop.home.quarantine / f"{source.stem}-{workshop.clock.now():%Y%m%dT%H%M%S}.csv"
    temporary = target.with_suffix(".part")
    quarantine.to_csv(temporary, index=False, encoding="utf-8-sig")
    temporary.replace(target)
    return target
