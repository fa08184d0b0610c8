"""The console as a rep uses it: a real browser, a real server, a real store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent import pipeline
from agent.domain import Words, WriteRequest, WriterReply
from agent.writers.composer import Composer
from tests.console_shop import NASTY, PASSWORD, ConsoleShop, a_console_shop, served

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PICTURES = Path(__file__).parent / "pictures"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    missing = "" if CHROMIUM.exists() else "no Chromium installed: apt-get install chromium fonts-wqy-zenhei"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "playwright is not installed: pip install -e '.[dev]'"
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"{missing}; in CI this test must run")
        pytest.skip(missing)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield started
        started.close()


@pytest.fixture
def shop(tmp_path: Path) -> ConsoleShop:
    return a_console_shop(tmp_path / "home")


@pytest.fixture
def address(shop: ConsoleShop) -> Iterator[str]:
    with served(shop) as url:
        yield url


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """Signed in as a rep, in English; whatever a page complains of in its console fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(8_000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    sign_in(opened)
    yield opened
    context.close()
    assert complaints == []


def sign_in(page: Any, name: str = "lin") -> None:
    if page.locator("#password").count() == 0:
        page.goto("/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("main h1:not(:text('Sign in'))")


def press(page: Any, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_rep_decides_five_drafts_without_a_mouse(page: Any, shop: ConsoleShop) -> None:
    page.keyboard.press("j")
    press(page, "Enter")
    for _ in range(3):
        press(page, "a")
    page.keyboard.press("r")
    page.keyboard.type("she asked us not to")
    press(page, "Enter")
    page.keyboard.press("e")
    page.wait_for_selector("#body:focus")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+End")
    page.keyboard.type(" ")
    press(page, "Control+Enter")
    statuses = [shop.status(name) for name in ("c1", "c2", "c3", "c4", "c5")]
    assert statuses == ["queued", "queued", "queued", "rejected", "queued"]
    assert shop.channel.sent == []  # the undo window is still open


def test_letters_do_nothing_while_somebody_types(page: Any, shop: ConsoleShop) -> None:
    page.goto("/cases/case_c1")
    page.keyboard.press("g")
    page.keyboard.type("a r u j")
    assert page.input_value("#instruction") == "a r u j"
    assert shop.status("c1") == "checked"


def test_the_keyboard_can_be_switched_off(page: Any, shop: ConsoleShop) -> None:
    page.goto("/settings")
    page.check("input[name=keys][value=off]")
    page.click("form[action='/preferences'] >> text=Save")
    page.goto("/cases/case_c1")
    page.keyboard.press("a")
    page.keyboard.press("e")
    assert page.is_hidden("#editor")
    assert shop.status("c1") == "checked"


def test_an_approval_can_be_taken_back_within_ten_seconds(page: Any, shop: ConsoleShop) -> None:
    page.goto("/cases/case_c1")
    press(page, "a")
    assert page.is_visible("[data-undo] button")
    assert shop.status("c1") == "queued"
    press(page, "u")
    assert page.url.endswith("/cases/case_c1")
    assert "Nothing was sent" in page.inner_text(".flash")
    assert shop.status("c1") == "needs_person"


def test_what_has_left_cannot_be_taken_back_and_the_page_says_so(page: Any, shop: ConsoleShop) -> None:
    from datetime import timedelta

    from agent import pipeline

    page.goto("/cases/case_c1")
    press(page, "a")
    shop.clock.at += timedelta(seconds=11)
    pipeline.send_due(shop.house)
    press(page, "u")
    assert "Too late" in page.inner_text(".flash")
    assert [message.customer_id for message in shop.channel.sent] == ["c1"]


def test_a_form_of_an_expired_session_keeps_its_words(page: Any, shop: ConsoleShop) -> None:
    from datetime import timedelta

    page.goto("/cases/case_c2")
    page.keyboard.press("e")
    page.fill("#body", "Hello Nora, this took me a while to write.")
    shop.clock.at += timedelta(hours=13)
    with page.expect_navigation():
        page.click("#editor button[value='']")
    assert "session had ended" in page.inner_text(".flash")
    sign_in(page)
    page.wait_for_url("**/cases/case_c2")  # the words may be there before the browser tells its new address
    assert page.input_value("#body") == "Hello Nora, this took me a while to write."
    assert page.is_visible("#not-saved")


def test_an_edit_survives_an_expired_session(page: Any, shop: ConsoleShop) -> None:
    """Nothing was submitted: the browser kept the words, and offers them rather than putting them in by itself."""
    from datetime import timedelta

    page.goto("/cases/case_c2")
    page.keyboard.press("e")
    page.fill("#body", "Half a sentence")
    shop.clock.at += timedelta(hours=13)
    page.goto("/cases/case_c2")
    sign_in(page)
    assert page.input_value("#body") != "Half a sentence"
    page.click("#take-back")
    assert page.input_value("#body") == "Half a sentence"


def test_a_newer_draft_is_never_decided_in_the_place_of_the_one_seen(page: Any, shop: ConsoleShop) -> None:
    from agent.domain import Words
    from api import reviewing

    page.goto("/cases/case_c2")
    page.keyboard.press("e")
    page.fill("#body", "My own words, typed for long.")
    reviewing.edit(shop.workshop, "case_c2", Words("Hello", "Hello Nora, somebody else was faster."), "may")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert "moved on" in page.inner_text(".flash")
    assert page.input_value("#body") == "My own words, typed for long."
    assert shop.status("c2") != "queued"


def test_the_live_check_speaks_and_leaves_the_caret_alone(page: Any) -> None:
    page.goto("/cases/case_c2")
    page.keyboard.press("e")
    page.fill("#body", "Dear Nora, take 95% off everything today!")
    page.evaluate("document.querySelector('#body').setSelectionRange(5, 5)")
    page.keyboard.type("x")
    page.wait_for_selector("#live.bad li code")
    assert page.evaluate("document.querySelector('#body').selectionStart") == 6
    assert page.evaluate("document.activeElement.id") == "body"


def test_html_in_a_customers_name_is_shown_as_text(page: Any) -> None:
    for path in ("/", "/cases/case_c8", "/customers", "/customers/c8"):
        page.goto(path)
        assert NASTY in page.inner_text("main")
        assert "owned" not in page.title() or NASTY in page.title()
        assert page.locator("main img:not([src^='/static/'])").count() == 0
        assert page.locator("main script").count() == 0


def test_a_filled_word_leads_to_its_source(page: Any) -> None:
    page.goto("/cases/case_c1")
    page.click(".letter .fill >> nth=0")
    target = page.evaluate("document.querySelector(':target')?.innerText")
    assert "c1" in target


def test_a_blocked_draft_shows_its_findings_and_no_approval(page: Any) -> None:
    page.goto("/cases/case_c6")
    assert page.locator(".letter mark").count() > 0
    assert page.locator("#findings li").count() > 0
    assert page.locator("#approve").count() == 0


def test_other_words_tell_what_was_not_understood(page: Any) -> None:
    page.goto("/cases/case_c2")
    page.keyboard.press("g")
    page.keyboard.type("shorter, and mention the moon landing")
    press(page, "Enter")
    assert "moon landing" in page.inner_text("#shown")
    assert "Not understood" in page.inner_text("#shown")


def test_the_language_changes_and_the_page_stays(page: Any) -> None:
    page.goto("/cases/case_c2")
    with page.expect_navigation():
        page.click(".who button:has-text('中文')")
    assert page.url.endswith("/cases/case_c2")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert page.is_visible("text=批准并发送")
    assert page.get_attribute(".letter", "lang") == "en"


def test_a_rep_looks_on_where_a_manager_acts(page: Any, address: str) -> None:
    page.goto("/campaigns")
    assert page.locator("a[href='/new-campaign']").count() == 0
    assert page.goto("/new-campaign").status == 403
    page.context.clear_cookies()
    sign_in(page, "may")
    page.goto("/new-campaign")
    page.fill("#id", "spring")
    page.click("text=Show what would happen")
    assert page.is_visible("#preview")
    page.click("text=Start the campaign")
    assert page.url.endswith("/campaigns/spring")


def test_a_manager_starts_a_flow_and_sees_its_steps_first(page: Any, address: str) -> None:
    page.context.clear_cookies()
    sign_in(page, "may")
    page.goto("/new-campaign")
    page.fill("#id", "come-back")
    page.select_option("#flow", "win-back")
    page.click("text=Show what would happen")
    assert "wait" in page.inner_text("#preview dl").lower()
    page.click("text=Start the campaign")
    assert page.url.endswith("/campaigns/come-back")
    assert page.is_visible("text=Steps")


def test_a_rep_asks_for_a_draft(page: Any, shop: ConsoleShop) -> None:
    page.goto("/customers?q=Nora")
    page.click("[data-row]")
    page.select_option("#situation", "long_silence")
    page.click("text=Write a draft")
    page.wait_for_url("**/cases/case_*")
    assert page.is_visible(".letter")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_scrolls_sideways_or_leaves_a_field_without_a_name(page: Any, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/?lang={language}")
    for path in ("/", "/cases/case_c6?edit=1", "/customers", "/customers/c8", "/campaigns", "/offers", "/settings"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate(NAMELESS) == [], path
        levels = page.evaluate("[...document.querySelectorAll('main h1, main h2, main h3')].map(h => +h.tagName[1])")
        assert levels[0] == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)


NAMELESS = """[...document.querySelectorAll(
    'input:not([type=hidden]), select, textarea:not([hidden]), button, a, img, meter, progress'
  )].filter(e => e.tagName === 'IMG' ? !e.hasAttribute('alt')
    : e.getAttribute('aria-hidden') !== 'true'
      && !(e.labels?.length || e.ariaLabel || e.textContent.trim() || e.querySelector('img[alt]')))
  .map(e => e.outerHTML.slice(0, 120))"""


def test_text_messages_are_counted_as_the_gate_counts_them(page: Any) -> None:
    from agent.language.sms import sms_size

    samples = ["", "a" * 160, "a" * 161, "€" * 80 + "a", "您好" * 35, "您好" * 36, "😀" * 36, "ë" * 71, "a" * 306 + "€"]
    script = """async (samples) => {
      const found = [...document.querySelectorAll('script[src*="edit.js"]')][0].src;
      const { smsSize } = await import(new URL('sms.js', found));
      return samples.map(smsSize);
    }"""
    page.goto("/cases/case_c1")
    counted = [(size["encoding"], size["segments"]) for size in page.evaluate(script, samples)]
    assert counted == [(size.encoding, size.segments) for size in map(sms_size, samples)]


@pytest.mark.skipif(not os.environ.get("HOLDFAST_PICTURES"), reason="pictures are written with HOLDFAST_PICTURES=1")
@pytest.mark.parametrize(("language", "case"), [("en", "case_c2"), ("zh", "case_c1")])
def test_the_pictures_of_the_readme_are_taken_from_the_console_itself(page: Any, language: str, case: str) -> None:
    page.goto(f"/?lang={language}")
    page.goto(f"/cases/{case}")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"console-{language}.png")
    assert (PICTURES / f"console-{language}.png").stat().st_size > 10_000


@pytest.mark.parametrize(("language", "button"), [("en", "Use the corrected text"), ("zh", "用修正后的文字")])
def test_what_the_gate_can_mend_is_put_in_when_asked_for(page: Any, language: str, button: str) -> None:
    page.goto(f"/?lang={language}")
    page.goto("/cases/case_c2")
    page.keyboard.press("e")
    page.wait_for_selector("#body:focus")
    page.keyboard.press("Control+End")
    page.keyboard.type(" **Thank you.**")
    page.get_by_role("button", name=button).click()
    page.wait_for_selector("#live.ok")
    assert page.input_value("#body").rstrip().endswith("Thank you.")


def test_a_rep_compares_three_drafts_and_takes_one(page: Any, shop: ConsoleShop) -> None:
    page.goto(f"/cases/{shop.cases['c2']}")
    before = page.inner_text("#shown .body")
    page.keyboard.press("g")
    page.get_by_role("button", name="Three side by side").click()
    page.wait_for_selector(".side-by-side .card")
    shown = page.locator(".side-by-side .body").all_inner_texts()
    assert len(shown) >= 2
    assert len(set(shown)) == len(shown)
    page.get_by_role("button", name="Use this one").first.click()
    page.wait_for_selector("#shown .body")
    assert page.inner_text("#shown .body").strip() == shown[0].strip()
    assert before.strip() != shown[0].strip()


def test_what_edits_taught_is_taken_back_with_one_click(page: Any, shop: ConsoleShop) -> None:
    for customer in ("c2", "c4"):
        case = shop.workshop.store.cases.get(shop.cases[customer])
        draft = shop.workshop.store.cases.latest_draft(case.case_id)
        assert draft is not None
        changed = Words(draft.subject, draft.body.replace("through", "until"))
        pipeline.revise(case, changed, "lin", shop.house)
    page.goto("/style")
    assert "through" in page.inner_text("main")
    page.get_by_role("button", name="Take back").first.click()
    page.wait_for_selector("text=Keep to it again")
    assert [rule.revoked_by for rule in shop.workshop.store.style.rules()][:1] == ["lin"]


def test_a_vote_is_cast_without_knowing_who_wrote(page: Any, shop: ConsoleShop) -> None:
    class Terse:
        name, revision = "terse", "1"

        def write(self, request: WriteRequest) -> WriterReply:
            return WriterReply(Composer().compose(request, attempt=7))

    shop.workshop.__dict__["contestants"] = (Composer(), Terse())
    page.goto("/compare")
    page.wait_for_selector(".side-by-side .card")
    assert "terse" not in page.inner_text(".side-by-side")
    page.get_by_role("button", name="This one").first.click()
    page.wait_for_selector("text=You have voted 1 time")
    assert len(shop.workshop.store.votes.all()) == 1
    page.locator("summary", has_text="How they stand").click()
    assert "composer – terse" in page.inner_text("details.card")
