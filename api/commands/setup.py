"""holdfast init, doctor, upgrade, simulate, demo: the first hour."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.terminal import Call, command

if TYPE_CHECKING:
    from agent.domain import Brand
    from api.questions import Question


def register(app: typer.Typer) -> None:
    command(app, "demo")(demo)
    command(app, "init")(init)
    command(app, "doctor")(doctor)
    command(app, "simulate")(simulate)
    command(app, "upgrade")(upgrade)


def demo(
    call: Call,
    customers: Annotated[int, typer.Option("--customers", min=100, max=100_000, help="Size of the shop.")] = 1_000,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where outbox and report go (else the home folder).")
    ] = None,
) -> dict[str, Any]:
    """The main job on a simulated shop: offline, no GPU, no keys. A second run repeats nothing."""
    from api import demo as show
    from api.bootstrap import open_workshop
    from api.report import write_report

    started = time.monotonic()
    workshop = open_workshop(call)
    call.remark(f"home: {workshop.home.root.resolve()}")
    workshop.home.root.mkdir(parents=True, exist_ok=True)
    with call.progress("demo") as progress:
        result = show.run(workshop, customers, out, progress)
    report = write_report(result, (out or workshop.home.root) / "report.html")
    answer = show.as_json(result, report, time.monotonic() - started)
    call.show(_demo_table(result))
    call.say(_demo_words(answer, result))
    return answer


def init(
    call: Call,
    name: Annotated[str | None, typer.Option("--name", help="Brand name, as customers know it.")] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Postal address: the law wants it in e-mails.")
    ] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="Your shop's domain.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="IANA name, for example Asia/Shanghai.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="ISO 4217, for example CNY.")] = None,
    languages: Annotated[
        str | None, typer.Option("--languages", help="zh,en or one of them, house language first.")
    ] = None,
    name_zh: Annotated[str | None, typer.Option("--name-zh", help="The name in Chinese, where it differs.")] = None,
    name_en: Annotated[str | None, typer.Option("--name-en", help="The name in English, where it differs.")] = None,
) -> dict[str, Any]:
    """Your own brand in two minutes: asks what was not given, writes brand.toml, makes the database."""
    from agent.catalogue import start_catalogue
    from agent.errors import UsageError
    from api.bootstrap import open_workshop
    from api.brand_file import read_brand, write_brand
    from api.questions import QUESTIONS

    workshop = open_workshop(call)
    path = workshop.home.brand
    if path.exists():
        raise UsageError(f"{path} is there already", "edit it, or choose another --home; then: holdfast doctor")
    given = {
        "name": name, "address": address, "domain": domain, "timezone": timezone, "currency": currency,
        "languages": languages,
    }  # fmt: skip
    answers = {question.key: _answer(call, question, given[question.key]) for question in QUESTIONS}
    names = {language: said for language, said in (("zh", name_zh), ("en", name_en)) if said}
    write_brand(path, {**_brand_values(answers), "names": names})
    _mind_names(call, read_brand(path), path)
    start_catalogue(workshop.home.root)
    workshop.store.people.count()  # makes the database
    where = "" if call.home is None else f" --home {call.home}"
    steps = [
        f"holdfast import orders FILE{where}",
        f"holdfast import customers FILE{where}",
        f"holdfast import policies FOLDER{where}",
        f"holdfast doctor{where}",
    ]
    call.say(f"{path} written, and beside it offers.toml (every budget is 0 until you set it) and strategies.toml.")
    call.say("Next:")
    for step in steps:
        call.say(f"  {step}")
    return {"brand": _slug(answers["name"]), "home": str(workshop.home.root), "next": steps}


def doctor(
    call: Call,
    model: Annotated[
        str | None, typer.Option("--model", help="Try this model (folder, hub id or URL) on built-in cases instead.")
    ] = None,
    cases: Annotated[int, typer.Option("--cases", min=1, max=1000, help="With --model: how many cases.")] = 40,
) -> dict[str, Any]:
    """What is there, what is missing, in the order of the work; and what keeps a live message from leaving."""
    from api.bootstrap import open_workshop
    from api.diagnosis import examine

    if model is not None:
        return _try_model(call, model, cases)
    found = examine(open_workshop(call))
    marks = {"ok": "✓", "todo": "○", "wrong": "✗"}
    for step in found:
        call.say(f"{marks[step.state]} {step.name}: {step.says}")
        if step.remedy:
            call.say(f"    → {step.remedy}")
    wrong = [step.name for step in found if step.state == "wrong"]
    if wrong:
        call.exit_code = 1
    return {"steps": [step.as_dict() for step in found], "ready_for_live": not any(s.state != "ok" for s in found)}


def _try_model(call: Call, model: str, cases: int) -> dict[str, Any]:
    from api.bootstrap import open_workshop
    from api.diagnosis import try_model

    with call.progress("doctor") as progress:
        trial = try_model(open_workshop(call), model, cases, progress)
    for name, said in trial.detail.items():
        call.say(f"{name}: {said}")
    call.show(_trial_table(trial))
    if not trial.whole:
        call.say(f"Stopped after {trial.figures.reached} of {trial.figures.cases} cases.")
    call.say(_trial_words(trial))
    return trial.as_dict()


def simulate(
    call: Call,
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.")],
    customers: Annotated[int, typer.Option("--customers", min=10, help="How many.")] = 1_000,
) -> dict[str, Any]:
    """A shop with known truth, as files that the importers read: to try things, and to check our own numbers."""
    from datetime import UTC, datetime

    from api.sample_shop import simulate_shop

    simulate_shop(customers, call.seed, call.now or datetime.now(UTC), out)
    files = sorted(path.name for path in out.iterdir())
    call.say(f"{out}: {', '.join(files)}")
    return {"out": str(out), "customers": customers, "files": files}


def upgrade(call: Call) -> dict[str, Any]:
    """Bring the database to this version's schema. Back it up first."""
    from api.bootstrap import open_workshop

    open_workshop(call).upgrade()
    call.say("the database is at this version's schema")
    return {"upgraded": True}


def _answer(call: Call, question: Question, given: str | None) -> str:
    """The option if it was given, else the person's word, asked again until it can be; elsewhere the default."""
    from agent.errors import UsageError

    if given is not None:
        if wrong := question.wrong(given):
            raise UsageError(f"--{question.key} {given!r}: {wrong}", question.example)
        return given
    if call.as_json or not sys.stdin.isatty():
        if question.default is None:
            raise UsageError(f"{question.text} is missing", "give --name, --address and --domain")
        return question.default
    while True:
        said = str(typer.prompt(question.text, default=question.default))
        if not (wrong := question.wrong(said)):
            return said
        call.remark(f"  {wrong}; {question.example}")


def _brand_values(answers: dict[str, str]) -> dict[str, Any]:
    from api.questions import bare_domain

    return {
        "id": _slug(answers["name"]),
        "name": answers["name"],
        "postal_address": answers["address"],
        "domains": [bare_domain(answers["domain"])],
        "timezone": answers["timezone"],
        "currency": answers["currency"],
        "languages": [part.strip() for part in answers["languages"].split(",") if part.strip()],
    }


def _mind_names(call: Call, brand: Brand, path: Path) -> None:
    """Readers of English cannot read 林间小铺; a Latin name in a Chinese letter is nothing unusual."""
    from agent.domain import Language

    name = brand.name_in(Language.EN)
    if Language.EN in brand.languages and not name.isascii():
        call.remark(f"English letters will be from {name}: if it has an English name, write it under [names] in {path}")


def _slug(name: str) -> str:
    import hashlib
    import re

    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain or "brand-" + hashlib.sha256(name.encode()).hexdigest()[:8]


def _demo_table(result: Any) -> Any:
    from rich.table import Table

    from api.report import STATES

    table = Table(title="what happened to whom", title_justify="left")
    for name in ("who", "risk", "why", "offer", "draft", "verdict", "where it went", "writer"):
        table.add_column(name, overflow="fold")
    for told in result.cases:
        case, draft = told.case, told.draft
        offer = case.decision.offer if case.decision else None
        why = case.reasons[0].text.get("en", case.reasons[0].code) if case.reasons else ""
        table.add_row(
            case.customer_id,
            f"{case.score.probability:.2f}" if case.score else "",
            why,
            offer.id if offer else "",
            (draft.subject or draft.body).replace("\n", " ")[:60] if draft else "",
            ", ".join(finding.rule for finding in told.verdict.findings) or "pass" if told.verdict else "",
            Path(told.where).name if told.where else STATES.get(case.status, case.status.value),
            draft.writer.name if draft else "",
        )
    return table


def _demo_words(answer: dict[str, Any], result: Any) -> str:
    auc = answer["model"]["auc"]
    waiting = next((told.case.case_id for told in result.cases if told.draft), "CASE")
    again = "Nothing new: all of this is from the first run.\n" if result.again else ""
    return (
        f"\n{again}{answer['customers']:,} simulated customers, {answer['flagged']:,} flagged. The demo takes those "
        f"with most at stake and a consent: {answer['drafted']} drafted, {answer['held_out']} held out. Of the drafts "
        f"{answer['passed']} passed, {answer['needs_person']} wait for a person, {answer['blocked']} are blocked; "
        f"{answer['sent']} were sent to the sink, {answer['queued']} wait for quiet hours to end.\n"
        f"Scorer {answer['model']['name']}: AUC {auc['mean']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}] on a simulated "
        f"shop where {answer['model']['base_rate']:.0%} leave.\n"
        f"outbox: {answer['outbox']}\nreport: {answer['report']}\n"
        f"What waits for you: holdfast review list · a case's story: holdfast trace {waiting} ({answer['seconds']} s)"
    )


def _trial_table(trial: Any) -> Any:
    from rich.table import Table

    found = trial.figures
    table = Table(title=f"{trial.model}, {found.reached} cases")
    table.add_column("first answers")
    table.add_column("", justify="right")
    table.add_column("95 %", justify="right")
    rows = (
        ("can be filled", found.valid),
        ("and pass the gate", found.passed),
        ("  of these after markup, thoughts or spelling were taken off", found.mended),
        ("need only the gate's mechanical fix", found.fixed),
        ("are good when asked once more", found.repaired),
        ("never are, with the reason named: the next writer's turn", found.named),
        ("hold a promise that nothing licenses", found.unlicensed_promise),
        ("are in the wrong language", found.wrong_language),
        ("stop in the middle, or are empty", found.unfinished),
        ("never came (down, too slow, window too small)", found.unavailable),
    )
    for words, share in rows:
        low, high = share.interval
        table.add_row(words, f"{share.hits}/{share.of}", f"{low:.0%} to {high:.0%}" if share.of else "")
    table.add_row("literals bound to their facts", str(found.literals_bound), "")
    table.add_row("seconds a draft", f"{found.seconds_per_draft:.1f}", "")
    table.add_row("tokens a draft", f"{found.tokens_per_draft:,.0f}", "")
    for rule, count in found.findings[:10]:
        table.add_row(f"  {rule}", str(count), "")
    return table


def _trial_words(trial: Any) -> str:
    found = trial.figures
    if not found.reached:
        return "No case was reached."
    share = (found.passed.hits + found.fixed.hits + found.repaired.hits) / found.reached
    return (
        f"{share:.0%} of its drafts can be used, one repair included; the composer writes the rest. "
        "These cases are made up; `holdfast draft` shows it on your own."
    )
