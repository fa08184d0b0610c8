"""Old messages through other rules, from a home's database: how many a second, on one core and on all of them.

Run: python -m tests.bench.bench_replay [messages] [customers]. A sample shop sends to its customers by the product's
own functions, into its sink. What was judged at the moment of sending is then laid down again and again in the same
tables, each time under another name, so that hardly two messages say the same. The rules that judge anew have one list
more than ours. The goal is 40,000 messages in a minute on two cores. Prints; asserts nothing, because a benchmark is no
test.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agent import campaign, pipeline
from agent.adapters.store import schema
from agent.hashes import words_hash
from agent.replay import Replay
from api.bootstrap import Workshop
from api.replaying import replay
from api.scoring_store import score_store
from tests.bench.bench_campaign import PLAN, a_shop
from tests.factories import NOW

GOAL, GOAL_S = 40_000, 60
BEGUN = NOW + timedelta(days=1)
LIST = '[TONE_PRESSURE]\nen_block = ["be a shame|now or never"]\nzh_block = ["别错过"]\n'
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
_LETTERS = "abcdefghiklmnoprstuvwy"


def a_shop_that_sent(folder: Path, customers: int) -> Workshop:
    workshop = a_shop(folder, customers)
    score_store(workshop, workshop.clock.now(), workshop.home.scorer)
    campaign.begin(PLAN, "bench", workshop.house)
    for _ in campaign.walk_through(PLAN, workshop.house):
        pass
    pipeline.send_due(workshop.house)
    return workshop


def multiply(workshop: Workshop, messages: int) -> int:
    """Lay down `messages` more judgements, a second apart; gives how many real ones they were made from."""
    v, d = schema.verdicts, schema.drafts
    with workshop.store.write() as c:
        join = sa.select(v, d.c.data.label("draft")).join(d, d.c.draft_id == v.c.draft_id).where(v.c.moment == "send")
        real = [dict(row._mapping) for row in c.execute(join)]
        for first in range(0, messages, 1_000):
            made = [_another(real[n % len(real)], n) for n in range(first, min(first + 1_000, messages))]
            c.execute(sa.insert(d), [draft for draft, _ in made])
            c.execute(sa.insert(v), [verdict for _, verdict in made])
    return len(real)


def _another(row: dict[str, Any], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The draft and the judgement of one message, to somebody of another name of the same length."""
    context, draft = row["context"], row["draft"]
    for name in sorted(_names(context), key=len, reverse=True):
        new = _other_name(name, number)
        context, draft = (json.loads(_dumped(one).replace(name, new)) for one in (context, draft))
    draft["draft_id"] = f"copy{number}"
    whole = {"draft_id": draft["draft_id"], "brand_id": row["brand_id"], "case_id": row["case_id"]}
    at = BEGUN + timedelta(seconds=number)
    digest = words_hash(draft["subject"], draft["body"])
    verdict = {key: row[key] for key in ("moment", "decision", "rules", "data")}
    return (
        {**whole, "created_at": at, "data": draft},
        {**whole, **verdict, "at": at, "text_hash": digest, "context": context},
    )


def _names(context: dict[str, Any]) -> Iterator[str]:
    customer = context["customer"]
    yield from {name for name in (customer.get("name"), customer.get("first_name")) if name}


def _other_name(name: str, number: int) -> str:
    pool = _LETTERS if name.isascii() else _SURNAMES
    signs = list(name)
    for at in range(1 if name.isascii() else 0, len(signs)):
        if signs[at].isalpha():
            signs[at] = pool[(number // 3**at + ord(signs[at])) % len(pool)]
    return "".join(signs)


def _dumped(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def timed(workshop: Workshop, until: datetime, rules: Path, cores: int | None) -> tuple[float, Replay]:
    start = time.perf_counter()
    found = replay(workshop, BEGUN, until, rules, cores=cores)
    return time.perf_counter() - start, found


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else GOAL
    customers = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    with tempfile.TemporaryDirectory() as folder:
        workshop = a_shop_that_sent(Path(folder) / "home", customers)
        real = multiply(workshop, messages)
        lists = Path(folder) / "rules" / "agent" / "guardrails" / "lexicons"
        lists.mkdir(parents=True)
        (lists / "own.toml").write_text(LIST, encoding="utf-8")
        sys.stdout.write(f"{messages:,} messages from {real:,} that a shop sent\n{'cores':>6} {'messages':>9}")
        sys.stdout.write(f" {'s':>7} {'a second':>9} {'ratio':>6} {'judged otherwise':>17}\n")
        one = 0.0
        for cores, share in ((1, messages // 10), (os.cpu_count() or 1, messages)):
            spent, found = timed(workshop, BEGUN + timedelta(seconds=share), Path(folder) / "rules", cores)
            one = one or found.messages / spent
            rate = found.messages / spent
            sys.stdout.write(f"{cores:>6} {found.messages:>9,} {spent:>7.1f} {rate:>9,.0f} {rate / one:>6.2f}")
            sys.stdout.write(f" {found.changed:>17,}\n")
    own, its = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(f"memory at the peak: {own:,.0f} MB, and {its:,.0f} MB in the largest of the others\n")
    sys.stdout.write(f"{GOAL:,} would take {GOAL / rate:,.0f} s; the goal is {GOAL_S} s on two cores\n")


if __name__ == "__main__":
    main()
