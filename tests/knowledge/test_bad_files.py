"""What cannot be read is said for each file, with what to do about it; the others go on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from knowledge.errors import DocumentUnreadable
from knowledge.index import PolicyIndex
from knowledge.ingest import read_document, read_folder
from knowledge.taking import read
from tests.knowledge.papers import LOCKED_OFFICE, OLD_OFFICE, Sheet, pdf, xlsx


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scan.pdf", pdf(Sheet()), "scan"),
        ("locked.pdf", pdf(Sheet().write("x"), locked=True), "password"),
        ("broken.pdf", b"%PDF-1.4 and nothing more", "no whole PDF"),
        ("locked.docx", LOCKED_OFFICE, "password"),
        ("locked.xlsx", LOCKED_OFFICE, "password"),
        ("old.docx", OLD_OFFICE, "before 2007"),
        ("broken.docx", b"PK\x03\x04 and nothing more", "no whole Word document"),
        ("cut.xlsx", xlsx([["a", "b"], ["c", "d"]])[:900], "no whole Excel workbook"),
        ("letter.doc", b"anything", "save it as .docx"),
        ("picture.md", b"\x00\xff\xfe\x80\x81" * 50, "save it as UTF-8"),
        ("empty.md", b"", "empty"),
        ("blank.html", b"  \n", "empty"),
        ("numbers.json", b"[1, 2, 3]", "data, not text"),
        ("cut.json", b'{"a": ', "no JSON"),
    ],
)  # fmt: skip
def test_each_bad_file_is_named_with_its_reason_and_a_good_one_beside_it_is_read(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.md").write_text("# A\n\nb\n", encoding="utf-8")
    documents, unread = read_folder(tmp_path)
    assert [document.id for document in documents] == ["good"]
    [item] = unread
    assert said in f"{item.reason} {item.remedy}"
    assert name in item.reason
    assert item.remedy


def test_a_file_over_the_limit_is_not_opened_and_the_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)  # sparse: it takes no room
    with pytest.raises(DocumentUnreadable, match="200 MB") as caught:
        read_document(path, "huge")
    assert "HOLDFAST_INGEST_MAX_MB" in caught.value.remedy


def test_a_zip_that_would_unpack_to_much_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("word/document.xml", "w") as file:
        for _ in range(450):
            file.write(b"\x00" * 1024 * 1024)
    with pytest.raises(DocumentUnreadable, match="would unpack"):
        read_document(path, "bomb")


def test_text_in_a_western_encoding_is_not_taken_for_chinese(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(
        "# Returns\n\nIt’s the customer’s right – we don’t ask why, and we’re quick about it.\n".encode("cp1252")
    )
    document = read_document(path, "a")
    assert "customer’s right – we" in document.clauses[0].text
    assert "CP1252" in document.remarks[0]


def test_a_folder_of_bad_files_never_empties_an_index(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "scan.pdf").write_bytes(pdf(Sheet()))
    with pytest.raises(DocumentUnreadable, match="nothing was read") as caught:
        read(tmp_path / "p")
    assert "OCR" in caught.value.remedy
    assert not (tmp_path / "index").exists()
    assert PolicyIndex(tmp_path / "index")


def test_lock_files_hidden_files_and_readmes_are_no_policies(tmp_path: Path) -> None:
    for name in ("~$a.docx", ".hidden.md", "README.md", "a.png"):
        (tmp_path / name).write_text("# A\n\nb\n", encoding="utf-8")
    (tmp_path / "a.md").write_text("# A\n\nb\n", encoding="utf-8")
    documents, unread = read_folder(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert [Path(item.path).name for item in unread] == ["README.md"]


def test_two_files_of_one_name_in_two_formats_keep_their_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nb\n", encoding="utf-8")
    (tmp_path / "a.html").write_text("<h1>A</h1><p>c</p>", encoding="utf-8")
    documents, _ = read_folder(tmp_path)
    assert [document.id for document in documents] == ["a.html", "a.md"]


def test_an_empty_folder_says_what_would_be_read(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="no policy") as caught:
        read_folder(tmp_path)
    assert ".pdf" in caught.value.remedy
