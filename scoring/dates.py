"""Dates as shops write them, read into UTC.

Takes a column of dates, times, text, Excel serials or epoch numbers; gives aware timestamps, NaT where nothing could be
read. Day-first and month-first are told apart by which of the two reads more of the column, then by which keeps the
file's own order; never by a guess per row.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

YEAR_FIRST = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d/%m/%y %H:%M", "%d/%m/%y")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%y")
CHINESE_MARKS = {"年": "/", "月": "/", "日": " ", "时": ":", "分": "", "秒": ""}
EXCEL_EPOCH = "1899-12-30"


def parse_dates(values: pd.Series, zone: str = "UTC") -> pd.Series:
    """Timestamps in UTC. Values without an offset are taken as wall time in `zone`."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _utc(values)
    if pd.api.types.is_datetime64_dtype(values):
        return _localise(values, zone)
    if pd.api.types.is_numeric_dtype(values):
        return _from_numbers(values, zone)
    text = values.astype("string").str.strip()
    parsed = _from_text(text, zone)
    rest = parsed.isna() & text.notna()
    if rest.any():
        numbers = pd.to_numeric(text[rest], errors="coerce")
        parsed = parsed.mask(rest, _from_numbers(numbers, zone).reindex(text.index))
    return parsed


A_FEW_STEPS = 3
"""So many rows that follow one another in time, read one way alone, tell day from month; fewer may be chance."""


def read_on_trust(values: pd.Series) -> str | None:
    """How a date such as 10/11/2026 was read, where little in the column tells day from month; None where it does.

    A day above 12 tells, and so do several rows that are in order one way alone. Days above 12 in both places say that
    the file has both orders, and then no reading is right for all of it.
    """
    if not pd.api.types.is_string_dtype(values) and values.dtype != object:
        return None
    plain = _plain(values.astype("string").str.strip())
    parts = _slashed(plain)
    parts = parts[(parts[[0, 1]] >= 1).all(axis=1) & (parts[2] > 0)]  # what can be no date is set aside, not read
    unclear = parts[(parts[[0, 1]] <= 12).all(axis=1) & (parts[0] != parts[1])]
    if unclear.empty or (_is_told(parts) and not _is_mixed(parts)):
        return None
    one, day_first = unclear.iloc[0], _day_or_month_first(plain) is DAY_FIRST
    day, month = (one[0], one[1]) if day_first else (one[1], one[0])
    read = pd.Timestamp(year=_year(one[2]), month=int(month), day=int(day))
    because = "; both orders of day and month stand in the file" if _is_mixed(parts) else ""
    way = "day" if day_first else "month"
    return f"{int(one[0])}/{int(one[1])}/{int(one[2])} was read {way} first, as {read:%Y-%m-%d}{because}"


def _is_mixed(parts: pd.DataFrame) -> bool:
    return bool((parts[0] > 12).any() and (parts[1] > 12).any())


def _is_told(parts: pd.DataFrame) -> bool:
    if (parts[[0, 1]] > 12).to_numpy().any():
        return True
    back = sorted((_steps_back(parts, 0), _steps_back(parts, 1)))
    return len(parts) > A_FEW_STEPS and back[0] == 0 < back[1]


def looks_like_dates(values: pd.Series) -> bool:
    """True when a text column is one of dates: at least 95 % of its known values read as such."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return True
    if pd.api.types.is_numeric_dtype(values):
        return False
    sample = values.dropna().astype("string").head(2000)
    if sample.empty or not sample.str.contains(r"\d[-/.年]\d", regex=True).mean() >= 0.95:
        return False
    return bool(_from_text(sample.str.strip(), "UTC").notna().mean() >= 0.95)


def _from_text(text: pd.Series, zone: str) -> pd.Series:
    plain = _plain(text)
    parsed = _iso(plain, zone)
    for formats in (YEAR_FIRST, _day_or_month_first(plain[parsed.isna() & plain.notna()])):
        for one in formats:
            rest = parsed.isna() & plain.notna()
            if not rest.any():
                return parsed
            found = _localise(pd.to_datetime(plain[rest], format=one, errors="coerce"), zone)
            parsed = parsed.mask(rest, found.reindex(text.index))
    return parsed


def _plain(text: pd.Series) -> pd.Series:
    plain = text.str.normalize("NFKC")
    for mark, sign in CHINESE_MARKS.items():
        plain = plain.str.replace(mark, sign, regex=False)
    return plain.str.replace(r"^(\d{1,2})[-.](\d{1,2})[-.](\d{2,4})\b", r"\1/\2/\3", regex=True).str.strip(" :")


def _iso(plain: pd.Series, zone: str) -> pd.Series:
    """ISO 8601; rows with an offset (or Z) keep it, the others are wall time in `zone`."""
    offset = plain.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True).fillna(value=False).astype(bool)
    day_only = plain.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(value=False).astype(bool)
    aware = pd.to_datetime(plain.where(offset & ~day_only), format="ISO8601", errors="coerce", utc=True)
    naive = pd.to_datetime(plain.where(~(offset & ~day_only)), format="ISO8601", errors="coerce")
    return _utc(aware).fillna(_localise(naive, zone))


def _day_or_month_first(text: pd.Series) -> tuple[str, ...]:
    parts = _slashed(text)
    if parts.empty:
        return DAY_FIRST
    first, second = parts[0], parts[1]
    day_first, month_first = (second <= 12).mean(), (first <= 12).mean()
    if day_first != month_first:
        return DAY_FIRST if day_first > month_first else MONTH_FIRST
    ordered = {order: _steps_back(parts, day) for order, day in ((DAY_FIRST, 0), (MONTH_FIRST, 1))}
    return min(ordered, key=lambda order: ordered[order])


def _slashed(text: pd.Series) -> pd.DataFrame:
    """The three numbers of each date like 10/11/2026; columns 0, 1, 2."""
    numbers = text.str.extract(r"^(\d{1,2})/(\d{1,2})/(\d{2,4})\b").apply(pd.to_numeric, errors="coerce")
    return pd.DataFrame(numbers).dropna()


def _year(written: float) -> int:
    return int(written) if written > 99 else 2000 + int(written)


def _steps_back(parts: pd.DataFrame, day: int) -> float:
    """How often the file goes back in time when read this way; exports are mostly in order."""
    stamp = parts[2] * 10000 + parts[1 - day] * 100 + parts[day]
    steps = stamp.diff().dropna()
    return float((steps < 0).mean()) if len(steps) else 0.0


def _from_numbers(values: pd.Series, zone: str) -> pd.Series:
    numbers = values.astype("float64")
    parsed = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us, UTC]")
    for low, high, a_second in ((1e8, 1e10, 1), (1e11, 1e13, 1_000), (1e14, 1e16, 1_000_000)):
        here = numbers.between(low, high)
        if here.any():
            found = pd.Timestamp(0, tz="UTC") + (numbers[here] / a_second * 1e6).round().astype("timedelta64[us]")
            parsed = parsed.mask(here, _utc(found).reindex(values.index))
    serial, compact = numbers.between(10_000, 80_000), numbers.between(19_000_101, 21_001_231)
    if serial.any():
        days = pd.Timestamp(EXCEL_EPOCH) + pd.to_timedelta((numbers[serial] * 86400).round(), unit="s")
        parsed = parsed.mask(serial, _localise(days, zone).reindex(values.index))
    if compact.any():
        found = pd.to_datetime(numbers[compact].astype("int64").astype(str), format="%Y%m%d", errors="coerce")
        parsed = parsed.mask(compact, _localise(found, zone).reindex(values.index))
    return parsed


def _localise(naive: pd.Series, zone: str) -> pd.Series:
    # An hour that happens twice is the first one, an hour that never was is the next: a day's features do not mind.
    return _utc(naive.dt.tz_localize(zone, ambiguous=np.ones(len(naive), bool), nonexistent="shift_forward"))


def _utc(aware: pd.Series) -> pd.Series:
    utc: pd.Series = aware.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return utc
