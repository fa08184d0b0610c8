"""The house itself: what may be loaded, what must be documented, what no path may skip."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from agent.domain import Language
from agent.evaluation.phrasings import read_phrasings

ROOT = Path(__file__).parents[2]
ROOMS = ("agent", "api", "knowledge", "prompts", "scoring")
HEAVY = {"torch", "transformers", "chromadb", "langchain_core", "sklearn", "lightgbm", "pandas", "fastapi", "duckdb"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_command_line_loads_nothing_heavy_before_it_must() -> None:
    assert loaded_by("import api.cli") & HEAVY == set()


def test_the_pipeline_runs_without_model_index_or_door() -> None:
    assert loaded_by("import agent.pipeline, agent.campaign") & HEAVY == set()


def commands(app: typer.Typer) -> set[str]:
    def walk(command: object, path: str) -> set[str]:
        children = getattr(command, "commands", None)
        if children is None:
            return {path}
        return set().union(*(walk(child, f"{path} {name}".strip()) for name, child in children.items()))

    return walk(get_command(app), "")


def test_every_command_stands_in_the_readme() -> None:
    from api.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = {name for name in commands(app) if f"holdfast {name}" not in readme}
    assert missing == set()


def unknown_commands(text: str, known: set[str]) -> set[str]:
    """What stands in code as `holdfast …` and is no command: a group alone, or a word that nobody knows."""
    code = "\n".join(re.findall(r"^```.*?^```", text, re.DOTALL | re.MULTILINE))
    code += "\n".join(re.findall(r"`([^`\n]+)`", text))
    unknown = set()
    for words in re.findall(r"\bholdfast((?: +[a-z][\w-]*)+)", code):
        path: list[str] = []
        for word in words.split():
            path.append(word)
            if " ".join(path) in known:
                break
        else:
            unknown.add(" ".join(path))
    return unknown


def test_every_command_of_the_readme_exists() -> None:
    from api.cli import app

    assert unknown_commands((ROOT / "README.md").read_text(encoding="utf-8"), commands(app)) == set()


def test_a_command_that_does_not_exist_would_be_found() -> None:
    text = "Run `holdfast fly`, `holdfast offers` or\n```sh\nholdfast import orders FILE\nholdfast import cats\n```\n"
    assert unknown_commands(text, {"demo", "import orders", "offers list"}) == {"fly", "offers", "import cats"}


def test_every_setting_stands_in_the_readme() -> None:
    from api.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"HOLDFAST_{name.upper()}" not in readme]
    assert missing == []


def calls_of(name: str) -> list[str]:
    """Every place where something of this name is called: file and the words of the call."""
    return sorted(
        f"{path.relative_to(ROOT).as_posix()}: {ast.unparse(node.func)}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and name == (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    )


def test_a_message_is_handed_to_a_channel_in_exactly_one_place() -> None:
    """`deliver` is a channel's method and the send stage's function; each is called once, and by nobody else."""
    assert calls_of("deliver") == ["agent/pipeline.py: deliver", "agent/send.py: channel.deliver"]


def test_only_an_approval_puts_a_message_into_the_outbox() -> None:
    assert calls_of("enqueue") == ["agent/pipeline.py: house.store.outbox.enqueue"]


def test_a_chat_answers_in_one_place_and_only_through_the_gate() -> None:
    own = ("scoring/", "api/console/", "knowledge/")  # answers to contacts, to consents, of the search
    made = [call for call in calls_of("Answer") if not call.startswith(own)]
    assert made == ["agent/chat/reply.py: Answer"]
    assert set(calls_of("ask_reply")) == {"agent/chat/reply.py: gatekeeper.ask_reply"}


def test_a_finding_is_put_into_json_in_one_way() -> None:
    shapes = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if '"severity": finding' in path.read_text(encoding="utf-8")
    ]
    assert shapes == ["agent/guardrails/contract.py"]


DOORS = {
    "chromadb": ("knowledge/index.py",),
    "dkim": ("agent/adapters/channels/dkim_signature.py",),
    "fastapi": ("api/",),
    "langchain": ("agent/writers/",),
    "langchain_core": ("agent/writers/",),
    "langchain_openai": ("agent/writers/",),
    "langsmith": ("agent/writers/",),
    "openai": ("agent/writers/",),
    "torch": ("scoring/models/", "scoring/train.py", "agent/writers/", "knowledge/embed/hub.py"),
    "transformers": ("scoring/models/", "scoring/train.py", "agent/writers/", "knowledge/embed/hub.py"),
}


def imports_of(library: str) -> set[str]:
    """Files that import this library, at their top or inside a function."""
    found = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == library for name in names):
                found.add(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("library", DOORS)
def test_a_heavy_library_is_imported_only_behind_its_doors(library: str) -> None:
    assert {path for path in imports_of(library) if not path.startswith(DOORS[library])} == set()


@pytest.mark.parametrize(
    ("room", "door"), [("scoring", "records"), ("knowledge", "documents"), ("prompts", "template")]
)
def test_every_module_that_agent_may_not_know_is_in_the_contract(room: str, door: str) -> None:
    """A forbidden contract only holds for what it lists, so a new module of these rooms must be listed too."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    listed = next(c for c in contracts if c["name"] == f"agent meets {room} only at {room}.{door}")
    modules = {
        f"{room}.{path.stem}"
        for path in (ROOT / room).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    assert set(listed["forbidden_modules"]) == modules - {f"{room}.{door}"}


def test_every_module_explains_itself() -> None:
    mute = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert mute == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_readme(room: str) -> None:
    assert (ROOT / room / "README.md").is_file()


def test_the_ci_runs_the_readmes_own_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make test" in readme
    assert "make demo" in readme
    assert re.search(r"make .*\btest$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


def test_nothing_here_is_downloaded_by_itself() -> None:
    """A hub id is only resolved by transformers when the operator named one."""
    assert os.environ.get("HF_HUB_OFFLINE") != "0"
    hits = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"snapshot_download|hf_hub_download|urlretrieve|requests\.get", path.read_text(encoding="utf-8"))
    ]
    assert hits == []


PUBLIC = frozenset({"/healthz", "/readyz", "/metrics", "/sign-in", "/link/{token}", "/u/{token}"})
"""What opens without a key and without a session. Nothing of a customer's is behind any of them."""


def test_every_route_says_who_may_call_it() -> None:
    """A key or a session with a role, in the signature; or it stands in the short list above."""
    from api.auth import Permission
    from api.console.pages import PUBLIC as PUBLIC_PAGES
    from api.console.pages import ROUTERS as PAGES
    from api.console.session import Acts, Sees
    from api.routes import ROUTERS

    def guards(dependant: Any) -> list[Any]:
        own = [dependant.call] if isinstance(dependant.call, Permission | Acts | Sees) else []
        return own + [guard for below in dependant.dependencies for guard in guards(below)]

    routes = [route for router in (*ROUTERS, *PAGES) for route in router.routes]
    open_to_all = {route.path for route in routes if not any(guard.roles for guard in guards(route.dependant))}
    assert len(routes) > 50
    assert open_to_all <= PUBLIC
    assert open_to_all >= PUBLIC_PAGES


def test_every_page_that_changes_something_asks_for_the_sessions_token() -> None:
    from api.console.pages import PUBLIC as PUBLIC_PAGES
    from api.console.pages import ROUTERS as PAGES
    from api.console.session import Acts

    posts = [route for router in PAGES for route in router.routes if "POST" in route.methods]
    unguarded = {
        route.path for route in posts if not any(isinstance(d.call, Acts) for d in route.dependant.dependencies)
    }
    assert unguarded == PUBLIC_PAGES


def test_the_wishes_of_another_hand_are_read_by_the_evaluation_alone() -> None:
    """Neither the patterns that read wishes nor any training may see the phrasings on which obedience is measured."""
    readers = {
        path.relative_to(ROOT).as_posix()
        for room in ("agent", "api", "knowledge", "prompts")
        for path in (ROOT / room).rglob("*.py")
        if "phrasings" in path.read_text(encoding="utf-8")
    }
    assert {path.rsplit("/", 1)[0] for path in readers} <= {"agent/evaluation", "api", "api/commands"}
    wishes = {phrasing.text for phrasing in read_phrasings()}
    patterns = (ROOT / "agent" / "instructions" / "flags.toml").read_text(encoding="utf-8")
    assert len(wishes) > 300
    assert not [wish for wish in wishes if wish in patterns]


def test_every_clause_that_a_customer_may_read_has_a_topic_by_which_it_is_found() -> None:
    from agent.grounding import topics
    from agent.language.spoken import fold
    from knowledge.ingest import read_folder

    documents, _ = read_folder(ROOT / "knowledge" / "policies")
    clauses = [clause for document in documents for clause in document.clauses if clause.customer_text]
    nowhere = [
        clause.id
        for clause in clauses
        if not any(
            topic.say.search(fold(f"{clause.clause} {clause.customer_text}"))
            for topic in topics(Language(clause.language))
        )
    ]
    assert len(clauses) > 150
    assert nowhere == []
