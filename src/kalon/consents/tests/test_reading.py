"""Words that are read part by part: in turn, by the server's clock, with initials and answered questions."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.once import fresh

from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing, TextDetails
from kalon.consents.models import Consent, Question, SectionRead, Signature
from kalon.consents.rules.frame import FRAME
from kalon.consents.tests.conftest import LINES
from kalon.consents.tests.planned import Planned, open_planned, read_all
from kalon.consents.tests.test_api import client
from kalon.consents.tests.test_guards import refused, sql
from kalon.consents.tests.test_pages import words
from kalon.kernel import clock, outbox
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.scheduling.tests.clinic import EIGHT


@pytest.fixture(scope="module")
def planned_once(made_once: Any) -> Planned:
    with clock.at(EIGHT):
        return made_once(open_planned)  # type: ignore[no-any-return]


@pytest.fixture
def ready(planned_once: Planned, db: None) -> Planned:
    return fresh(planned_once)


@pytest.fixture
def opened(ready: Planned) -> Consent:
    return actions.open_to_sign(ready.asked(language="en").pk, by=ready.office.nurse)


def hand(consent: Consent, role: str = Role.PATIENT) -> Signing:
    return Signing(role, consent.patient.name, LINES, "", 9, consent.content_sha256)


def told(ready: Planned, consent: Consent) -> queries.Reading:
    with acting_as(ready.office.nurse):
        return queries.reading(consent)


def test_parts_are_read_in_turn_and_the_server_counts(ready: Planned, opened: Consent):
    nurse = ready.office.nurse
    assert (opened.parts, opened.initialled) == (6, [3])
    said: Any = {"words": opened.content_sha256, "by": nurse}
    with pytest.raises(NotReady, match="Read every part first"):
        actions.sign(opened.pk, hand(opened), by=nurse)
    with pytest.raises(NotReady, match="Open this part first"):
        actions.read_part(opened.pk, 1, **said)
    with pytest.raises(NotReady, match="part before it"):
        actions.show_part(opened.pk, 2, by=nurse)
    with pytest.raises(NotFound):
        actions.show_part(opened.pk, 7, by=nurse)
    actions.show_part(opened.pk, 1, by=nurse)
    with clock.at(EIGHT + timedelta(hours=3)):
        actions.show_part(opened.pk, 1, by=nurse)  # the tablet lay aside: what lay between counts for nothing
    with clock.at(EIGHT + timedelta(hours=3, seconds=42)):
        assert actions.read_part(opened.pk, 1, **said).seconds == 42
    with clock.at(EIGHT + timedelta(hours=9)):
        assert actions.read_part(opened.pk, 1, **said).seconds == 42  # said once
    with pytest.raises(Stale):
        actions.read_part(opened.pk, 1, words="b" * 64, by=nurse)
    actions.show_part(opened.pk, 2, by=nurse)
    actions.read_part(opened.pk, 2, **said)
    actions.show_part(opened.pk, 3, by=nurse)
    for blank in ("", "  ", "12", "far too many"):
        with pytest.raises(Invalid, match="initials"):
            actions.read_part(opened.pk, 3, initials=blank, **said)
    assert actions.read_part(opened.pk, 3, initials=" A I ", **said).initials == "AI"
    assert [part.is_read for part in told(ready, opened).parts] == [True, True, True, False, False, False]


def test_another_language_is_read_anew(ready: Planned, opened: Consent):
    read_all(opened, by=ready.office.nurse)
    assert told(ready, opened).now is None
    hindi = actions.change_language(opened.pk, "hi", by=ready.office.nurse)
    now = told(ready, hindi).now
    assert now is not None and now.number == 1
    ananya = client(ready.office, ready.office.account(ready.office.patient))
    page = words(ananya.get(reverse("consents:my_consent", args=[hindi.pk])))
    assert "मैंने यह भाग पढ़ लिया है" in page and "I have read this part" not in page
    assert FRAME["hi"].keys() == FRAME["en"].keys()
    with pytest.raises(NotReady, match="Read every part"):
        actions.sign(hindi.pk, hand(hindi), by=ready.office.nurse)


def test_nobody_signs_before_a_question_is_answered(ready: Planned, opened: Consent):
    office, ananya = ready.office, ready.office.account(ready.office.patient)
    read_all(opened, by=ananya)
    with pytest.raises(Invalid, match="Write what"):
        actions.ask_about(opened.pk, 3, " ", by=ananya)
    with pytest.raises(Invalid, match="which part"):
        actions.ask_about(opened.pk, 9, "Will it hurt?", by=ananya)
    asked = actions.ask_about(opened.pk, 3, "Will it hurt?", by=ananya)
    with pytest.raises(NotReady, match="answered first"):
        actions.sign(opened.pk, hand(opened), by=ananya)
    with pytest.raises(NotPermitted):
        actions.answer(asked.pk, "A little.", by=ananya)
    actions.answer(asked.pk, "A little. We use cold air.", by=office.doctor)
    with pytest.raises(Clash, match="already"):
        actions.answer(asked.pk, "Again", by=office.nurse)
    assert actions.sign(opened.pk, hand(opened), by=ananya).status == "PARTIALLY_SIGNED"
    done = actions.sign(opened.pk, hand(opened, Role.SURGEON), by=office.doctor)
    with acting_as(office.nurse):
        assert queries.seal_holds(done)
        [one] = queries.reading(done).questions
    assert (one.words, one.answer, one.answered_name) == (
        "Will it hurt?", "A little. We use cold air.", office.doctor.name
    )  # fmt: skip


def test_a_template_edited_while_a_patient_signs_changes_nothing_for_them(ready: Planned, opened: Consent):
    office = ready.office
    read_all(opened, by=office.nurse)
    draft = actions.begin_version(office.in_use["PROCEDURE"].template_id, by=office.owner)
    new = TextDetails("en", "Other words", "# Other\nWords [initials]\n[ ] Yes")
    actions.write_text(draft.pk, new, by=office.owner)
    actions.publish(draft.pk, by=office.owner)
    actions.sign(opened.pk, hand(opened), by=office.nurse)
    done = actions.sign(opened.pk, hand(opened, Role.SURGEON), by=office.doctor)
    assert (done.status, done.content) == ("SIGNED", opened.content)
    while outbox.run_due():
        pass
    with acting_as(office.nurse):
        kept, first = queries.paper(done.pk, seen_by=office.nurse)
        assert first.startswith(b"%PDF") and queries.seal_holds(done)
    again = actions.begin_version(office.in_use["PROCEDURE"].template_id, by=office.owner)
    actions.publish(again.pk, by=office.owner)
    actions.keep_paper(done.pk, by=office.clinic.system)
    with acting_as(office.nurse):
        assert queries.paper(done.pk, seen_by=office.nurse) == (kept, first)


def test_the_database_counts_and_takes_no_part_out_of_turn(ready: Planned, opened: Consent):
    """Raw SQL as the app role: parts, initials, questions, and a signature under what was not read."""
    nurse, consent = ready.office.nurse, opened
    facts: Any = {
        "organization_id": consent.organization_id, "patient": consent.patient, "consent_id": consent.pk,
        "content_sha256": consent.content_sha256, "user_id": nurse.user_id, "shown_at": EIGHT - timedelta(days=2),
    }  # fmt: skip
    with acting_as(nurse):
        for number, name in ((0, "while_open"), (7, "while_open"), (2, "turn")):
            with refused(f"consents_sectionread_{name}"):
                SectionRead.objects.create(**facts, number=number)
        with refused("consents_sectionread_while_open"):
            SectionRead.objects.create(**{**facts, "content_sha256": "b" * 64}, number=1)
        with refused("consents_sectionread_own_account"):
            SectionRead.objects.create(**{**facts, "user_id": ready.office.doctor.user_id}, number=1)
        row = SectionRead.objects.create(**facts, number=1, read_at=EIGHT, seconds=999)
        row.refresh_from_db()
        assert (row.shown_at, row.read_at, row.seconds) == (EIGHT, None, None)  # the server's clock, not the sender's
    with clock.at(EIGHT + timedelta(seconds=5)), acting_as(nurse):
        read = "UPDATE consents_sectionread SET read_at = now() + interval '1 year', seconds = 99999 WHERE id = %s"
        assert sql(read, row.pk) == 1
        row.refresh_from_db()
        assert row.seconds == 5
        with refused("consents_sectionread_stays"):
            sql("UPDATE consents_sectionread SET seconds = 500 WHERE id = %s", row.pk)
        row = SectionRead.objects.create(**facts, number=2)
        with refused("consents_sectionread_stays"):
            sql("UPDATE consents_sectionread SET number = 3 WHERE id = %s", row.pk)
        sql("UPDATE consents_sectionread SET read_at = now() WHERE id = %s", row.pk)
        row = SectionRead.objects.create(**facts, number=3)
        with refused("consents_sectionread_initials"):
            sql("UPDATE consents_sectionread SET read_at = now() WHERE id = %s", row.pk)
        with refused("consents_signature_read"):
            _sign_in_sql(consent, nurse)
    read_all(consent, by=nurse)
    asked = actions.ask_about(consent.pk, 1, "Why?", by=nurse)
    with acting_as(nurse):
        with refused("consents_signature_answered"):
            _sign_in_sql(consent, nurse)
        with refused("consents_question_stays"):
            sql("UPDATE consents_question SET words = '\\x00'::bytea WHERE id = %s", asked.pk)
    actions.answer(asked.pk, "Because.", by=nurse)
    with acting_as(nurse), refused("consents_question_stays"):
        sql("UPDATE consents_question SET answer = '\\x00'::bytea WHERE id = %s", asked.pk)
    actions.sign(consent.pk, hand(consent), by=nurse)
    done = actions.sign(consent.pk, hand(consent, Role.SURGEON), by=ready.office.doctor)
    late: Any = {"organization_id": done.organization_id, "patient": done.patient, "consent": done}
    with acting_as(nurse):
        with refused("consents_question_stays"):
            Question.objects.create(**late, number=1, words="Late?", asked_at=EIGHT)
        with refused("consents_consent_frozen", "consents_consent_sealed"):
            sql("UPDATE consents_consent SET parts = 1 WHERE id = %s", done.pk)


def _sign_in_sql(consent: Consent, nurse: Any) -> None:
    Signature.objects.create(
        organization_id=consent.organization_id, patient=consent.patient, consent=consent, role="PATIENT",
        method="TYPED", name="Ananya Iyer", content_sha256=consent.content_sha256, signed_at=clock.now(),
        user_id=nurse.user_id, account="Asha Jacob", place="Here",
    )  # fmt: skip


def test_another_patient_reads_and_asks_nothing_here(ready: Planned, opened: Consent):
    other = ready.office.account(ready.office.child)
    for refusal in (
        lambda: actions.show_part(opened.pk, 1, by=other),
        lambda: actions.ask_about(opened.pk, 1, "Why?", by=other),
        lambda: actions.read_part(opened.pk, 1, words=opened.content_sha256, by=other),
    ):
        with pytest.raises(NotFound):
            refusal()
    with acting_as(ready.office.clinic.system):
        assert not SectionRead.objects.exists() and not Question.objects.exists()


def test_a_patient_reads_asks_and_signs_on_their_own_pages(ready: Planned):
    office = ready.office
    consent = ready.asked(language="en")
    ananya, nurse = client(office, office.account(office.patient)), client(office, office.nurse)
    page = reverse("consents:my_consent", args=[consent.pk])
    read, ask = (reverse(f"consents:my_{name}", args=[consent.pk]) for name in ("read_part", "ask_about"))
    said: Any = {"words": consent.content_sha256}
    for number in range(1, 7):
        shown = words(ananya.get(page))
        assert f"Section {number} of 7" in shown and "data-sign-pad" not in shown
        if number == 3:
            empty = ananya.post(read, {**said, "number": 3, "initials": ""})
            assert empty.status_code == 422 and "Write your initials" in words(empty)
            assert ananya.post(ask, {"number": 3, "question": ""}).status_code == 422
            assert ananya.post(ask, {"number": 3, "question": "Will it hurt?"}).status_code == 303
        assert ananya.post(read, {**said, "number": number, "initials": "AI"}).status_code == 303
    waits = words(ananya.get(page))
    assert "answered first" in waits and "data-sign-pad" not in waits
    desk = words(nurse.get(reverse("consents:consent", args=[consent.pk])))
    assert "Will it hurt?" in desk and "How it was read" in desk
    with acting_as(office.nurse):
        [asked] = queries.reading(office.again(consent)).questions
    answer = reverse("consents:answer", args=[consent.pk, asked.pk])
    assert nurse.post(answer, {"answer": " "}).status_code == 422
    assert nurse.post(answer, {"answer": "A little."}).status_code == 303
    shown = words(ananya.get(page))
    assert "data-sign-pad" in shown and "A little." in shown
    signed = ananya.post(page, {**said, "role": "PATIENT", "ticked": ["0", "1", "2"], "name": "Ananya Iyer"})
    assert signed.status_code == 303 and ready.status == "CONSENT_PENDING"
    mine = client(office, office.doctor)
    sign = reverse("consents:sign", args=[consent.pk])
    assert "Now signs: doctor or surgeon" in words(mine.get(sign))
    assert mine.post(sign, {**said, "role": "SURGEON", "name": office.doctor.name}).status_code == 303
    assert ready.status == "CONSENT_SIGNED"
