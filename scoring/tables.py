"""Any table a shop can export, as a DataFrame.

Takes a path to CSV, TSV (comma, semicolon, tab or bar), Excel or Parquet, each also gzipped; the content decides, not
the suffix. Gives typed columns under an index named `line`, which is the line a person sees in the file. Knows nothing
about what the columns mean.

Text files are UTF-8, with or without a byte order mark, or GB18030. A column whose values start with zeros (00123) or
are longer than a number can hold stays text, so that ids survive.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.errors import BadColumn, BadTable
from scoring.quarantine import Quarantine

BLANK = frozenset({"", "NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "#N/A", "\\N"})
MOST_IN_A_CELL = 16_000_000
DELIMITERS = ",;\t|"
OPEN_QUOTE = re.compile(r"EOF inside string starting at row (\d+)")
SAVE_AS_UTF8 = "Save the file as UTF-8 (in Excel: 'CSV UTF-8') or as .xlsx and try again."


def read_table(path: str | Path, sheet: str | None = None, aside: Quarantine | None = None) -> pd.DataFrame:
    """Read one table. `sheet` names an Excel sheet; without it the largest one is read.

    Lines with more cells than the header go to `aside`; without one they are an error. Raises BadTable.
    """
    path = Path(path)
    content = _content(path)
    if content[:4] == b"PAR1":
        table = _parquet(content, path)
    elif content[:4] == b"PK\x03\x04":
        table = _excel(content, path, sheet)
    else:
        table = _text_table(content, path, aside)
    if table.empty:
        raise BadTable(f"{path.name} holds no rows.", "Export it again; a header and at least one row are needed.")
    return table


def as_id(values: pd.Series) -> pd.Series:
    """Ids as text: 17850.0 is "17850", "00123" keeps its zeros, blanks are missing."""
    if pd.api.types.is_float_dtype(values):
        return _float_ids(values)
    text = values.astype("string").str.strip()
    text = text.mask(text.isin(BLANK))
    known = text.dropna()
    # A float column that went through a text file: every id ends in ".0", which nobody's numbering does.
    if len(known) and known.str.fullmatch(r"\d+\.0").all():
        text = text.str.removesuffix(".0")
    return text


def as_number(values: pd.Series) -> pd.Series:
    """Numbers from text as people write them (1,234.50, ￥12.00, 12%); what cannot be read is NaN."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    text = values.astype("string").str.normalize("NFKC").str.strip()
    text = text.str.replace(r"^[¥$€£]|元$|%$", "", regex=True).str.strip()
    grouped = text.str.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?").fillna(value=False)
    text = text.mask(grouped, text.str.replace(",", ""))
    return pd.to_numeric(text, errors="coerce").astype("float64")


def need_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Complain about the first column that is not there, with what is there."""
    for name in names:
        if name not in table.columns:
            seen = ", ".join(map(str, table.columns[:40]))
            raise BadColumn(f"There is no column '{name}'.", f"The columns are: {seen}.")


def _content(path: Path) -> bytes:
    if not path.exists():
        raise BadTable(f"{path} does not exist.", "Check the path.")
    if path.is_dir():
        raise BadTable(f"{path} is a folder, not a file.", "Name one file inside it.")
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise BadTable(f"{path} cannot be read: {error}.", "Check permissions, or export it again.") from error
    if not content.strip():
        raise BadTable(f"{path.name} is empty.", "Export it again; a header and at least one row are needed.")
    return content


def _parquet(content: bytes, path: Path) -> pd.DataFrame:
    try:
        table = pd.read_parquet(io.BytesIO(content))
    except Exception as error:  # pyarrow raises many kinds; each means the same to the reader
        raise BadTable(f"{path.name} is a damaged Parquet file: {error}.", "Export it again.") from error
    return _with_lines(table.reset_index(drop=True), first=1)


def _excel(content: bytes, path: Path, sheet: str | None) -> pd.DataFrame:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if sheet is not None and sheet not in book.sheetnames:
            raise BadTable(f"{path.name} has no sheet '{sheet}'.", f"Its sheets are: {', '.join(book.sheetnames)}.")
        pages = [book[name] for name in ([sheet] if sheet else book.sheetnames)]
        page = max(pages, key=lambda one: (one.max_row or 0) * (one.max_column or 0))
        rows = list(page.iter_rows(values_only=True))
    except BadTable:
        raise
    except Exception as error:  # a zip that is no workbook, or a workbook with broken parts
        raise BadTable(f"{path.name} is not a readable Excel workbook.", "Save it as .xlsx or CSV.") from error
    return _with_lines(_frame_of_cells(rows, path), first=2)


def _frame_of_cells(rows: Sequence[Sequence[Any]], path: Path) -> pd.DataFrame:
    header = [str(name).strip() if name is not None else "" for name in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    if not header:
        raise BadTable(f"{path.name} has no header row.", "Put the column names into the first row.")
    body = [row[: len(header)] for row in rows[1:]]
    table = pd.DataFrame(body, columns=_unique(header))
    table = table.loc[~table.isna().all(axis=1).to_numpy()]
    return table.apply(_natural_cells)


def _natural_cells(cells: pd.Series) -> pd.Series:
    return _natural(cells.astype("string")) if cells.dtype == object else cells.infer_objects()


def _text_table(content: bytes, path: Path, aside: Quarantine | None) -> pd.DataFrame:
    text = _decode(content, path)
    if text.lstrip()[:1] in "{[<" or text.startswith("%PDF"):
        raise BadTable(f"{path.name} is not a table.", "CSV, TSV, Excel (.xlsx) and Parquet can be read.")
    delimiter = _delimiter(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a first row that is too long is cut, says pandas
            table = pd.read_csv(
                io.StringIO(text),
                sep=delimiter,
                dtype="string",
                keep_default_na=False,
                na_values=sorted(BLANK),
                skipinitialspace=True,
                skip_blank_lines=False,
                index_col=False,
            )
        table.columns = pd.Index([str(name).strip() for name in table.columns])
        table = _with_lines(table, first=2)
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error, ValueError) as error:
        if (opened := OPEN_QUOTE.search(str(error))) is not None:
            raise _never_closed(path, int(opened[1]) + 1) from error
        table = _uneven(text, delimiter, path, aside)
    return table.loc[~table.isna().all(axis=1)].apply(_natural)


def _uneven(text: str, delimiter: str, path: Path, aside: Quarantine | None) -> pd.DataFrame:
    """A table some of whose lines have more cells than the header: cut where nothing stands there, else set aside."""
    rows = _rows(text, delimiter, path)
    header = [name.strip() for name in rows[0]]
    good: dict[int, list[str | None]] = {}
    long: dict[int, str] = {}
    for line, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells[len(header) :]):
            long[line] = delimiter.join(cells)
        else:
            good[line] = [*cells[: len(header)], *[None] * (len(header) - len(cells))]
    if long and (aside is None or not good):
        lines = ", ".join(map(str, list(long)[:5]))
        raise BadTable(
            f"{path.name} is not a regular table: more cells than the header has columns ({len(header)}) in "
            f"{len(long):,} lines, at {lines}.",
            "Quote cells that hold the separator.",
        )
    if aside is not None:
        aside.add(pd.Series(long, dtype="string"), "", "too_many_cells")
    table = pd.DataFrame.from_dict(good, orient="index", columns=_unique(header), dtype="string").rename_axis("line")
    return table.mask(table.isin(BLANK))


def _rows(text: str, delimiter: str, path: Path) -> list[list[str]]:
    """Every line cell by cell; a quotation mark that swallows the rest of the file is an error, and no long cell."""
    csv.field_size_limit(MOST_IN_A_CELL)
    plain = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="")
    reader = csv.reader(plain, delimiter=delimiter, skipinitialspace=True, strict=True)
    rows, line = list[list[str]](), 0
    try:
        for row in reader:
            rows.append(row)
            line = reader.line_num
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise _never_closed(path, line + 1) from error
        raise BadTable(f"{path.name}, line {line + 1}: {error}.", "Correct the quotation marks there.") from error
    return rows


def _never_closed(path: Path, line: int) -> BadTable:
    said = f"{path.name} is not a regular table: a quotation mark in line {line} is never closed."
    return BadTable(said, "Close it, or take it out.")


def _decode(content: bytes, path: Path) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise BadTable(f"{path.name} is an old Excel workbook (.xls).", "Save it as .xlsx or CSV.")
    if b"\x00" in content[:4096]:
        raise BadTable(f"{path.name} is not a table.", "CSV, TSV, Excel (.xlsx) and Parquet can be read.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise BadTable(f"{path.name} is neither UTF-8 nor GB18030.", SAVE_AS_UTF8) from error
    if not _reads_like_chinese(text):
        raise BadTable(f"{path.name} is neither UTF-8 nor GB18030.", SAVE_AS_UTF8)
    return text


def _reads_like_chinese(text: str) -> bool:
    """Almost any bytes decode as GB18030; other people's letters then turn into rare characters.

    More than half of what Chinese people write, names and all, are the 3,755 characters of GB 2312's first level and
    its signs. Accented letters come out as none of them, Cyrillic ones as the second level.
    """
    foreign = [char for char in text[:2_000_000] if ord(char) > 127][:5000]
    return sum(map(_is_common, foreign)) > 0.5 * len(foreign)


def _is_common(char: str) -> bool:
    try:
        return char.encode("gb2312")[0] < 0xD8
    except UnicodeEncodeError:
        return False


def _delimiter(text: str) -> str:
    head = text[:100_000].splitlines()[:30]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if row]
        if not widths or widths[0] < 2:
            continue
        score = widths[0] * float(np.mean([width == widths[0] for width in widths]))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _natural(text: pd.Series) -> pd.Series:
    """Numbers where every value is one; text otherwise."""
    text = text.str.strip()
    text = text.mask(text.isin(BLANK))
    known = text.dropna()
    if known.empty or not known.str[:1].isin(list("0123456789.-")).all():
        return text
    if known.str.contains(r"^-?0\d|[_xXnN]|\d{17}", regex=True).any():
        return text
    numbers = pd.to_numeric(known, errors="coerce")
    if numbers.isna().any():
        return text
    whole = len(known) == len(text) and not known.str.contains(r"[.eE]", regex=True).any()
    return numbers.reindex(text.index).astype("int64" if whole else "float64")


def _float_ids(values: pd.Series) -> pd.Series:
    known = values.dropna()
    if (known % 1 == 0).all():
        return values.astype("Int64").astype("string")
    return values.astype("string")


def _unique(header: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for place, name in enumerate(header):
        name = name or f"column {place + 1}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name] - 1}")
    return names


def _with_lines(table: pd.DataFrame, first: int) -> pd.DataFrame:
    table.index = pd.RangeIndex(first, first + len(table), name="line")
    return table
