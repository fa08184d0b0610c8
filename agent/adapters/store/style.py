"""Style learned from edits: which lesson came from which case, and which rules somebody took back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.domain import Channel, Draft, Language, Lesson, LessonKind, StyleRule


class Style:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def note(self, lessons: Iterable[Lesson], case_id: str, by: str, at: datetime) -> None:
        """Keep what an edit taught; the same lesson of the same case counts once."""
        t = schema.lessons
        with self._tx.write() as c:
            for lesson in lessons:
                key = {"brand_id": self._brand, "rule_id": rule_id_of(lesson), "case_id": case_id}
                if c.execute(sa.select(t.c.case_id).filter_by(**key)).first() is None:
                    c.execute(
                        t.insert().values(
                            **key,
                            language=lesson.language.value,
                            kind=lesson.kind.value,
                            words=lesson.words,
                            instead=lesson.instead,
                            by=by,
                            at=at,
                        )
                    )

    def rules(self, at_least: int = 2) -> list[StyleRule]:
        """Lessons of that many cases or more, the most frequent first; those taken back are among them."""
        t = schema.lessons
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.rule_id, t.c.at)
        taken_back = self._revoked()
        taught: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
        with self._tx.read() as c:
            for row in c.execute(query):
                taught.setdefault(row.rule_id, []).append(row)
        rules = [
            StyleRule(
                id=rule_id,
                lesson=Lesson(Language(rows[0].language), LessonKind(rows[0].kind), rows[0].words, rows[0].instead),
                cases=len(rows),
                by=tuple(dict.fromkeys(row.by for row in rows)),
                last_at=rows[-1].at,
                revoked_by=taken_back.get(rule_id, ""),
            )
            for rule_id, rows in taught.items()
            if len(rows) >= at_least
        ]
        return sorted(rules, key=lambda rule: (-rule.cases, rule.id))

    def turn(self, rule_id: str, revoked: bool, by: str, at: datetime) -> None:
        """Take a rule back, or let it hold again."""
        row = {"brand_id": self._brand, "rule_id": rule_id, "revoked": revoked, "by": by, "at": at}
        with self._tx.write() as c:
            c.execute(schema.revocations.insert().values(row))

    def keep_example(self, draft: Draft, template: str, at: datetime) -> None:
        """A message as a person left it; the newest of a case takes the place of those before."""
        t = schema.examples
        with self._tx.write() as c:
            c.execute(t.delete().where(t.c.brand_id == self._brand, t.c.case_id == draft.case_id))
            c.execute(
                t.insert().values(
                    brand_id=self._brand,
                    case_id=draft.case_id,
                    language=draft.language.value,
                    situation=draft.situation,
                    channel=draft.channel.value,
                    template=template,
                    at=at,
                )
            )

    def examples(self, language: Language, situation: str, channel: Channel, limit: int = 2) -> tuple[str, ...]:
        """The newest messages of this kind that a person had a hand in, in slots."""
        t = schema.examples
        kind = (t.c.language == language.value) & (t.c.situation == situation) & (t.c.channel == channel.value)
        query = sa.select(t.c.template).where(t.c.brand_id == self._brand, kind).order_by(t.c.id.desc()).limit(limit)
        with self._tx.read() as c:
            return tuple(c.execute(query).scalars())

    def _revoked(self) -> dict[str, str]:
        """rule → who took it back, for those that do not hold."""
        t = schema.revocations
        query = sa.select(t.c.rule_id, t.c.revoked, t.c.by).where(t.c.brand_id == self._brand).order_by(t.c.id)
        with self._tx.read() as c:
            newest = {row.rule_id: row.by if row.revoked else "" for row in c.execute(query)}
        return {rule_id: by for rule_id, by in newest.items() if by}


def rule_id_of(lesson: Lesson) -> str:
    parts = (lesson.language.value, lesson.kind.value, lesson.words.lower(), lesson.instead.lower())
    return "s-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]
