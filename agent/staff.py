"""What waits for the firm's own people, in the words of a group message: short, with links, nobody's name in it.

Takes cases, most at stake first; gives the text. A group is read by many and kept by somebody else, so it holds what is
to be done and where, and nothing of a customer: who it is about stands behind the link.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain import Brand, Case, CaseStatus, Language, OfferKind
from agent.situations import situations

HEAD = {
    Language.ZH: "【{brand}】有{n}件事等人处理：",
    Language.EN: "{brand}: {n} waiting for a person",
}
CALL = {Language.ZH: "打电话", Language.EN: "Call"}
STOPPED = {Language.ZH: "草稿没过审核", Language.EN: "Stopped by the gate"}
LOOK = {Language.ZH: "看草稿", Language.EN: "Look at a draft"}
MORE = {Language.ZH: "还有{n}件，请到待办里看。", Language.EN: "and {n} more in the queue"}


def digest(cases: Sequence[Case], brand: Brand, console: str, longest: int) -> str:
    """As many lines as fit into `longest` bytes, and how many more there are."""
    language = brand.languages[0]
    lines = [HEAD[language].format(brand=brand.name_in(language), n=len(cases))]
    for number, case in enumerate(cases):
        left = len(cases) - number
        line = _line(case, console, language)
        tail = [MORE[language].format(n=left)]
        if len("\n".join([*lines, line, *tail]).encode()) > longest:
            return "\n".join([*lines, *tail])
        lines.append(line)
    return "\n".join(lines)


def _line(case: Case, console: str, language: Language) -> str:
    about = situations().title(case.situation, language) if case.situation else ""
    link = f" {console}/cases/{case.case_id}" if console else f" {case.case_id}"
    return f"· {_task(case)[language]}{'：' if language is Language.ZH else ': '}{about}{link}"


def _task(case: Case) -> dict[Language, str]:
    if case.decision is not None and case.decision.help is OfferKind.HUMAN_CALL:
        return CALL
    return STOPPED if case.status is CaseStatus.BLOCKED else LOOK
