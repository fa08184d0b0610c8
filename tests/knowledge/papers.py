"""Small files in each format, made for a test: a PDF by hand, the others by the libraries that read them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

HEADING, BODY = 16, 10


@dataclass
class Sheet:
    """A page of a PDF under construction, from the top down."""

    drawn: list[str] = field(default_factory=list)
    height: float = 780

    def write(self, text: str, size: float = BODY, bold: bool = False, left: float = 60) -> Sheet:
        self.height -= size * 1.5
        font = "F3" if any(ord(char) > 127 for char in text) else "F2" if bold else "F1"
        code = text.encode("utf-16-be").hex() if font == "F3" else text.encode("latin-1").hex()
        self.drawn.append(f"BT /{font} {size} Tf {left} {self.height} Td <{code}> Tj ET")
        return self

    def gap(self, points: float = 14) -> Sheet:
        self.height -= points
        return self

    def table(self, rows: Sequence[Sequence[str]], width: float = 140) -> Sheet:
        top, line = self.height - 6, 18
        for at, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.height = top - at * line - line + BODY * 1.5 + 5
                self.write(text, left=64 + column * width)
        bottom = top - len(rows) * line
        far = 60 + len(rows[0]) * width
        across = [f"60 {top - at * line} m {far} {top - at * line} l S" for at in range(len(rows) + 1)]
        down = [f"{60 + at * width} {top} m {60 + at * width} {bottom} l S" for at in range(len(rows[0]) + 1)]
        self.drawn += [*across, *down]
        self.height = bottom - 8
        return self


def pdf(*sheets: Sheet, locked: bool = False) -> bytes:
    """A PDF of these pages. Chinese text is set in a font that every reader of Chinese PDFs knows and none embeds."""
    fonts = (
        "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> "
        "/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >> "
        "/F3 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts "
        "[<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light "
        "/Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 "
        "/StemV 93 >> >>]"
        " "
        ">> >>"
    )
    kids = " ".join(f"{3 + 2 * at} 0 R" for at in range(len(sheets)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>"]
    for at, sheet in enumerate(sheets):
        content = "\n".join(sheet.drawn)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font {fonts} >> "
            f"/Contents {4 + 2 * at} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    return _assembled(objects, locked)


def _assembled(objects: Sequence[str], locked: bool) -> bytes:
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    for place in places:
        out.write(f"{place:010} 00000 n \n".encode())
    key = "41" * 32
    lock = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >> /ID [<{key}> <{key}>]"
        if locked
        else ""
    )
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {lock} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def xlsx(rows: Sequence[Sequence[object]], title: str = "Sheet", hidden: Sequence[Sequence[object]] = ()) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if hidden:
        other = book.create_sheet("hidden")
        other.sheet_state = "hidden"
        for row in hidden:
            other.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


LOCKED_OFFICE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1200
