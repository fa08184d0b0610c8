"""What the console is made of: marked pieces, texts in two languages, colours, and who may open which page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent import campaign
from agent.arms import Arm
from agent.campaign.mind import Oddity
from agent.domain import (
    MONEY_KINDS,
    CampaignStatus,
    CaseStatus,
    Finding,
    Language,
    Money,
    OfferKind,
    Severity,
    Source,
    Span,
)
from agent.guardrails.rulebook import FAMILIES
from agent.plan import Plan
from api.console.marks import pieces
from api.console.session import local_path
from api.console.texts import texts
from api.pages import read_cursor
from scoring.records import Harm
from tests.console_shop import PASSWORD, ConsoleShop, a_console_shop

CONSOLE = Path(__file__).parents[2] / "api" / "console"
TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))


def a_span(start: int, end: int) -> Span:
    return Span("body", start, end, "first_name", "fact", Source("customer", "c1"))


def a_finding(start: int | None, end: int | None, field: str = "body") -> Finding:
    return Finding("TONE", Severity.WARN, "…", field, start, end)


@pytest.mark.parametrize(
    ("spans", "findings", "cut"),
    [
        ([], [], [("Hello Ann!", None, ())]),
        ([(6, 9)], [], [("Hello ", None, ()), ("Ann", 0, ()), ("!", None, ())]),
        ([(6, 9)], [(4, 7)], [("Hell", None, ()), ("o ", None, (0,)), ("A", 0, (0,)), ("nn", 0, ()), ("!", None, ())]),
        ([], [(0, 5), (3, 8)], [("Hel", None, (0,)), ("lo", None, (0, 1)), (" An", None, (1,)), ("n!", None, ())]),
        ([], [(8, 99)], [("Hello An", None, ()), ("n!", None, (0,))]),
    ],
)
def test_a_text_is_cut_at_every_edge_and_stays_the_same_text(spans: Any, findings: Any, cut: Any) -> None:
    found = pieces("Hello Ann!", "body", [a_span(*s) for s in spans], [a_finding(*f) for f in findings])
    assert [(piece.text, piece.span, piece.findings) for piece in found] == cut
    assert "".join(piece.text for piece in found) == "Hello Ann!"


def test_what_is_found_elsewhere_marks_nothing_here() -> None:
    found = pieces("Hello", "body", [], [a_finding(0, 3, "subject"), a_finding(None, None, "context")])
    assert [(piece.text, piece.findings) for piece in found] == [("Hello", ())]


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\nb", ""]
)
def test_after_signing_in_nobody_is_led_to_another_site(path: str) -> None:
    assert local_path(path) == "/"


def test_after_signing_in_a_page_of_ours_is_gone_back_to() -> None:
    assert local_path("/cases/case_1?edit=1") == "/cases/case_1?edit=1"


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    zh, en = texts(Language.ZH), texts(Language.EN)
    assert set(zh) == set(en)
    for key in zh:
        assert set(re.findall(r"\{(\w+)\}", zh[key])) == set(re.findall(r"\{(\w+)\}", en[key])), key


def test_every_text_that_a_page_or_a_script_asks_for_is_there() -> None:
    known = texts(Language.EN)
    asked = set()
    for path in (*TEMPLATES, *CONSOLE.rglob("*.py")):
        words = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"""\b(?:say|Flash)\(\s*"([\w.]+\w)"\s*[,)]""", words))
        groups = set(re.findall(r"""\bsay\(\s*f?["']([\w.]+[._])["'] ~""", words))
        assert all(any(key.startswith(group) for key in known) for group in groups), path
    assert len(asked) > 100
    assert {key for key in asked if key not in known} == set()
    for script in CONSOLE.joinpath("static").glob("*.js"):
        for name in re.findall(r"\bwords\.(\w+)", script.read_text(encoding="utf-8")):
            assert f"script.{name}" in known, (script.name, name)


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("rule_family", [family.__name__.rpartition(".")[2] for family in FAMILIES]),
        ("help", [kind for kind in OfferKind if kind not in MONEY_KINDS]),
        ("harm", list(Harm)),
        ("severity", list(Severity)),
        ("status", list(CaseStatus)),
        ("warning", list(Oddity)),
    ],
)
def test_whatever_the_house_can_say_has_a_word_in_both_languages(group: str, names: list[str]) -> None:
    wordless = [f"{language}: {group}.{name}" for language in Language for name in names
                if f"{group}.{name}" not in texts(language)]  # fmt: skip
    assert names
    assert wordless == []


def test_no_template_holds_words_of_its_own() -> None:
    """Every word that a reader sees comes from texts/: what stands between tags is punctuation or a template's."""
    plain = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script.*?</script>|<[^>]*>|&\w+;", re.DOTALL)
    allowed = {"Holdfast", "Ctrl", "Esc", "Enter", "holdfast", "import", "customers", "FILE"}
    for path in TEMPLATES:
        left = set(re.findall(r"[^\W\d_]{2,}", plain.sub(" ", path.read_text(encoding="utf-8"))))
        assert left <= allowed, path.name


def test_no_page_carries_script_or_style_in_itself() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|\|\s*safe", text), path.name


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = [
    *[(text, ground) for text in ("text", "muted", "accent") for ground in ("ground", "surface", "sunken")],
    *[(tone, f"{tone}-soft") for tone in ("accent", "bad", "warn", "ok", "info")],
    *[(tone, "surface") for tone in ("bad", "warn", "ok")],
    ("on-accent", "accent"),
    ("ground", "text"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(theme: int) -> None:
    css = (CONSOLE / "static" / "console.css").read_text(encoding="utf-8")
    colours = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)}
    assert contrast("#ffffff", "#777777") < 4.5  # the measure itself
    weak = [(t, g) for t, g in TEXT_ON if contrast(colours[t][theme], colours[g][theme]) < 4.5]
    assert weak == []
    edges = [ground for ground in ("ground", "surface") if contrast(colours["edge"][theme], colours[ground][theme]) < 3]
    assert edges == []


# --- over HTTP, without a browser -------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> ConsoleShop:
    return a_console_shop(tmp_path / "home")


@pytest.fixture
def client(shop: ConsoleShop) -> Any:
    from fastapi.testclient import TestClient

    from api.main import create_app

    return TestClient(create_app(shop.workshop), follow_redirects=False)


def signed_in(client: Any, name: str = "lin") -> str:
    """Signs in; gives the session's token for forms."""
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/settings").text)[1]  # type: ignore[index]


def test_a_page_without_a_session_leads_to_the_sign_in_and_back(client: Any) -> None:
    answer = client.get("/customers?q=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/customers%3Fq%3Dx")


@pytest.mark.parametrize("csrf", [None, "", "wrong"])
def test_a_form_without_its_token_changes_nothing(client: Any, shop: ConsoleShop, csrf: str | None) -> None:
    signed_in(client)
    answer = client.post(
        "/cases/case_c1/approve", data={"seen": "case_c1"} | ({"csrf": csrf} if csrf is not None else {})
    )
    assert answer.status_code == 403
    assert shop.status("c1") == "checked"


def test_a_key_opens_no_page(client: Any, shop: ConsoleShop) -> None:
    from agent.access import Role
    from api.sign_in import add_key

    _, key = add_key(shop.workshop, "bot", Role.ADMIN)
    assert client.get("/", headers={"authorization": f"Bearer {key}"}).status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: Any) -> None:
    answer = client.post("/sign-in", data={"name": "lin", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "; secure" not in cookie
    safe = client.post("https://testserver/sign-in", data={"name": "lin", "password": PASSWORD})
    assert "; secure" in safe.headers["set-cookie"].lower()


def test_a_sign_in_from_another_site_is_refused(client: Any) -> None:
    data = {"name": "lin", "password": PASSWORD}
    assert client.post("/sign-in", data=data, headers={"origin": "https://evil.example"}).status_code == 403


def test_guessing_passwords_comes_to_an_end_even_with_the_right_one(client: Any) -> None:
    for _ in range(10):
        assert client.post("/sign-in", data={"name": "lin", "password": "wrong"}).status_code == 422
    assert client.post("/sign-in", data={"name": "lin", "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in", data={"name": "may", "password": PASSWORD}).status_code == 303


def test_looking_at_a_link_does_not_use_it_up(client: Any, shop: ConsoleShop) -> None:
    from agent.access import Role
    from api.sign_in import add_user

    token = add_user(shop.workshop, "new", Role.REP)
    for _ in range(2):
        assert client.get(f"/link/{token}").status_code == 200
    short = client.post(f"/link/{token}", data={"password": "short", "again": "short"})
    differ = client.post(f"/link/{token}", data={"password": "a" * 12, "again": "b" * 12})
    done = client.post(f"/link/{token}", data={"password": "a" * 12, "again": "a" * 12})
    used = client.post(f"/link/{token}", data={"password": "a" * 12, "again": "a" * 12})
    assert [answer.status_code for answer in (short, differ, done, used)] == [422, 422, 303, 422]


def test_what_is_not_there_is_a_page_of_ours(client: Any) -> None:
    signed_in(client)
    for path in ("/cases/case_nobody", "/customers/nobody", "/campaigns/nobody", "/?cursor=rubbish"):
        answer = client.get(path)
        assert answer.status_code in (404, 422), path
        assert answer.headers["content-type"].startswith("text/html"), path
        assert "<h1>" in answer.text, path


def test_an_edit_is_stored_with_the_line_breaks_of_a_message(client: Any, shop: ConsoleShop) -> None:
    csrf = signed_in(client)
    data = {"csrf": csrf, "seen": "case_c2", "subject": "Hello", "body": "Hi Nora,\r\n\r\nall well?\r\n"}
    assert client.post("/cases/case_c2/edit", data=data).status_code == 303
    draft = shop.workshop.store.cases.latest_draft("case_c2")
    assert draft is not None
    assert draft.body.startswith("Hi Nora,\n\nall well?")
    assert "\r" not in draft.body


def test_the_queue_goes_on_where_the_page_ended_and_filters(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.console.pages import desk

    monkeypatch.setattr(desk, "ROWS", 3)
    signed_in(client)
    seen, path = [], "/"
    while path:
        text = client.get(path).text
        seen += re.findall(r'href="/cases/(case_c\d)" data-row', text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        path = more[1].replace("&amp;", "&") if more else ""
        if "cursor=" in path:
            assert read_cursor(path.split("cursor=")[1], (float, str)) is not None
    assert seen == ["case_c1", "case_c2", "case_c3", "case_c4", "case_c5", "case_c6", "case_c8"]
    assert "data-row" not in client.get("/?channel=sms").text
    assert re.findall(r"/cases/(case_c\d)\" data-row", client.get("/?view=person").text) == ["case_c6"]


def test_nobody_may_leave_words_in_a_cookie_that_become_markup(client: Any) -> None:
    from api.console.flash import FLASH

    signed_in(client)
    import base64
    import json

    forged = json.dumps(["said.rejected", {"name": "<img src=x>"}, "", "ok"]).encode()
    client.cookies.set(FLASH, base64.urlsafe_b64encode(forged).decode().rstrip("="))
    text = client.get("/settings").text
    assert "<img src=x>" not in text
    assert "&lt;img src=x&gt;" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "没有留对照组（HOLDFAST_HOLDOUT_SHARE 为 0），之后无从知道活动有没有用。"),
        ("en", "Nobody is held out (HOLDFAST_HOLDOUT_SHARE is 0): you will not learn whether it helped."),
    ],
)
def test_what_is_odd_about_a_campaign_is_said_before_it_starts(
    client: Any, shop: ConsoleShop, language: str, said: str
) -> None:
    vars(shop.workshop)["house"] = replace(shop.house, holdout_share=0.0)
    signed_in(client, "may")
    page = client.get(f"/new-campaign?id=spring&cells=1&lang={language}", follow_redirects=True).text
    assert said in page
    assert re.search(r'name="cells" value="1" checked', page)


def test_a_second_person_signs_the_plan_of_the_page(client: Any, shop: ConsoleShop) -> None:
    csrf, house = signed_in(client, "may"), replace(shop.workshop.house, four_eyes_above=Money(100, "CNY"))
    arms = (Arm("as ever", 0.5), Arm("shorter", 0.5, offer="none", instruction="短一点"))
    plan = Plan("spring", budget=Money(200_000, "CNY"), arms=arms, not_with=("summer",))
    campaign.begin(plan, "somebody else", house)
    page = client.get("/campaigns/spring?lang=en").text
    for part in ("as ever, 50%: as the plan says", "shorter, 50%: words alone, no offer · “短一点”", "summer"):
        assert part in page, "what is signed is shown whole"
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    client.post("/campaigns/spring/sign-off", data={"csrf": csrf, "seen": "0" * 16})
    assert shop.workshop.store.campaigns.status("spring") is CampaignStatus.REVIEW
    client.post("/campaigns/spring/sign-off", data={"csrf": csrf, "seen": seen[1]})
    assert shop.workshop.store.campaigns.status("spring") is CampaignStatus.RUNNING
