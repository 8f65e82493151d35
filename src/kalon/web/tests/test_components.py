"""Every component draws; the ones that keep patients safe are never blank."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler

from kalon.web import sheet

TEMPLATES = Path(__file__).parent.parent / "templates"
INLINE = re.compile(r"""<[^>]*\s(?:style|on[a-z]+)=["']""")


def draw(markup: str, **context) -> str:
    request = HttpRequest()
    request.META = {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    template = engines["django"].from_string(CottonCompiler().process(markup))
    return template.render(context, request)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("file", sorted(path.name for path in (TEMPLATES / "cotton").glob("*.html")))
def test_each_component_draws_without_attributes_that_csp_forbids(file):
    name = file.removesuffix(".html").replace("_", "-")
    samples = {":field": "form.phone", ":form": "form", ":page": "page", ":at": "now", ":until": "soon", "name": "x"}
    declared = (TEMPLATES / "cotton" / file).read_text()
    given = " ".join(
        f'{key}="{value}"' for key, value in samples.items() if re.search(rf"<c-vars[^>]*\s{key}[\s=/]", declared)
    )
    html = draw(f"<c-{name} {given}>words</c-{name}>", **sheet.samples())
    assert "{" + "#" not in html
    assert not INLINE.search(html)


def test_the_sheet_shows_every_component():
    shown = (TEMPLATES / "components.html").read_text()
    used_inside = "".join(path.read_text() for path in (TEMPLATES / "cotton").glob("*.html"))
    missing = [
        name
        for path in (TEMPLATES / "cotton").glob("*.html")
        if f"<c-{(name := path.stem.replace('_', '-'))} " not in shown + used_inside
        and f"<c-{name}>" not in shown + used_inside
    ]
    assert set(missing) <= {"when", "back", "icon"}  # one line each, drawn by the test above


def test_a_locked_button_stays_and_says_why_and_who_can_help():
    html = draw(
        '<c-button type="submit" reason="Repeat the blood pressure first." helper="Nurse Sini can do it.">'
        "Sign</c-button>"
    )
    described = re.search(r'aria-disabled="true" aria-describedby="([^"]+)"', html)
    assert described is not None
    assert f'id="{described[1]}"' in html
    assert 'type="submit"' not in html
    assert words(html) == "Sign Repeat the blood pressure first. Nurse Sini can do it."


@pytest.mark.parametrize(
    ("state", "drawn_as", "says"),
    [
        ("KNOWN", "known", "Allergies Penicillin anaphylaxis, 2019"),
        ("NONE_KNOWN", "none_known", "No known allergies Asked"),
        ("NOT_RECORDED", "not_recorded", "Allergies never asked Prescribing is locked until asked"),
        ("UNAVAILABLE", "unavailable", "Allergies could not be read Ask the patient before treating"),
        ("", "unavailable", "Allergies could not be read"),
        ("SOMETHING_NEW", "unavailable", "Allergies could not be read"),
        (None, "unavailable", "Allergies could not be read"),
    ],
)
def test_allergies_are_never_blank(state, drawn_as, says):
    html = draw(
        '<c-allergy :state="state" :items="items" :at="at" by="Nurse Sini" />',
        state=state,
        items=sheet.ALLERGIES[:1],
        at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    assert f'data-allergy="{drawn_as}"' in html
    assert words(html).startswith(says)


def test_known_allergies_whose_list_is_missing_still_warn():
    html = draw('<c-allergy state="KNOWN" :items="items" />', items=[])
    assert 'class="safety' in html
    assert "Ask before treating" in html


@pytest.mark.parametrize("given", ['name="{{ name }}"', ':name="name"'])
def test_what_people_type_is_escaped_once(given):
    html = draw(f'<c-patient-banner {given} mrn="SK-1" />', name="O'Neil <b>")
    assert "O&#x27;Neil &lt;b&gt;" in html
    assert "&amp;#x27;" not in html
    assert "&amp;lt;" not in html


def test_a_component_does_not_see_the_pages_variables():
    assert "leaked" not in draw('<c-card title="Card">x</c-card>', note="leaked", actions="leaked")


def test_a_field_in_need_is_tied_to_its_words():
    html = draw('<c-field :field="form.phone" />', **sheet.samples())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone-error"' in html
    assert "Two digits are missing" in html


def test_a_form_carries_a_fresh_key_each_time():
    keys = {
        re.search(r'name="idempotency_key" value="([0-9a-f-]{36})"', draw("<c-form>x</c-form>"))[1] for _ in range(2)
    }
    assert len(keys) == 2


def test_optional_fields_say_so():
    drawn = sheet.samples()
    assert "optional" in draw('<c-field :field="form.heard" />', **drawn)
    assert "optional" not in draw('<c-field :field="form.born" />', **drawn)


def test_a_refusal_of_the_whole_form_is_told_in_its_own_words():
    form = sheet.SampleForm({"phone": "+91 98470 55218", "born": "14 Mar 1994"})
    form.add_error(None, "Dr Menon is taken from 10:00 to 10:30.")
    assert words(draw('<c-form-errors :form="form" />', form=form)) == "Dr Menon is taken from 10:00 to 10:30."
