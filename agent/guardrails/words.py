"""What a rule says to the person who reads its finding, in that person's language (`words.toml`)."""

from __future__ import annotations

import tomllib

from agent.resources import kept, package_data


def says(rule: str, language: str) -> str:
    """Why it matters and what to do, in one or two sentences; empty for an id that has no words."""
    return _words().get(rule, {}).get(language, "")


@kept
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((package_data("agent.guardrails") / "words.toml").read_text(encoding="utf-8"))
