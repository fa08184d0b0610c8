from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from scoring.errors import BadTable
from scoring.quarantine import Quarantine
from scoring.tables import as_id, as_number, read_table

ROWS = "编号,name,value\n00123,张三,1.5\n00124,李四,\n"


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_text_is_read_in_every_right_encoding(tmp_path: Path, encoding: str) -> None:
    table = read_table(write(tmp_path, "a.csv", ROWS.encode(encoding)))
    assert list(table.columns) == ["编号", "name", "value"]
    assert table["name"].tolist() == ["张三", "李四"]


def test_ids_keep_their_zeros_and_lose_a_decimal_that_a_float_column_gave_them(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a.csv", ROWS.encode()))
    assert as_id(table["编号"]).tolist() == ["00123", "00124"]
    assert as_id(pd.Series([17850.0, None])).tolist()[0] == "17850"
    assert as_id(pd.Series(["17850.0", "12346.0"])).tolist() == ["17850", "12346"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    table = read_table(write(tmp_path, "a.txt", ROWS.replace(",", delimiter).encode()))
    assert table.shape == (2, 3)


def test_excel_parquet_and_gzip_give_the_same_table(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["00123", "00124"], "value": [1.5, 2.5]})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    text = frame.to_csv(index=False).encode()
    write(tmp_path, "a.csv.gz", gzip.compress(text))
    for name in ("a.xlsx", "a.parquet", "a.csv.gz"):
        table = read_table(tmp_path / name)
        assert table["id"].tolist() == ["00123", "00124"], name
        assert table["value"].tolist() == [1.5, 2.5], name


def test_the_index_is_the_line_in_the_file(tmp_path: Path) -> None:
    assert read_table(write(tmp_path, "a.csv", ROWS.encode())).index.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", b"a,b\n", "no rows"),
        ("latin.csv", "a,b\ncaf\xe9,na\xefve \xfcber\n".encode("latin-1"), "neither UTF-8 nor GB18030"),
        ("page.csv", b"<html><body>hi</body></html>", "not a table"),
        ("data.csv", b'{"a": 1}', "not a table"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3,4\n", "not a regular table"),
        ("broken.parquet", b"PAR1 broken", "damaged Parquet"),
        ("broken.xlsx", b"PK\x03\x04 broken", "not a readable Excel"),
        ("binary.csv", b"\x00\x01\x02\x03", "not a table"),
    ],
)
def test_what_is_no_table_says_so(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(BadTable, match=says):
        read_table(write(tmp_path, name, content))


def test_lines_with_too_many_cells_go_aside_and_the_others_are_read_as_ever(tmp_path: Path) -> None:
    ragged = "id,name,city\n00123,Smith, John,Leeds\n00124,Ann,\n00125,Bo,York,,\n00126,Li\n00127,a,b,c\n"
    aside = Quarantine()
    table = read_table(write(tmp_path, "a.csv", ragged.encode()), aside=aside)
    even = "id,name,city\n\n00124,Ann,\n00125,Bo,York\n00126,Li,\n"
    assert table.equals(read_table(write(tmp_path, "b.csv", even.encode())))
    frame = aside.frame()
    assert frame[["line", "value", "code"]].values.tolist() == [
        [2, "00123,Smith,John,Leeds", "too_many_cells"],
        [6, "00127,a,b,c", "too_many_cells"],
    ]


def test_a_first_line_that_is_too_long_is_not_cut_in_silence(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"more cells than the header has columns \(2\) in 1 lines, at 2"):
        read_table(write(tmp_path, "a.csv", b"a,b\n1,2,3\n4,5\n"))


def test_a_quotation_mark_that_nobody_closes_is_named_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="line 3 is never closed"):
        read_table(write(tmp_path, "a.csv", b'a,b\n1,2\n3,"4\n5,6\n'))


def test_after_an_uneven_line_nothing_is_swallowed(tmp_path: Path) -> None:
    rows = "".join(f"{n},b\n" for n in range(40))
    with pytest.raises(BadTable, match="line 4 is never closed"):
        read_table(write(tmp_path, "a.csv", f'a,b\n1,2,3\n4,5\n6,"7\n{rows}'.encode()), aside=Quarantine())
    with pytest.raises(BadTable, match="line 3"):
        read_table(write(tmp_path, "b.csv", b'a,b\n1,2,3\n4,"5"6\n'), aside=Quarantine())


def test_an_uneven_file_may_have_long_cells_and_old_line_ends(tmp_path: Path) -> None:
    long = "x" * 200_000
    table = read_table(write(tmp_path, "a.csv", f"a,b\r1,2,3\r4,{long}\r".encode()), aside=Quarantine())
    assert table["b"].tolist() == [long]


def test_few_rows_with_rare_names_are_still_chinese_and_other_letters_are_not(tmp_path: Path) -> None:
    rare = "编号,姓名,城市\n1,王喆,上海\n2,李堃,杭州\n3,张㭜,成都\n4,陈淼,武汉\n"
    table = read_table(write(tmp_path, "a.csv", rare.encode("gb18030")))
    assert table["姓名"].tolist() == ["王喆", "李堃", "张㭜", "陈淼"]
    cyrillic = "id,name\n1,Мария\n2,Иван\n3,Ольга\n"
    with pytest.raises(BadTable, match="neither UTF-8 nor GB18030"):
        read_table(write(tmp_path, "b.csv", cyrillic.encode("cp1251")))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="does not exist"):
        read_table(tmp_path / "nothing.csv")


def test_numbers_are_read_as_people_write_them() -> None:
    assert as_number(pd.Series(["1,234.50", "￥12.00", "99元", "x"])).tolist()[:3] == [1234.5, 12.0, 99.0]
