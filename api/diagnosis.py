"""What is there and what is missing, in the order of the work: collect → choose → features → train → warn → watch.

The last steps say what keeps a live message from leaving; on a fresh installation that is a good deal, on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agent.domain import Channel
from agent.errors import ChannelUnavailable
from agent.guardrails import all_rules, rules_version
from agent.guardrails.books import book_for, read_books
from agent.guardrails.lexicon import read_lexicons
from agent.guardrails.tables import trials
from agent.unsubscribe import PLACE
from api.bootstrap import Workshop
from api.model_writers import ModelServer, check_model, model_server
from api.offering import check_offers
from api.sending import Carrier, against_live, configured, who
from knowledge.conflicts import conflicts

if TYPE_CHECKING:
    from agent.evaluation import TrialFigures


MOST_FLAWS = 5
SETTLE = "end one of them (valid_to) or correct it, and import the policies again; until then a person answers"
LOOK = "if so, end one of them (valid_to); else let each name in its words and its heading what it is about"
RULE_FILES = "agent/guardrails/"
"""Where lists and books of one's own lie under the overrides."""


@dataclass(frozen=True, slots=True)
class Step:
    """`state`: ok, todo (not done yet), wrong (done, and cannot work)."""

    name: str
    state: str
    says: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def examine(workshop: Workshop) -> list[Step]:
    """Never raises for what it finds: a broken part is a line, and the next parts are examined all the same."""
    checks: tuple[tuple[str, Callable[[Workshop], Iterator[Step]]], ...] = (
        ("brand", _brand),
        ("data", _data),
        ("policies", _policies),
        ("rules", _rules),
        ("offers", _offers),
        ("templates", _templates),
        ("scorer", _scorer),
        ("writer", _writer),
        ("live", _live),
    )
    steps: list[Step] = []
    for name, check in checks:
        try:
            steps.extend(check(workshop))
        except Exception as error:
            steps.append(
                Step(name, "wrong", getattr(error, "message", str(error)), getattr(error, "remedy", "") or "see above")
            )
    return steps


def _brand(workshop: Workshop) -> Iterator[Step]:
    brand = workshop.brand
    yield Step("brand", "ok", f"{brand.name}, {brand.timezone}, {brand.currency}, {'/'.join(brand.languages)}")


def _data(workshop: Workshop) -> Iterator[Step]:
    people, events = workshop.store.people.count(), workshop.log.count()
    if not events:
        yield Step("data", "todo", "no events yet", "holdfast import orders FILE")
        return
    span = workshop.log.span()
    days = f"{span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}" if span else ""
    yield Step("data", "ok", f"{people:,} customers, {events:,} events, {days}")


def _policies(workshop: Workshop) -> Iterator[Step]:
    count = workshop.index.count() if workshop.home.index.exists() else 0
    if not count:
        yield Step("policies", "todo", "none indexed: no promise may be made", "holdfast import policies FOLDER")
        return
    yield Step("policies", "ok", f"{count} clauses")
    today = workshop.clock.now().date()
    for conflict in conflicts(workshop.index.clauses(today), today):
        if conflict.alike:
            yield Step("policies", "wrong", f"two clauses contradict each other: {conflict.message}", SETTLE)
        else:
            yield Step("policies", "todo", f"do these two contradict each other? {conflict.message}", LOOK)
    for problem in workshop.index.embedders.missing():
        yield Step("search", "todo", problem.message, problem.remedy)
    for language, made_by in workshop.index.stamps().items():
        embedder = workshop.index.embedders.of(language)
        if embedder is not None and embedder.name != made_by:
            said = (
                f"{language} policies were indexed by {made_by}, and {embedder.name} is here: words alone are searched"
            )
            yield Step("search", "todo", said, "holdfast ingest FOLDER")


def _rules(workshop: Workshop) -> Iterator[Step]:
    """Files of one's own that cannot be read raise InputError; that is the line."""
    own = [name for name in workshop.home.own_files() if name.startswith(RULE_FILES)]
    read_lexicons()
    for place in read_books():
        book_for(place, None)
    otherwise = sorted({trial.rule for trial in trials() if not trial.is_right})
    said = f"version {rules_version()}, {len(all_rules())} rules, {len(own)} files of your own"
    if otherwise:
        yield Step(
            "rules", "todo", f"{said}; they judge examples of {', '.join(otherwise)} otherwise", "holdfast rules test"
        )
        return
    yield Step("rules", "ok", said)


def _offers(workshop: Workshop) -> Iterator[Step]:
    if (frozen := workshop.store.ledger.frozen()) is not None:
        said = f"frozen by {frozen.by} at {frozen.at:%Y-%m-%d %H:%M} UTC ({frozen.note}): no coupon is reserved"
        yield Step("budgets", "todo", said, "holdfast import outcomes FILE, then: holdfast offers unfreeze --by NAME")
    if flaws := check_offers(workshop)["flaws"]:
        yield from _flaws(flaws)
        return
    lines = workshop.catalogue.offers.values()
    empty = [line.id for line in lines if line.codes and not workshop.store.ledger.codes_left(line.id)]
    if empty:
        yield Step("offers", "todo", f"no codes for {', '.join(empty)}", "holdfast offers codes import FILE")
        return
    yield Step("offers", "ok", f"{len(lines)} offers, codes at hand")


def _flaws(flaws: list[dict[str, Any]]) -> Iterator[Step]:
    for flaw in flaws[:MOST_FLAWS]:
        said = f"{flaw['file']}:{flaw['line']} {flaw['entry']}, {flaw['key']}: {flaw['says']}"
        yield Step("offers", "wrong", said, flaw["remedy"])
    if len(flaws) > MOST_FLAWS:
        yield Step("offers", "wrong", f"and {len(flaws) - MOST_FLAWS} flaws more", "holdfast offers check")


def _templates(workshop: Workshop) -> Iterator[Step]:
    """Silent where nobody has one and nobody needs one: SMS to China is a choice."""
    today = workshop.clock.now().date()
    held = [template for template in workshop.templates.all if template.holds_on(today)]
    if held:
        lapsed = len(workshop.templates.all) - len(held)
        yield Step(
            "templates", "ok", f"approved texts: {len(held)}" + (f", {lapsed} not in force today" * bool(lapsed))
        )


def _scorer(workshop: Workshop) -> Iterator[Step]:
    report = workshop.home.scorer / "report.json"
    if not report.exists():
        yield Step("scorer", "todo", "none trained", "holdfast train --horizon 90d")
        return
    data: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    auc = data["cv"]["auc"]
    said = f"{data['model']}, AUC {auc['mean']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}]: {data['verdict']}"
    yield Step("scorer", "ok" if data["verdict"] == "usable" else "todo", said)
    newest = workshop.store.scores.newest_run()
    if newest is None:
        yield Step("scores", "todo", "nobody scored yet", "holdfast score")
        return
    yield Step("scores", "ok", f"{workshop.store.scores.count():,} customers as of {newest[0]:%Y-%m-%d}")


def _writer(workshop: Workshop) -> Iterator[Step]:
    if workshop.settings.model is None:
        yield Step("writer", "ok", "the composer; a chat model of your own: HOLDFAST_MODEL = hub id, folder or URL")
        return
    if (server := model_server(workshop.settings)) is not None:
        yield _served(server)
        return
    check_model(workshop.settings.model)  # what it raises is the line
    yield Step("writer", "ok", f"{workshop.settings.model}, then the composer")


def _served(server: ModelServer) -> Step:
    if server.model not in server.models:
        listed = ", ".join(server.models) or "no model"
        return Step(
            "writer",
            "wrong",
            f"{server.base_url} does not serve {server.model}",
            f"it serves: {listed}; name one of them",
        )
    return Step("writer", "ok", f"{server.model} at {server.base_url}, then the composer")


def _live(workshop: Workshop) -> Iterator[Step]:
    """Which channel is which, who is reached, what stands between. A real mail server is asked, and sent nothing."""
    real, named = workshop.reach.real, configured(workshop.settings)
    yield Step("channels", "ok" if real else "todo", _channels_in_words(workshop))
    for channel in Channel:
        if channel in real:
            yield _carrier(channel, named[channel], workshop)
    why, remedy = against_live(workshop.settings, workshop.brand)
    if why:
        yield Step("live", "todo", f"nobody can be reached: {why}", remedy)
    else:
        yield Step(
            "live", "ok", f"messages leave for real, for {who(workshop.reach)}; the rest is stopped before sending"
        )
    yield _switch(workshop)
    yield _way_out(workshop)


def _channels_in_words(workshop: Workshop) -> str:
    if not workshop.reach.real:
        return "every channel is the sink: no real customer can be reached"
    sunk = [channel.value for channel in workshop.channels if channel not in workshop.reach.real]
    real = ", ".join(sorted(channel.value for channel in workshop.reach.real))
    return f"real: {real}" + (f"; the sink, and so nobody: {', '.join(sunk)}" if sunk else "")


def _carrier(channel: Channel, by: Carrier, workshop: Workshop) -> Step:
    if by is Carrier.WEBHOOK:
        return Step(channel.value, "ok", "signed to HOLDFAST_WEBHOOK_URL; not tried: only a message would show it")
    if by in (Carrier.SMS, Carrier.PUSH, Carrier.CHAT):
        served = ", ".join(
            f"{market} by {rules.key}" for market, rules in workshop.providers.items() if rules.channel is channel
        )
        return Step(channel.value, "ok", f"{served}; not tried: only a message would show it")
    try:
        workshop.smtp.check()
    except ChannelUnavailable as error:
        return Step(channel.value, "wrong", f"SMTP, and it does not take us: {error.message}", error.remedy)
    finally:
        workshop.smtp.close()
    signer = workshop.signer
    signed = f"signed by {signer.name}" if signer is not None else "not signed by us (HOLDFAST_DKIM_KEY)"
    return Step(channel.value, "ok", f"SMTP {workshop.settings.smtp_server}: it answers and takes us; {signed}")


def _switch(workshop: Workshop) -> Step:
    state = workshop.store.sending.state()
    if state.stopped:
        note = f" ({state.note})" if state.note else ""
        said = f"stopped by {state.by} at {state.at:%Y-%m-%d %H:%M} UTC{note}: messages stay queued"
        return Step("sending", "todo", said, "holdfast sending start --by NAME")
    return Step("sending", "ok", "not stopped; at once: holdfast sending stop --by NAME")


def _way_out(workshop: Workshop) -> Step:
    url = workshop.brand.unsubscribe_url
    if PLACE in url:
        return Step("unsubscribe", "ok", f"a link of its own for each message: {url}")
    remedy = f'unsubscribe_url = "https://{workshop.brand.domains[0]}/u/{PLACE}" in brand.toml'
    if not url:
        return Step("unsubscribe", "todo", "no link: e-mails ask for a reply instead", remedy)
    return Step("unsubscribe", "todo", "one link for everybody, so one click cannot say who clicked", remedy)


# --- a model on trial ---------------------------------------------------------------------------------------------

TRIAL_SEED = 7
"""Fixed, so that two models, or one on two days, answer the same cases."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model is, what is odd about it, and how it did."""

    model: str
    revision: str
    detail: dict[str, str]
    figures: TrialFigures
    whole: bool

    def as_dict(self) -> dict[str, Any]:
        found = asdict(self.figures)
        shares = {name: {"hits": value["hits"], "of": value["of"]} for name, value in found.items() if _is_share(value)}
        return {
            "model": self.model,
            "revision": self.revision,
            "detail": self.detail,
            "stopped": not self.whole,
            **found,
            **shares,
            "findings": dict(self.figures.findings),
        }


def try_model(workshop: Workshop, model: str, count: int, progress: Callable[[str, float], None]) -> Trial:
    """Asks the model the built-in cases. Raises what keeps it from answering at all: NotReady, WriterUnavailable.

    The cases are made up and rest on the sample policies, so that no customer's data reaches a server under trial.
    """
    from importlib.resources import as_file, files

    from agent.evaluation import try_writer, unseen_cases
    from knowledge.ingest import read_folder

    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    clauses = [clause for document in documents for clause in document.clauses]
    progress(f"loading {model}", 0.0)
    writer = workshop.model_writer(model)
    name = writer.load().name  # what is wrong with a folder is said before the first case
    cases = unseen_cases(count, clauses, seed=TRIAL_SEED)
    found, whole = try_writer(writer, cases, lambda number, of: progress(f"case {number} of {of}", (number - 1) / of))
    return Trial(name, writer.revision, dict(getattr(writer, "detail", {})), found, whole)


def _is_share(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"hits", "of"}
