"""Codes as a till exports them: one a line, offer and code, or a table whose heading says which column is which."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from agent.errors import InputError

CODE = frozenset(
    "code codes coupon coupon_code voucher voucher_code 优惠码 优惠券 优惠券码 券码 券号 兑换码 折扣码".split()
)
OFFER = frozenset("offer offer_id 优惠 优惠编号 活动优惠".split())
LONGEST = 64


def read_codes(text: str, offer: str | None, where: str) -> Iterator[tuple[int, str, str]]:
    """Line, offer and code of each. `offer`: of all of them, else the file says it.

    Raises InputError for a table whose columns cannot be told, and for what is no code: nothing of it is used then, for
    a customer must never be told to enter a heading or a batch number at the till.
    """
    rows = [(n, [cell.strip() for cell in row]) for n, row in enumerate(csv.reader(text.splitlines()), start=1)]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        return
    heading = [cell.casefold() for cell in rows[0][1]]
    codes, offers = (next((at for at, cell in enumerate(heading) if cell in names), None) for names in (CODE, OFFER))
    if codes is None and (widest := max(len(cells) for _, cells in rows)) > 2:
        raise InputError(f"{where}: {widest} columns, and no heading says which holds the codes", "call it code")
    for number, cells in rows[1:] if codes is not None else rows:
        if codes is not None:
            code = cells[codes] if codes < len(cells) else ""
            named = cells[offers] if offers is not None and offers < len(cells) else ""
        else:
            code, named = cells[-1], cells[0] if len(cells) > 1 else ""
        if [named.casefold(), code.casefold()] == ["offer", "code"]:  # two files one after the other
            continue
        if not code or len(code) > LONGEST or any(char.isspace() for char in code):
            raise InputError(f"{where}, line {number}: {code!r} is no code", "one word, of 64 characters at most")
        yield number, offer or named, code
