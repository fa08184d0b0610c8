"""Tables (.xlsx, .csv, .tsv) → blocks: one row, one clause.

Where the header names them, columns are a clause's own: id, clause (条款, 标题, 问题), text (内容, 答案), valid_from
(生效日期) and the others of `keys.py`. Where it doesn't, a row is quoted with its header words and goes by its first
cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from knowledge.errors import DocumentUnreadable
from knowledge.ingest.blocks import Block, Content, heading, note, paragraph, row, said
from knowledge.ingest.keys import NOTES, key_of
from knowledge.ingest.text import decode, tidy
from knowledge.ingest.zipped import open_zip

CLAUSE = frozenset(
    "clause|heading|topic|subject|rule|article|policy|name|question|条款|条目|条文|主题|项目|标题|问题|规则|事项|条款名称|"
    "条款标题|规则名称|政策|政策名称|title|标准问题|q".split("|")
)
TEXT = frozenset(
    "text|content|body|answer|details|detail|description|wording|policy text|clause text|rule text|内容|正文|答案|规定|"
    "说明|条款内容|规则内容|政策内容|详细内容|具体内容|具体规定|描述|回答|标准答案|a|解答".split("|")
)
SECTION = frozenset("section|category|chapter|group|type|章节|类别|分类|大类|模块|板块".split("|"))
NUMBER = frozenset("id|no|no.|number|code|编号|条款编号|序号".split("|"))
ROLES = {"clause": CLAUSE, "text": TEXT, "section": SECTION, "id": NUMBER}
MOST_ROWS = 100_000
LOOKED_AT = 15


def read_xlsx(raw: bytes, where: str) -> Content:
    open_zip(raw, where, "Excel workbook")
    import openpyxl

    blocks: list[Block] = []
    remarks: list[str] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(sheets) < len(book.worksheets):
            remarks.append(f"{len(book.worksheets) - len(sheets)} hidden sheets were not read")
        for sheet in sheets:
            rows = _cells(sheet)
            if rows and len(sheets) > 1:
                blocks.append(heading(sheet.title, 1))
            blocks += table_blocks(rows)
        title = book.properties.title
    except Exception as error:  # the library raises whatever its parts raise
        raise DocumentUnreadable(
            f"{where} is no whole Excel workbook ({error})", "open it in Excel and save it again"
        ) from error
    return Content(tuple(blocks), title=title, remarks=tuple(remarks))


def read_csv(raw: bytes, where: str) -> Content:
    text, remarks = decode(raw, where)
    if not text.strip():
        raise DocumentUnreadable(f"{where} is empty", "write the policy, or take the file away")
    first = next(line for line in text.split("\n") if line.strip())
    delimiter = max(",\t;|", key=lambda sign: (first.count(sign), sign == ","))
    csv.field_size_limit(10_000_000)
    try:
        rows = [[tidy(cell) for cell in values] for values in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise DocumentUnreadable(f"{where} is no table ({error})", "save it as CSV with UTF-8") from error
    return Content(tuple(table_blocks(rows)), remarks=tuple(remarks))


def _cells(sheet: Any) -> list[list[str]]:
    """The rows that are shown, as words; a merged cell holds its value in each of its places."""
    merged = {}
    for area in sheet.merged_cells.ranges:
        if area.size["rows"] * area.size["columns"] <= MOST_ROWS:
            value = sheet.cell(area.min_row, area.min_col)
            for line in range(area.min_row, area.max_row + 1):
                for column in range(area.min_col, area.max_col + 1):
                    merged[line, column] = value
    hidden = {number for number, shape in sheet.row_dimensions.items() if shape.hidden}
    found = []
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS), start=1):
        if number not in hidden:
            found.append([spelled(merged.get((number, at), cell)) for at, cell in enumerate(cells, start=1)])
    return found


def spelled(cell: Any) -> str:
    """A cell as it is shown: 0.15 formatted as per cent is 15%, a day is YYYY-MM-DD, 3.0 is 3."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        form = str(cell.number_format or "")
        return f"{value * 100:.10g}%" if "%" in form else f"{value:.10g}"
    return tidy(str(value))


def table_blocks(rows: Sequence[Sequence[str]]) -> Iterator[Block]:
    """A sheet may hold several tables, one under another, each under a line of its own with a title."""
    if max((len([value for value in values if value]) for values in rows), default=0) <= 1:
        yield from (paragraph(value) for values in rows for value in values if value)
        return
    header: Sequence[str] = ()
    after_blank = False
    for values in rows:
        filled = list(dict.fromkeys(value for value in values if value))
        if not filled:
            after_blank = True
            continue
        if len(filled) == 1 and (not header or (after_blank and values[0]) or _is_banner(values, header)):
            yield heading(filled[0], 2)
            header = header if _is_banner(values, header) and not after_blank else ()
        elif not header or (after_blank and _is_header(values)):
            header = values
        elif (roles := _roles(header))["text"]:
            yield from _clause(header, values, roles)
        else:
            yield from _plain(header, values)
        after_blank = False


def _is_banner(values: Sequence[str], header: Sequence[str]) -> bool:
    """A line across the table, merged over its columns, that names the rows below it."""
    return len([name for name in header if name]) > 1 and len([value for value in values if value]) > 1


def _is_header(values: Sequence[str]) -> bool:
    return bool(_roles(values)["text"]) or sum(key_of(value) is not None for value in values if value) > 1


def _roles(header: Sequence[str]) -> dict[str, list[int]]:
    roles: dict[str, list[int]] = {role: [] for role in ROLES}
    names = [re.sub(r"[\s_\-]+", " ", name).strip().lower() for name in header]
    for at, name in enumerate(names):
        for role, known in ROLES.items():
            if name in known:
                roles[role].append(at)
    return roles


def _clause(header: Sequence[str], values: Sequence[str], roles: dict[str, list[int]]) -> Iterator[Block]:
    def of(role: str) -> str:
        return next((values[at] for at in roles[role] if at < len(values) and values[at]), "")

    text, name, number = of("text"), of("clause"), of("id")
    if not text:
        return
    for at, level in zip(roles["section"], (2, 3), strict=False):
        if at < len(values) and values[at]:
            yield heading(values[at], level)
    yield heading(name or number or text[:40], 6)
    yield paragraph(text)
    if number:
        yield note("number", number)
    taken = {at for places in roles.values() for at in places}
    rest = []
    for at, value in enumerate(values[: len(header)]):
        key = key_of(header[at])
        if at in taken or not value:
            continue
        if key in NOTES:
            yield note(str(key), value)
        else:
            rest.append((header[at], value))
    if rest:
        yield row(tuple(rest))


def _plain(header: Sequence[str], values: Sequence[str]) -> Iterator[Block]:
    cells = tuple((header[at] if at < len(header) else "", value) for at, value in enumerate(values) if value)
    notes = [
        (key, value) for name, value in cells if (key := key_of(name)) in ("valid_from", "valid_to", "acts", "audience")
    ]
    yield heading(cells[0][1], 6)
    yield paragraph(said(row(cells)))
    for key, value in notes:
        yield note(str(key), value)
