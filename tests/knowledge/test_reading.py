"""Each format is read into the same clauses: headings, articles, table rows, validity, notes."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from knowledge.documents import Clause, PolicyDocument
from knowledge.ingest import read_document, read_folder
from tests.knowledge.papers import Sheet, pdf, xlsx


def read(folder: Path, name: str, content: str | bytes) -> PolicyDocument:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path, path.stem)


def names(document: PolicyDocument) -> list[str]:
    return [clause.clause for clause in document.clauses]


def clause(document: PolicyDocument, name: str) -> Clause:
    return next(clause for clause in document.clauses if clause.clause == name)


# --- Markdown ---------------------------------------------------------------------------------------------------------


def test_a_heading_without_text_keeps_its_subtree_and_is_remembered_above_it(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", "# Shop\n\n## Returns\n\n### Shoes\n\nWithin 7 days.\n\n### Hats\n\nNever.\n")
    assert names(document) == ["Shoes", "Hats"]
    assert clause(document, "Hats").section == ("Shop", "Returns")


def test_a_table_row_is_found_and_quoted_with_its_header_words(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", "# 运费\n\n| 地区 | 首重 |\n| --- | --- |\n| 新疆 | 18 元 |\n| 江苏 | 6 元 |\n")
    assert clause(document, "运费").text == "地区：新疆；首重：18 元\n地区：江苏；首重：6 元"


def test_articles_open_clauses_and_a_mention_of_one_does_not(tmp_path: Path) -> None:
    law = (
        "# 办法\n\n## 第一章 总则\n\n第一条 为了规范退货，制定本办法。\n\n第二条 按照本办法\n第九条规定执行。\n\n"
        "第三条之一 特别规定。\n\n第四条\n下列情形除外：\n（一）定制；\n（二）食品。\n"
    )
    document = read(tmp_path, "law.md", law)
    assert names(document) == ["第一条", "第二条", "第三条之一", "第四条"]
    assert "第九条规定执行" in clause(document, "第二条").text
    assert clause(document, "第四条").section == ("办法", "第一章 总则")


def test_english_articles_and_decimal_numbers_open_clauses_and_amounts_do_not(tmp_path: Path) -> None:
    rules = ("# Terms", "Article 7 Returns are free.", "§ 9.2 Gifts are not.", "7.1 First rule.", "7.2 Second rule.")
    text = "\n\n".join((*rules, "3.5 kg is the most."))
    assert names(read(tmp_path, "t.md", text)) == ["Article 7", "§ 9.2", "7.1", "7.2"]


def test_code_comments_and_marks_are_not_headings_nor_text(tmp_path: Path) -> None:
    text = (
        "# A **bold** title\n\nSee [the page](https://x.example).\n\n```\n# not a heading\n```\n\n<!-- not text -->\n"
    )
    document = read(tmp_path, "a.md", text)
    assert names(document) == ["A bold title"]
    assert document.clauses[0].text == "See the page.\n# not a heading"


def test_a_line_of_its_own_that_states_a_validity_is_read_and_said(tmp_path: Path) -> None:
    whole = "# 活动\n\n有效期：2026年1月1日至2026年3月31日\n\n"
    text = f"{whole}## 满减\n\n每满200减30。\n\n## 赠品\n\n失效日期：2026-02-01\n\n送杯子。\n"
    document = read(tmp_path, "a.md", text)
    assert clause(document, "满减").valid_to == date(2026, 3, 31)
    assert clause(document, "赠品").valid_to == date(2026, 2, 1)
    assert any("was read from the text" in remark for remark in document.remarks)


def test_a_policy_without_dates_is_taken_and_that_is_said(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", "# A\n\nText.\n")
    assert document.clauses[0].valid_from is None
    assert "no clause says from when" in document.remarks[0]


def test_region_tier_and_questions_are_read_from_notes_in_both_languages(tmp_path: Path) -> None:
    notes = "> 地区: 新疆、西藏\n> tier: gold, silver\n> questions: 邮费多少 | 包邮吗\n> 问法: 要运费吗？\n"
    text = f"# 运费\n\n满59元包邮。\n{notes}"
    found = read(tmp_path, "a.md", text).clauses[0]
    assert (found.region, found.tier) == (("新疆", "西藏"), ("gold", "silver"))
    assert found.questions == ("邮费多少", "包邮吗", "要运费吗？")


def test_front_matter_of_others_is_left_alone_and_a_slip_in_ours_is_not(tmp_path: Path) -> None:
    document = read(
        tmp_path, "a.md", "---\nlayout: page\ntags:\n  - a\n  - b\neffective_date: March 1, 2026\n---\n# A\n\nb\n"
    )
    assert document.clauses[0].valid_from == date(2026, 3, 1)


def test_a_draft_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ndraft: true\n---\n# A\n\nb\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# A\n\nb\n", encoding="utf-8")
    documents, unread = read_folder(tmp_path)
    assert [document.id for document in documents] == ["b"]
    assert "draft" in unread[0].reason


def test_the_same_heading_twice_gets_two_ids_that_say_where_it_stands(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", "# Hey\n## Contact\nA\n# Basecamp\n## Contact\nB\n")
    assert [c.id for c in document.clauses] == ["a#contact", "a#basecamp/contact"]


def test_each_clause_has_the_language_that_it_is_written_in(tmp_path: Path) -> None:
    document = read(
        tmp_path, "a.md", "# 退货\n\n签收之日起七天内可以退货。\n\n# Returns\n\nReturn it within seven days.\n"
    )
    assert [c.language for c in document.clauses] == ["zh", "en"]


# --- HTML -------------------------------------------------------------------------------------------------------------


def test_what_a_visitor_does_not_see_is_no_text(tmp_path: Path) -> None:
    page = """<html><head><title>Shop</title><style>.x, #y {display: none}</style></head><body><nav>Menu</nav>
    <h1>Returns</h1><p>Within <b>14</b> days.</p><p style="display:none">SECRET</p><p class="x">SECRET</p>
    <div id="y">SECRET</div><p hidden>SECRET</p><!-- SECRET --><script>SECRET</script>
    <p>Unused only.</p></body></html>"""
    document = read(tmp_path, "a.html", page)
    assert document.clauses[0].text == "Within 14 days.\nUnused only."
    assert document.clauses[0].section == ("Shop",)


def test_an_html_table_keeps_its_header_words_and_its_joined_cells(tmp_path: Path) -> None:
    page = """<h2>运费</h2><table><tr><th>地区</th><th>首重</th></tr><tr><td rowspan="2">西北</td><td>18元</td></tr>
    <tr><td>20元</td></tr></table>"""
    assert read(tmp_path, "a.html", page).clauses[0].text == "地区：西北；首重：18元\n地区：西北；首重：20元"


def test_questions_that_fold_open_are_headings(tmp_path: Path) -> None:
    page = "<details><summary>Can I return it?</summary><p>Yes.</p></details><dl><dt>Fee</dt><dd>8 yuan</dd></dl>"
    assert names(read(tmp_path, "a.html", page)) == ["Can I return it?", "Fee"]


def test_a_page_says_its_validity_in_meta_elements(tmp_path: Path) -> None:
    meta = '<meta name="id" content="fee"><meta name="valid_to" content="2026-05-01">'
    page = f'<html lang="zh">{meta}<h1>费用</h1><p>8元。</p>'
    found = read(tmp_path, "a.html", page).clauses[0]
    assert (found.document, found.valid_to) == ("fee", date(2026, 5, 1))


# --- Word -------------------------------------------------------------------------------------------------------------


def _docx(*items: tuple[str, str], table: list[list[str]] | None = None) -> bytes:
    import docx

    document = docx.Document()
    for style, text in items:
        document.add_paragraph(text, style=style or None)
    if table:
        made = document.add_table(rows=0, cols=len(table[0]))
        for values in table:
            for cell, value in zip(made.add_row().cells, values, strict=True):
                cell.text = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_document_is_read_by_its_styles_and_its_table_row_by_row(tmp_path: Path) -> None:
    raw = _docx(("Title", "Shop"), ("Heading 1", "Returns"), ("", "Within 14 days."), ("", "> tier: gold"),
                ("Heading 1", "Fees"), table=[["Region", "Fee"], ["Tibet", "20 yuan"]])  # fmt: skip
    document = read(tmp_path, "a.docx", raw)
    assert [(c.clause, c.text, c.tier) for c in document.clauses] == [
        ("Returns", "Within 14 days.", ("gold",)),
        ("Fees", "Region: Tibet; Fee: 20 yuan", ()),
    ]


def test_a_word_document_without_styles_is_read_by_its_articles_and_numbered_headings(tmp_path: Path) -> None:
    raw = _docx(("", "一、退货"), ("", "第一条 七天内可以退货。"), ("", "二、运费"), ("", "满59元包邮。"))
    document = read(tmp_path, "a.docx", raw)
    assert names(document) == ["第一条", "二、运费"]
    assert clause(document, "第一条").section == ("一、退货",)


def test_front_matter_in_a_word_document_is_read(tmp_path: Path) -> None:
    raw = _docx(
        ("", "---"), ("", "id: fees"), ("", "valid_to: 2025-01-01"), ("", "---"), ("Heading 1", "Fee"), ("", "8")
    )
    found = read(tmp_path, "a.docx", raw).clauses[0]
    assert (found.document, found.valid_to) == ("fees", date(2025, 1, 1))


@pytest.mark.parametrize(("number", "said"), [(7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五")])
def test_words_own_numbers_are_spelled_as_articles_are(number: int, said: str) -> None:
    from knowledge.ingest.numbering import chinese

    assert chinese(number) == said


# --- tables -----------------------------------------------------------------------------------------------------------


def test_the_columns_of_a_sheet_are_the_parts_of_a_clause(tmp_path: Path) -> None:
    raw = xlsx([["编号", "条款", "内容", "生效日期", "失效日期", "地区", "对客话术", "问法"],
                ["S1", "新疆运费", "首重18元。", date(2026, 1, 1), date(2026, 6, 30), "新疆", "首重18元。",
                 "新疆邮费多少"]])  # fmt: skip
    found = read(tmp_path, "a.xlsx", raw).clauses[0]
    assert (found.id, found.clause, found.text) == ("a#s1", "新疆运费", "首重18元。")
    assert (found.valid_from, found.valid_to, found.region) == (date(2026, 1, 1), date(2026, 6, 30), ("新疆",))
    assert (found.customer_text, found.questions) == ("首重18元。", ("新疆邮费多少",))


def test_a_plain_table_gives_a_clause_a_row_with_its_header_words(tmp_path: Path) -> None:
    document = read(tmp_path, "fees.csv", "Region,First kilogram,Days\nTibet,20 yuan,8\nShanghai,6 yuan,1\n")
    first = document.clauses[0]
    assert (first.clause, first.text) == ("Tibet", "Region: Tibet; First kilogram: 20 yuan; Days: 8")


def test_titles_between_tables_and_hidden_sheets_are_understood(tmp_path: Path) -> None:
    raw = xlsx([["退货规则"], ["问题", "答案"], ["能退吗", "七天内可以。"]], hidden=[["x", "y"], ["secret", "secret"]])
    document = read(tmp_path, "a.xlsx", raw)
    assert [(c.clause, c.section) for c in document.clauses] == [("能退吗", ("退货规则",))]
    assert "hidden" in document.remarks[0]


def test_a_csv_in_another_encoding_and_with_another_separator_is_read(tmp_path: Path) -> None:
    document = read(tmp_path, "a.csv", "条款;内容\n运费;满59元包邮。\n".encode("gb18030"))
    assert document.clauses[0].text == "满59元包邮。"
    assert "GB18030" in document.remarks[0]


def test_a_guide_in_json_has_names_for_headings_and_structure_for_none(tmp_path: Path) -> None:
    guide = (
        '{"Refunds": {"flows": {"Start": {"steps": ["Ask for the order."]}, "Status": {"steps": ["Look it up."]}}},'
        ' "Access": {"flows": {"Password": {"steps": ["Send a link."]}}}}'
    )
    document = read(tmp_path, "a.json", guide)
    assert [(c.clause, c.section) for c in document.clauses] == [
        ("Start", ("Refunds",)), ("Status", ("Refunds",)), ("Password", ("Access",)),
    ]  # fmt: skip


# --- PDF --------------------------------------------------------------------------------------------------------------


def test_a_pdf_is_read_by_the_size_of_its_letters_and_its_ruled_table_row_by_row(tmp_path: Path) -> None:
    sheet = Sheet().write("Returns policy", 20).gap().write("Change of mind", 16)
    sheet.write("Unused goods can be returned within 14 days of delivery, as long as their").write("tags are still on.")
    sheet.gap().write("Shipping", 16).write("What it costs:").table([["Region", "Fee"], ["Xinjiang", "18 yuan"]])
    document = read(tmp_path, "a.pdf", pdf(sheet))
    assert clause(document, "Change of mind").text.endswith("as long as their tags are still on.")
    assert clause(document, "Shipping").text == "What it costs:\nRegion: Xinjiang; Fee: 18 yuan"


def test_chinese_articles_in_a_pdf_survive_their_line_breaks(tmp_path: Path) -> None:
    sheet = (
        Sheet()
        .write("退换货办法", 18)
        .gap()
        .write("第一章 总则")
        .write("第一条 签收之日起7天内可以无理由退货，商品完好，不影响")
    )
    sheet.write("再次销售。").write("第二条 按照本办法第九条").write("规定处理的，不退运费。")
    document = read(tmp_path, "a.pdf", pdf(sheet))
    assert names(document) == ["第一条", "第二条"]
    assert clause(document, "第一条").text.endswith("不影响再次销售。")
    assert clause(document, "第二条").section == ("退换货办法", "第一章 总则")


def test_running_heads_and_page_numbers_are_no_text(tmp_path: Path) -> None:
    pages = [
        Sheet(height=815).write("Linden Lane policies").gap(40).write(f"Rule {at}", 16).write("It says a thing.")
        for at in (1, 2, 3)
    ]
    for at, page in enumerate(pages, start=1):
        page.height = 40
        page.write(f"Page {at} of 3")
    document = read(tmp_path, "a.pdf", pdf(*pages))
    assert [(c.clause, c.text) for c in document.clauses] == [(f"Rule {at}", "It says a thing.") for at in (1, 2, 3)]
