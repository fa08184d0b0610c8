"""Prompts are files that a colleague may edit: a hole or a slip in one must be found before a model answers to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts.template import PromptError, load_prompt, load_wording

NAMES = ("care_message", "coupon_message", "revise_draft", "rep_explanation", "chat_reply")
GOOD = '+++\nname = "x"\nlanguage = "en"\npurpose = "p"\nvariables = ["who"]\n+++\n## system\nHello <<who>>.\n'


def write(folder: Path, text: str) -> Path:
    (folder / "x.en.md").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shipped_prompt_loads_and_fills(name: str, language: str) -> None:
    prompt = load_prompt(name, language)
    filled = prompt.render(**{variable: f"[{variable}]" for variable in prompt.variables})
    assert all("<<" not in text for _, text in filled)
    assert all(any(f"[{variable}]" in text for _, text in filled) for variable in prompt.variables)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_ask_for_the_same_things(name: str) -> None:
    zh, en = load_prompt(name, "zh"), load_prompt(name, "en")
    assert zh.variables == en.variables
    assert [role for role, _ in zh.sections] == [role for role, _ in en.sections]


def test_wording_names_the_same_things_in_both_languages() -> None:
    zh, en = load_wording("zh"), load_wording("en")
    assert zh.words.keys() == en.words.keys()
    assert zh.limits.keys() == en.limits.keys()


def test_renders_into_roles_in_the_order_of_the_file(tmp_path: Path) -> None:
    prompt = load_prompt("x", "en", write(tmp_path, GOOD + "\n## user\nAnd <<who>>?\n"))
    assert prompt.render(who="you {first_name}") == (
        ("system", "Hello you {first_name}."),
        ("user", "And you {first_name}?"),
    )


def test_what_is_filled_in_is_not_filled_again(tmp_path: Path) -> None:
    prompt = load_prompt("x", "en", write(tmp_path, GOOD))
    assert prompt.render(who="<<who>>") == (("system", "Hello <<who>>."),)


@pytest.mark.parametrize("values", [{}, {"who": "a", "what": "b"}, {"what": "b"}])
def test_a_missing_or_unknown_variable_is_an_error(tmp_path: Path, values: dict[str, str]) -> None:
    with pytest.raises(PromptError, match=r"x\.en\.md"):
        load_prompt("x", "en", write(tmp_path, GOOD)).render(**values)


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        GOOD.replace("<<who>>", "<<whom>>"),
        GOOD.replace('purpose = "p"\n', ""),
        GOOD.replace('purpose = "p"\n', 'purpose = "p"\nmood = "m"\n'),
        GOOD.replace('name = "x"', 'name = "y"'),
        GOOD.replace("## system\n", ""),
        GOOD.replace('"x"', '"x'),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PromptError):
        load_prompt("x", "en", write(tmp_path, text))


def test_a_prompt_nobody_wrote_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"nothing\.en\.md"):
        load_prompt("nothing", "en", tmp_path)


def test_the_version_changes_with_the_words(tmp_path: Path) -> None:
    before = load_prompt("x", "en", write(tmp_path, GOOD)).version
    assert load_prompt("x", "en", write(tmp_path, GOOD.replace("Hello", "Hi"))).version != before
