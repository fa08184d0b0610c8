"""A clause → the texts that stand for it in the vector space: its parts under their headings, and its questions.

An encoder reads a few hundred words and blurs what is longer, so a long clause is cut at the ends of sentences; the
best of its parts counts. A customer's question is nearer to a question than to a rule, so each of the clause's own
stands alone.
"""

from __future__ import annotations

import re

from knowledge.documents import Clause

LONGEST = {"zh": 300, "en": 700}
SENTENCE = re.compile(r"(?<=[。；！？!?\n])|(?<=[.;]) ")


def rows(clause: Clause) -> list[tuple[str, bool]]:
    """The texts to embed, the clause's own first; True for those that are questions."""
    head = " > ".join(dict.fromkeys([*clause.section, clause.clause])).replace("_", " ")
    parts = _parts(clause.text, LONGEST.get(clause.language, 600))
    return [*((f"{head}\n{part}", False) for part in parts), *((question, True) for question in clause.questions)]


def words(clause: Clause) -> str:
    """What is searched by words. The heading counts twice: it says in two words what the clause is about."""
    return "\n".join(
        (clause.clause.replace("_", " "), clause.clause, *clause.section, clause.text, clause.customer_text or "",
         *clause.questions)
    )  # fmt: skip


def _parts(text: str, longest: int) -> list[str]:
    parts, now = [], ""
    for sentence in SENTENCE.split(text):
        while len(sentence) > 2 * longest:  # a text without ends of sentences
            parts.append(sentence[:longest])
            sentence = sentence[longest:]
        if now and len(now) + len(sentence) > longest:
            parts.append(now.strip())
            now = ""
        now += sentence if not now or now.endswith(("\n", "。", "；", "！", "？")) else f" {sentence}"
    return [*parts, now.strip()] if now.strip() or not parts else parts
