"""A firm's own files over ours, file by file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import prompts.template
from agent.acts import act_table
from agent.resources import package_data, use_overrides
from agent.writers.phrasebook import phrasebook


@pytest.fixture(autouse=True)
def ours_again() -> Iterator[None]:
    yield
    use_overrides(None)
    prompts.template.use_overrides(None)


def test_one_own_file_replaces_one_of_ours_and_leaves_the_rest(tmp_path: Path) -> None:
    shipped = phrasebook()
    own = tmp_path / "agent" / "writers" / "phrasebook" / "en"
    own.mkdir(parents=True)
    ours = (package_data("agent.writers.phrasebook") / "en" / "long_silence.toml").read_text(encoding="utf-8")
    (own / "long_silence.toml").write_text("# ours, touched\n" + ours, encoding="utf-8")
    use_overrides(tmp_path)
    assert phrasebook().revision != shipped.revision, "the revision stamped on drafts tells that the words are others"
    assert phrasebook().situations.keys() == shipped.situations.keys()
    assert act_table().keys()
    use_overrides(None)
    assert phrasebook().revision == shipped.revision


def test_an_own_prompt_is_used_and_stamped(tmp_path: Path) -> None:
    shipped = prompts.template.load_prompt("care_message", "en")
    text = (package_data("prompts") / "care_message.en.md").read_text(encoding="utf-8")
    (tmp_path / "care_message.en.md").write_text(text + "\nOne more thing.\n", encoding="utf-8")
    prompts.template.use_overrides(tmp_path)
    assert prompts.template.load_prompt("care_message", "en").version != shipped.version
    assert prompts.template.load_prompt("care_message", "zh").language == "zh"
