"""Cells: messages filled and checked a second, beside the whole gate on the same messages.

Run it: python -m tests.bench.bench_cells. Made-up customers of six cells (two languages, e-mail, SMS, push), three in a
hundred with something wrong: a name that is no name, a code of somebody else, no consent, a suppressed or under-age
customer. Both ways judge the same messages; what they decide differently is counted. Prints figures; asserts nothing,
because a benchmark is no test.
"""

from __future__ import annotations

import random
import string
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.resources import as_file, files

from agent.cells import CellWriter, shared_sheet
from agent.cells.bulk import ApprovedCell, Fill, approve
from agent.context import gate_context
from agent.domain import Channel, Consent, Decision, Language, Purpose, WriteRequest
from agent.evaluation import EvalCase, unseen_cases
from agent.facts.people import read_name
from agent.guardrails import context_from_json
from agent.guardrails.context import GateContext
from agent.writers.composer import Composer
from knowledge.ingest import read_folder

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WHOLE = N // 20
CORES = 2
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞红梅鑫波斌宇浩凯健俊帆雪荣爱妹香月莺媛佳嘉琼勤珍"
FIRST = (
    "James Mary John Linda Robert Susan Michael Karen William Nancy David Lisa Ann Sophie Olga Priya Chen Ahmed Noor "
    "Ivan Eva Tom Ben Zoe Max Ida Leo Mia Ada Sam Kim Joe Amy Roy Liv Finn Nora Hugo Ella Otto"
).split()
LAST = (
    "Smith Jones Brown Taylor Lee Walker Hall Young King Wright Scott Green Baker Adams Nelson Carter Mitchell Perez "
    "Turner Phillips Campbell Parker Evans Edwards Collins Stewart Sanchez Morris Rogers Reed Cook Morgan Bell Cox"
).split()
ODD = (
    "50% off", "FREE GIFT", "点击领取", "最佳客户", "www.win.example", "A1B2C3", "🎁", "退款已到账",
    "guaranteed winner", "null",
)  # fmt: skip


def cells() -> list[tuple[EvalCase, GateContext, ApprovedCell]]:
    with as_file(files("knowledge") / "policies") as folder:
        clauses = [clause for document in read_folder(folder)[0] for clause in document.clauses]
    found = []
    wanted = {(language, channel) for language in Language for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH)}
    for case in unseen_cases(4_000, clauses, seed=3):
        kind = (case.sheet.language, case.sheet.channel)
        offered = case.sheet.fact("offer_code") is not None
        if kind not in wanted or case.sheet.purpose is not Purpose.MARKETING or not offered:
            continue
        sheet = shared_sheet(case.sheet)
        context = context_from_json(gate_context(case.live, {}, case.sheet.channel))
        reply = CellWriter(Composer()).write(WriteRequest((), case.sheet, (), 1)).text
        approved = approve(reply, sheet, context)
        if approved is not None:
            found.append((case, context, approved))
            wanted.remove(kind)
    return found


def fills(case: EvalCase, context: GateContext, count: int, seed: int) -> Iterator[Fill]:
    dice = random.Random(seed)
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ2346789"
    consent = {channel: Consent(True, context.now, "form", "marketing") for channel in Channel}
    for _ in range(count):
        wrong = dice.random() < 0.03
        name, gender = _name(case, dice, wrong), dice.choice(["male", "female", None])
        person = replace(case.live.customer, name=name, given_name=None, gender=gender)
        code = "".join(dice.choice(letters) for _ in range(7)) + dice.choice(string.digits[2:])
        reserved = code if not wrong or dice.random() < 0.7 else "QH7K2XMA"
        facts = {"age": dice.choice([None, 34, 34, 12 if wrong else 51])}
        recipient = replace(
            context.customer,
            name=person.name,
            first_name=None,
            consent=consent if not wrong or dice.random() < 0.7 else {},
            suppressed=wrong and dice.random() < 0.2,
            facts=facts,
        )
        assert context.offer is not None
        state = replace(context, customer=recipient, offer=replace(context.offer, code=reserved))
        yield Fill.of(state, read_name(person), code, context.brand.unsubscribe_url)


def _name(case: EvalCase, dice: random.Random, wrong: bool) -> str:
    if wrong and dice.random() < 0.5:
        return dice.choice(ODD)
    if case.sheet.language is Language.ZH:
        return dice.choice(SURNAMES) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2))))
    return f"{dice.choice(FIRST)} {dice.choice(LAST)}"


def bulk(seed: int) -> tuple[int, float, int, int]:
    """(messages, seconds, passed, through the whole gate) of one process."""
    made = cells()
    each = N // CORES // len(made)
    seconds, passed, whole = 0.0, 0, 0
    for case, context, approved in made:
        rows = list(fills(case, context, each, seed))
        started = time.perf_counter()
        passed += sum(decision is Decision.PASS for _, decision in approved.messages(rows))
        seconds += time.perf_counter() - started
        whole += approved.whole
    return each * len(made), seconds, passed, whole


def differences() -> tuple[int, float, int]:
    """(messages, seconds of the whole gate, decided differently) on a sample."""
    seconds, count, differ = 0.0, 0, 0
    for case, context, approved in cells():
        for fill in fills(case, context, WHOLE // 6, seed=99):
            words, quick = approved.message(fill)
            started = time.perf_counter()
            full = approved.judged_whole(words, fill).decision
            seconds += time.perf_counter() - started
            count += 1
            differ += full is not quick
    return count, seconds, differ


def main() -> None:
    with ProcessPoolExecutor(CORES) as pool:
        parts = list(pool.map(bulk, range(CORES)))
    messages, slowest = sum(part[0] for part in parts), max(part[1] for part in parts)
    passed, whole = (sum(part[place] for part in parts) / messages for place in (2, 3))
    sys.stdout.write(
        f"cells: {messages:,} messages filled and checked in {slowest:.1f} s on {CORES} cores, "
        f"{messages / slowest:,.0f} a second; {passed:.1%} passed, {whole:.1%} went through the whole gate\n"
    )
    count, seconds, differ = differences()
    sys.stdout.write(
        f"whole gate: {count / seconds:,.0f} a second on one core; of {count:,} messages {differ} decided differently\n"
        f"ratio a core: {messages / slowest / CORES / (count / seconds):.0f} times\n"
    )


if __name__ == "__main__":
    main()
