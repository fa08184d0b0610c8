"""What is wrong with a table before anyone believes a score made from it.

Takes a table, its label and perhaps its id and time columns; gives findings, each with its evidence. `refuse` means
that no honest score can use the column: it names the customer, or it is the label in other clothes. What is strong but
possible is a warning, because the shop knows better than we do what a column meant at the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.dates import looks_like_dates, parse_dates
from scoring.evaluate import auc
from scoring.preprocess import Column, Encoder, encode
from scoring.resampling import signs_of_resampling
from scoring.tables import as_id, need_columns
from scoring.target import read_target
from scoring.twins import Twins, find_twins

Floats = NDArray[np.float64]
#: A single column that ranks this well is the label itself, give or take a handful of rows.
PROXY_AUC = 0.985
STRONG_AUC = 0.95
#: A column named after the label *and* after a score is refused from here on.
NAMED_AUC = 0.75
FEW_ROWS = 30
#: A value after which everybody left is worth a question when it covers this share of the leavers.
TELLING_SHARE = 0.1
MOST_ROWS = 60_000

ID_NAMES = re.compile(
    r"(^|[_\s])(id|ids|uuid|guid|key|row ?(number|no|id)|index|no|nr|serial|unnamed.*)$", re.IGNORECASE
)
ID_GLUED = re.compile(r"(?<=[a-z])(ID|Id|No|Nr|Number)$|^rownumber$|编号$|号码?$|^序号$")
PERSON_NAMES = re.compile(
    r"^(sur|last|first|full|given|family|customer|user|client)?[_\s]?names?$|^e?-?mail([_\s]?address)?$"
    r"|^(mobile|tele)?phone([_\s]?(number|no))?$|姓名|^姓$|手机|邮箱|电话|身份证",
    re.IGNORECASE,
)
LATE_NAMES = re.compile(
    r"(cancel|churn|clos|terminat|deactivat|unsubscri|leav|left|exit|end|lost|final)\w*[_\s]*"
    r"(date|time|at|on|day|month|reason|refund|bill|fee|survey|call)$|^(reason|date)[_\s]?(of|for)[_\s]?(leaving|churn|exit)"
    r"|(注销|退订|流失|关闭|终止|离开|挽留)\S*(时间|日期|原因|结果)?$|exit[_\s]?survey|win[_\s]?back|retention[_\s]?(call|offer|result)",
    re.IGNORECASE,
)
SCORE_NAMES = re.compile(
    r"pred|prob|score|classifier|propensity|likelihood|risk|预测|概率|评分|得分|风险", re.IGNORECASE
)
LEAVING_NAMES = re.compile(r"churn|attrition|exit|leav|流失|离网|退订", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """`kind` as in the contract; `severity` is refuse, warn or info; `evidence` is one sentence with its numbers."""

    kind: str
    columns: tuple[str, ...]
    evidence: str
    severity: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"columns": list(self.columns)}


@dataclass(frozen=True)
class Audit:
    """All findings; `groups` numbers the rows so that twins share a number."""

    rows: int
    findings: tuple[Finding, ...]
    groups: NDArray[np.int64]
    groups_column_written: str | None = None

    @property
    def refused(self) -> list[str]:
        names = [name for one in self.findings if one.severity == "refuse" for name in one.columns]
        return list(dict.fromkeys(names))

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "findings": [one.as_dict() for one in self.findings],
            "groups_column_written": self.groups_column_written,
        }


def audit_table(
    table: pd.DataFrame,
    label: str,
    id_col: str | None = None,
    time_col: str | None = None,
    positive: str | None = None,
    groups_path: str | Path | None = None,
) -> Audit:
    """Look for everything that makes a score look better than it is. `groups_path` gets the twin groups as CSV."""
    need_columns(table, [name for name in (label, id_col, time_col) if name])
    target = read_target(table[label], positive)
    rows, y = table.loc[target.known], target.y
    columns = rows.drop(columns=[name for name in (label, id_col, time_col) if name])
    findings = [*_constants(columns), *_identifiers(columns)]
    named = {name for one in findings for name in one.columns}
    rest = columns.drop(columns=sorted(named))
    findings += _look_at_columns(rest, y, label)
    findings += _late(rest, rows[time_col] if time_col else None)
    refused = {name for one in findings if one.severity == "refuse" for name in one.columns}
    honest = rest.drop(columns=sorted(refused & set(rest.columns)))
    twins = find_twins(honest, y)
    findings += _twin_findings(twins, len(rows))
    encoded = Encoder().fit(honest).transform(honest) if len(honest.columns) else pd.DataFrame(index=honest.index)
    findings += [Finding("resampled", (), sign, "warn") for sign in signs_of_resampling(encoded, y)]
    groups = _groups_of_all_rows(twins, target.known)
    written = _write_groups(groups, table.index, groups_path)
    return Audit(len(table), tuple(findings), groups, written)


def column_ranking(values: pd.Series, y: Floats) -> float:
    """How well one column alone ranks leavers, by any shape: AUC of cross-fitted rates per bin or level."""
    column = Encoder().fit(values.to_frame()).columns[0]
    numbers = encode(column, values)
    if column.kind == "category":
        return auc(y, _cross_fitted(numbers, column.other + 1, y))
    known = ~np.isnan(numbers)
    straight = auc(y[known], numbers[known]) if known.mean() > 0.9 else 0.5
    return max(straight, 1 - straight, auc(y, _cross_fitted(*_binned(numbers), y)))


def _constants(columns: pd.DataFrame) -> Iterator[Finding]:
    for name in columns.columns:
        if columns[name].nunique(dropna=False) <= 1:
            yield Finding("constant", (name,), "The column holds one value only.", "info")


def _identifiers(columns: pd.DataFrame) -> Iterator[Finding]:
    for name in columns.columns:
        values = columns[name]
        distinct = values.nunique(dropna=True)
        if distinct <= 1 or looks_like_dates(values):
            continue
        reason = _names_a_row(name, values, distinct)
        if reason:
            yield Finding(
                "identifier", (name,), f"{reason}: {distinct} distinct values in {len(values)} rows.", "refuse"
            )


def _names_a_row(name: str, values: pd.Series, distinct: int) -> str | None:
    """Why this column names customers rather than describing them; None when it describes."""
    known = int(values.notna().sum())
    nearly_all = distinct >= 0.95 * known
    if PERSON_NAMES.search(name) and distinct > max(20, 0.02 * known) and not pd.api.types.is_float_dtype(values):
        return "It names a person"
    column = Encoder().fit(values.to_frame()).columns[0]
    if column.kind == "category":
        return "It names a row" if distinct > max(20, 0.5 * known) else None
    if column.kind != "number":
        return None
    numbers = encode(column, values)
    numbers = numbers[~np.isnan(numbers)]
    if not nearly_all or known < 20 or (numbers % 1 != 0).any():
        return None
    if ID_NAMES.search(name) or ID_GLUED.search(name):
        return "It numbers the rows"
    consecutive = numbers.max() - numbers.min() == known - 1 and distinct == known and known >= 100
    return "It counts the rows" if consecutive else None


def _look_at_columns(columns: pd.DataFrame, y: Floats, label: str) -> list[Finding]:
    """Columns that are the label, know it by being blank, or are suspiciously strong."""
    chosen = _sample(y)
    findings: list[Finding] = []
    for name in columns.columns:
        values = columns[name].iloc[chosen]
        finding = _missing_tells(name, values, y[chosen]) or _value_tells(name, values, y[chosen], label)
        if finding:
            findings.append(finding)
    return findings


def _missing_tells(name: str, values: pd.Series, y: Floats) -> Finding | None:
    """Filled in only for those who left (or only for those who stayed): the blank is the label."""
    missing = as_id(values).isna().to_numpy()
    if min(int(missing.sum()), int((~missing).sum())) < FEW_ROWS:
        return None
    rates = {"filled in": y[~missing], "blank": y[missing]}
    ranking = auc(y, missing.astype("float64"))
    if max(ranking, 1 - ranking) >= PROXY_AUC:
        text = ", ".join(f"{where}: {part.mean():.1%} of {len(part)} left" for where, part in rates.items())
        return Finding("derived_from_label", (name,), f"Whether it is blank tells who left ({text}).", "refuse")
    for where, part in rates.items():
        if _pure_beyond_chance(part, y):
            text = f"All {len(part)} rows where it is {where} have the same label."
            return Finding("derived_from_label", (name,), text, "refuse")
    return None


def _value_tells(name: str, values: pd.Series, y: Floats, label: str) -> Finding | None:
    ranking = column_ranking(values, y)
    if ranking >= PROXY_AUC:
        text = f"Alone it ranks leavers with AUC {ranking:.4f}: it is '{label}' up to a handful of rows."
        return Finding("label_proxy", (name,), text, "refuse")
    plain, stem = name.casefold(), re.sub(r"\W|_", "", label.casefold())
    about_leaving = bool(LEAVING_NAMES.search(name)) or (len(stem) > 3 and stem in re.sub(r"\W|_", "", plain))
    if about_leaving and SCORE_NAMES.search(name) and ranking >= NAMED_AUC:
        text = f"By its name it is a score made from '{label}', and alone it ranks with AUC {ranking:.4f}."
        return Finding("derived_from_label", (name,), text, "refuse")
    if ranking >= STRONG_AUC:
        text = f"Alone it ranks leavers with AUC {ranking:.4f}. Was it known before the customer left?"
        return Finding("too_good_to_be_true", (name,), text, "warn")
    level = _telling_level(values, y)
    if level:
        return Finding("too_good_to_be_true", (name,), f"{level} Was it known before the customer left?", "warn")
    return None


def _telling_level(values: pd.Series, y: Floats) -> str | None:
    """A value after which everybody left."""
    column: Column = Encoder().fit(values.to_frame()).columns[0]
    text = as_id(values)
    if column.kind != "category" and text.nunique() > 20:
        return None
    for level, rows in text.reset_index(drop=True).groupby(text.to_numpy()).groups.items():
        part = y[rows.to_numpy()]
        if part.mean() == 1 and _pure_beyond_chance(part, y) and len(part) >= TELLING_SHARE * y.sum():
            return f"All {len(part)} customers with '{level}' left."
    return None


def _pure_beyond_chance(part: Floats, y: Floats) -> bool:
    rate = float(part.mean())
    if rate not in (0.0, 1.0) or len(part) < FEW_ROWS:
        return False
    of_all = float(y.mean()) if rate == 1 else 1 - float(y.mean())
    # One in a billion, and a share of that class which no small corner of the table reaches by itself.
    return len(part) * np.log10(max(of_all, 1e-12)) < -9 and len(part) >= 0.02 * float((y == rate).sum())


def _late(columns: pd.DataFrame, time: pd.Series | None) -> Iterator[Finding]:
    moment = parse_dates(time) if time is not None else None
    for name in columns.columns:
        if LATE_NAMES.search(name):
            yield Finding("late_column", (name,), "By its name it was filled in after the customer left.", "warn")
        elif moment is not None and looks_like_dates(columns[name]):
            later = float((parse_dates(columns[name]) > moment).mean())
            if later > 0.01:
                yield Finding("late_column", (name,), f"In {later:.1%} of rows it lies after the row's time.", "warn")


def _twin_findings(twins: Twins, rows: int) -> Iterator[Finding]:
    if twins.copies:
        telling = twins.copies_agree >= 0.97 and twins.copies >= 0.005 * rows
        text = f"{twins.copies} of {rows} rows copy another one; copies share the label in {twins.copies_agree:.1%}."
        yield Finding("duplicate_rows", (), text, "warn" if telling else "info")
    if twins.near:
        text = (
            f"{twins.near} of {rows} rows have a near-twin ({twins.differing} or fewer of {twins.columns} columns "
            f"differ) and share its label in {twins.near_agree:.2%}; they are kept in one fold."
        )
        yield Finding("near_twins", (), text, "warn")


def _binned(numbers: Floats) -> tuple[Floats, int]:
    known = numbers[~np.isnan(numbers)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, 41)[1:-1])) if len(known) else np.zeros(0)
    codes = np.searchsorted(edges, numbers, side="left").astype("float64")
    codes[np.isnan(numbers)] = len(edges) + 1
    return codes, len(edges) + 2


def _cross_fitted(codes: Floats, size: int, y: Floats) -> Floats:
    """Each row's rate of leavers in its bin, counted on the half of the table that it is not in."""
    code = np.where(np.isnan(codes), size, codes).astype("int64")
    half = np.random.default_rng(0).permutation(len(y)) % 2
    out = np.empty(len(y))
    for side in (0, 1):
        other = half != side
        rows = np.bincount(code[other], minlength=size + 1)
        left = np.bincount(code[other], y[other], minlength=size + 1)
        out[~other] = ((left + 2 * y.mean()) / (rows + 2))[code[~other]]
    return out


def _sample(y: Floats) -> NDArray[np.int64]:
    if len(y) <= MOST_ROWS:
        return np.arange(len(y))
    return np.sort(np.random.default_rng(0).choice(len(y), MOST_ROWS, replace=False))


def _groups_of_all_rows(twins: Twins, known: NDArray[np.bool_]) -> NDArray[np.int64]:
    groups = np.arange(len(known), dtype="int64") + len(known)
    groups[known] = twins.groups
    return groups


def _write_groups(groups: NDArray[np.int64], lines: pd.Index, path: str | Path | None) -> str | None:
    if path is None:
        return None
    pd.DataFrame({"line": lines, "group": groups}).to_csv(path, index=False)
    return str(path)
