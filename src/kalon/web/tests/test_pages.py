"""Pages of the shell: refusals, faults, search, theme, the sheet."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from kalon.kernel.errors import Clash, SignInNeeded
from kalon.web import pages
from kalon.web.middleware import ContentSecurityPolicy
from kalon.web.toasts import toast


@pytest.fixture
def asked():
    return RequestFactory().get("/appointments/1?tab=notes")


@pytest.fixture
def asked_by_htmx():
    return RequestFactory().get("/appointments/1", headers={"HX-Request": "true"})


CLASH = Clash("Dr Menon is taken from 10:00 to 10:30.", alternatives=["Today 11:15"])


def test_a_refusal_is_a_page_with_its_sentence_and_the_ways_out(asked):
    response = pages.for_refusal(asked, CLASH)
    text = response.content.decode()
    assert response.status_code == 409
    assert "<html" in text
    assert "Dr Menon is taken from 10:00 to 10:30." in text
    assert "Today 11:15" in text


def test_for_htmx_it_is_a_notice_without_a_page(asked_by_htmx):
    response = pages.for_refusal(asked_by_htmx, CLASH)
    text = response.content.decode()
    assert response.status_code == 409
    assert "<html" not in text
    assert "data-refusal" in text
    assert "Today 11:15" in text


def test_who_is_not_signed_in_comes_back_afterwards(asked, asked_by_htmx):
    refusal = SignInNeeded("Sign in first.")
    assert pages.for_refusal(asked, refusal)["Location"].endswith("?next=%2Fappointments%2F1%3Ftab%3Dnotes")
    assert pages.for_refusal(asked_by_htmx, refusal)["HX-Redirect"].endswith("?next=%2Fappointments%2F1")


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (pages.bad_request, 400),
        (pages.forbidden, 403),
        (pages.not_found, 404),
        (pages.server_error, 500),
        (pages.csrf_failed, 403),
    ],
)
def test_every_fault_has_a_page_that_says_what_to_do(asked, page, status):
    response = page(asked)
    assert response.status_code == status
    assert 'href="/"' in response.content.decode()


def test_the_fault_page_names_the_code_to_read_out(asked):
    asked.request_id = "k7f2a"
    assert "k7f2a" in pages.server_error(asked).content.decode()


def test_the_theme_is_remembered_and_forgotten():
    post = RequestFactory().post
    assert pages.theme(post("/theme", {"theme": "dusk", "next": "/day"})).cookies["theme"].value == "dusk"
    assert pages.theme(post("/theme", {"theme": "system"})).cookies["theme"].value == ""
    assert pages.theme(post("/theme", {"theme": "<script>"})).cookies["theme"].value == ""


def test_the_theme_form_never_leads_elsewhere():
    response = pages.theme(RequestFactory().post("/theme", {"theme": "dusk", "next": "https://elsewhere.example/"}))
    assert response["Location"] == "/"


def test_the_chosen_theme_is_on_the_first_byte_of_the_page(asked):
    asked.COOKIES["theme"] = "dusk"
    assert 'data-theme="dusk"' in pages.not_found(asked).content.decode()
    asked.COOKIES["theme"] = '"><script>'
    assert "data-theme" not in pages.not_found(asked).content.decode()


@override_settings(DEBUG=False, KALON_DEMO=True)
def test_the_sheet_draws(asked):
    assert "Component sheet" in pages.components(asked).content.decode()


@override_settings(DEBUG=False, KALON_DEMO=False)
def test_the_sheet_is_for_developers_and_the_demo_only(asked):
    with pytest.raises(pages.Http404):
        pages.components(asked)


def test_nothing_inline_is_ever_allowed(asked):
    header = ContentSecurityPolicy(lambda request: HttpResponse())(asked)["Content-Security-Policy"]
    assert "default-src 'self'" in header
    assert "unsafe" not in header


def test_a_toast_joins_the_triggers_that_are_there():
    response = HttpResponse(headers={"HX-Trigger": '{"refresh": {}}'})
    assert toast(response, "Moved to 15:00", undo="/undo")["HX-Trigger"] == (
        '{"refresh": {}, "k-toast": {"text": "Moved to 15:00", "undo": "/undo", "icon": "check"}}'
    )


def test_the_service_worker_stands_at_the_root_and_is_asked_for_each_time(client, tmp_path, monkeypatch, db):
    monkeypatch.setattr(pages, "OUT", tmp_path)
    (tmp_path / "sw.js").write_text("self.addEventListener('fetch', () => {});")
    answer = client.get("/sw.js")
    assert answer.content.startswith(b"self.")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert "unsafe" not in answer["Content-Security-Policy"]
