"""A consent from its preparation to its withdrawal, and everybody who is refused."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from kalon.consents import actions, queries, tasks
from kalon.consents.actions import Role, Signing
from kalon.consents.models import Signature
from kalon.consents.tests.conftest import LINES, Office
from kalon.consultations.queries import completeness
from kalon.kernel import clock, outbox
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging.models import Message
from kalon.papers import queries as papers
from kalon.papers.queries import Kind


def holds(office: Office, kind: str = "PHOTOGRAPHY", of: object = None) -> bool:
    with acting_as(office.nurse):
        return queries.in_force((of or office.patient).pk, kind, seen_by=office.nurse) is not None


def test_a_patient_signs_at_the_clinic_and_it_holds(office: Office):
    consent = office.prepared()
    assert (consent.number, consent.status, consent.signers) == ("KOC/CN26/00001", "DRAFT", ["PATIENT"])
    actions.present(consent.pk, by=office.nurse)
    actions.open_to_sign(consent.pk, by=office.nurse)
    assert not holds(office)
    done = actions.sign(consent.pk, office.hand(office.again(consent)), by=office.nurse)
    assert done.status == "SIGNED"
    assert holds(office)
    [signature] = done.signatures.all()
    assert (signature.name, signature.method, signature.strokes) == ("Ananya Iyer", "DRAWN", LINES)
    assert (signature.user_id, signature.account) == (office.nurse.user_id, "Asha Jacob")
    assert "At the clinic" in signature.place
    assert "Ananya Iyer (SK-000305)" in done.content["body"]
    assert done.valid_until == clock.now().replace(year=2028)
    with acting_as(office.nurse):
        assert queries.seal_holds(queries.consent(done.pk, seen_by=office.nurse))


def test_a_patient_signs_on_their_own_pages_with_a_typed_name(office: Office):
    ananya = office.account(office.patient)
    consent = office.presented("DATA_PROCESSING")
    actions.open_to_sign(consent.pk, by=ananya)
    typed = office.hand(office.again(consent), strokes=None, name=" Ananya   Iyer ")
    done = actions.sign(consent.pk, typed, by=ananya)
    assert (done.status, done.valid_until) == ("SIGNED", None)
    [signature] = done.signatures.all()
    assert (signature.method, signature.name, signature.strokes) == ("TYPED", "Ananya Iyer", None)
    assert signature.place == "On the patient's own pages"


def test_several_sign_in_turn_and_the_last_one_seals(office: Office):
    consent = office.opened("MARKETING")
    assert consent.signers == ["PATIENT", "WITNESS", "STAFF"]
    with pytest.raises(NotReady, match="signs first"):
        actions.sign(consent.pk, office.hand(consent, Role.STAFF), by=office.nurse)
    part = actions.sign(consent.pk, office.hand(consent), by=office.nurse)
    assert part.status == "PARTIALLY_SIGNED"
    with pytest.raises(Clash, match="has signed already"):
        actions.sign(consent.pk, office.hand(consent), by=office.nurse)
    with pytest.raises(Invalid, match="somebody else"):
        actions.sign(consent.pk, office.hand(consent, Role.WITNESS), by=office.nurse)
    actions.sign(consent.pk, office.hand(consent, Role.WITNESS, name="Ravi Menon"), by=office.nurse)
    done = actions.sign(consent.pk, office.hand(consent, Role.STAFF, name="Whoever"), by=office.nurse)
    assert done.status == "SIGNED"
    assert [one.name for one in done.signatures.all()] == ["Ananya Iyer", "Ravi Menon", "Asha Jacob"]


def test_a_guardian_signs_for_a_minor_and_the_child_cannot(office: Office):
    consent = office.opened(of=office.child)
    assert consent.signers == ["GUARDIAN"]
    with pytest.raises(Invalid, match="does not ask for that signature"):
        actions.sign(consent.pk, office.hand(consent), by=office.nurse)
    with pytest.raises(Invalid, match="what you are to the patient"):
        actions.sign(consent.pk, office.hand(consent, Role.GUARDIAN, name="Leena Rao"), by=office.nurse)
    child = office.account(office.child)
    with pytest.raises(NotPermitted, match="parent or guardian"):
        actions.sign(consent.pk, office.hand(consent, Role.GUARDIAN, relation="mother"), by=child)
    done = actions.sign(
        consent.pk, office.hand(consent, Role.GUARDIAN, name="Leena Rao", relation="mother"), by=office.nurse
    )
    assert done.status == "SIGNED"


def test_a_guardian_signs_from_their_own_account(office: Office):
    leena = office.account(office.child, "GUARDIAN")
    consent = office.presented(of=office.child)
    actions.open_to_sign(consent.pk, by=leena)
    hand = office.hand(office.again(consent), Role.GUARDIAN, name="Leena Rao", relation="mother")
    assert actions.sign(consent.pk, hand, by=leena).status == "SIGNED"


def test_who_is_of_age_on_the_day(office: Office):
    with acting_as(office.clinic.system):
        office.child.birth_date = date(2008, 11, 24)
        office.child.save(update_fields=["birth_date"])
    assert office.prepared(of=office.child).signers == ["PATIENT"]  # eighteen today
    with acting_as(office.clinic.system):
        office.child.birth_date = None
        office.child.save(update_fields=["birth_date"])
    with pytest.raises(NotReady, match="date of birth first"):
        office.prepared("MARKETING", of=office.child)


def test_nothing_is_signed_unread_or_in_other_words(office: Office):
    consent = office.presented()
    with pytest.raises(NotReady, match="read it first"):
        actions.sign(consent.pk, office.hand(consent), by=office.nurse)
    opened = actions.open_to_sign(consent.pk, by=office.nurse)
    actions.change_language(consent.pk, "hi", by=office.nurse)
    with pytest.raises(Stale, match="words changed"):
        actions.sign(consent.pk, office.hand(opened), by=office.nurse)
    again = office.again(consent)
    assert (again.language, again.content["title"]) == ("hi", "चिकित्सा तस्वीरों के लिए सहमति")
    done = actions.sign(consent.pk, office.hand(again), by=office.nurse)
    with pytest.raises(IllegalMove, match="language stays"):
        actions.change_language(done.pk, "en", by=office.nurse)


def test_the_language_is_the_patients_own_where_there_is_a_text(office: Office):
    with acting_as(office.clinic.system):
        office.patient.language = "hi"
        office.patient.save(update_fields=["language"])
    assert office.prepared().language == "hi"
    with acting_as(office.clinic.system):
        office.patient.language = "ta"
        office.patient.save(update_fields=["language"])
    assert office.prepared("RECORDING").language == "en"
    with pytest.raises(Invalid, match="English, हिन्दी"):
        office.prepared("MARKETING", language="ta")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"strokes": [[[1, 1, 0], [3, 3, 9]]]}, "too little"),
        ({"strokes": [[["a", 1, 0]]]}, "did not arrive whole"),
        ({"strokes": [[[float("nan"), 1, 0], [1, 1, 1]]]}, "did not arrive whole"),
        ({"strokes": "M0 0"}, "did not arrive whole"),
        ({"strokes": [[[1, 1, 0]] * 7000]}, "did not arrive whole"),
        ({"strokes": None, "name": " x "}, "full name"),
        ({"ticked": 1}, "Tick each sentence"),
        ({"role": "KING"}, "does not ask"),
    ],
)
def test_bad_signatures_are_refused_with_a_word(office: Office, change: dict, says: str):
    consent = office.opened()
    with pytest.raises(Invalid, match=says):
        actions.sign(consent.pk, replace(office.hand(consent), **change), by=office.nurse)
    assert office.again(consent).status == "PRESENTED"
    assert not office.again(consent).signatures.all()


def test_withdrawing_stops_it_now(office: Office):
    done = office.signed()
    ananya = office.account(office.patient)
    with pytest.raises(Invalid, match="Write why"):
        actions.revoke(done.pk, " ", by=ananya)
    assert holds(office)
    actions.revoke(done.pk, "I changed my mind", by=ananya)
    assert not holds(office)
    assert office.again(done).revoked_by == ananya.name
    with pytest.raises(IllegalMove):
        actions.revoke(done.pk, "Again", by=office.nurse)


def test_it_allows_nothing_from_the_moment_its_time_is_over(office: Office):
    done = office.signed("RECORDING")
    actions.sign(done.pk, office.hand(done, Role.STAFF), by=office.nurse)
    until = office.again(done).valid_until
    with clock.at(until - timedelta(seconds=1)):
        assert holds(office, "RECORDING")
        assert actions.expire_due(by=office.clinic.system) == 0
    with clock.at(until):
        assert not holds(office, "RECORDING")
        assert office.again(done).status == "SIGNED"  # nobody has noted it yet, and still it holds no more
        assert actions.expire_due(by=office.clinic.system) == 1
        assert actions.expire_due(by=office.clinic.system) == 0
    assert office.again(done).status == "EXPIRED"


def test_one_kind_says_nothing_of_another(office: Office):
    office.signed()
    assert [holds(office, kind) for kind in ("PHOTOGRAPHY", "RECORDING", "MARKETING", "DATA_PROCESSING")] == [
        True, False, False, False,
    ]  # fmt: skip
    assert not holds(office, of=office.child)
    with acting_as(office.nurse):
        assert queries.kinds_in_force(office.patient.pk, seen_by=office.nurse) == {"PHOTOGRAPHY"}


def test_signing_anew_takes_the_place_of_the_old(office: Office):
    first = office.signed()
    second = office.signed()
    assert [office.again(one).status for one in (first, second)] == ["REVOKED", "SIGNED"]
    actions.revoke(second.pk, "No more", by=office.nurse)
    assert not holds(office)


def test_one_of_a_kind_is_prepared_at_a_time(office: Office):
    first = office.prepared()
    with pytest.raises(Clash, match="being prepared"):
        office.prepared()
    with pytest.raises(Invalid, match="Write why"):
        actions.void(first.pk, "", by=office.nurse)
    actions.void(first.pk, "The patient said no", by=office.nurse)
    second = office.prepared()
    assert second.number == "KOC/CN26/00002"
    with pytest.raises(IllegalMove):
        actions.void(office.signed("DATA_PROCESSING").pk, "why", by=office.nurse)


def test_a_new_version_leaves_what_is_being_signed_as_it_is(office: Office):
    consent = office.opened()
    draft = actions.begin_version(office.in_use["PHOTOGRAPHY"].template_id, by=office.owner)
    actions.publish(draft.pk, by=office.owner)
    with pytest.raises(NotReady, match="replaced by a new version"):
        actions.change_language(consent.pk, "hi", by=office.nurse)
    done = actions.sign(consent.pk, office.hand(consent), by=office.nurse)
    assert (done.status, done.content["version"]) == ("SIGNED", 1)
    with acting_as(office.nurse):
        assert queries.seal_holds(office.again(done))


def test_what_is_presented_is_what_is_in_use_then(office: Office):
    consent = office.prepared()
    draft = actions.begin_version(office.in_use["PHOTOGRAPHY"].template_id, by=office.owner)
    actions.publish(draft.pk, by=office.owner)
    assert actions.present(consent.pk, by=office.nurse).content["version"] == 2
    with pytest.raises(NotFound, match="not in use any more"):
        office.prepared("PHOTOGRAPHY", of=office.child)


def test_the_paper_is_sealed_once_and_withdrawn_with_the_consent(office: Office):
    done = office.signed()
    while outbox.run_due():
        pass
    with acting_as(office.nurse):
        [paper] = papers.papers(seen_by=office.nurse).filter(source_id=done.pk, kind=Kind.CONSENT)
        _, content = papers.content(paper.pk, seen_by=office.nurse)
    assert content.startswith(b"%PDF") and b"ByteRange" in content and b"ETSI.CAdES.detached" in content
    assert (paper.number, paper.withdrawn_at) == (done.number, None)
    actions.keep_paper(done.pk, by=office.clinic.system)
    actions.revoke(done.pk, "No more", by=office.account(office.patient))
    while outbox.run_due():
        pass
    with acting_as(office.nurse):
        [again] = papers.papers(seen_by=office.nurse).filter(source_id=done.pk)
        assert again.withdrawn_at is not None
        assert papers.content(again.pk, seen_by=office.nurse)[1] == content  # byte for byte


def test_another_patient_sees_and_signs_nothing(office: Office):
    consent = office.opened()
    other = office.account(office.child)
    for refused in (
        lambda: actions.read(consent.pk, purpose="x", by=other),
        lambda: actions.open_to_sign(consent.pk, by=other),
        lambda: actions.change_language(consent.pk, "hi", by=other),
        lambda: actions.sign(consent.pk, office.hand(consent), by=other),
        lambda: actions.revoke(consent.pk, "x", by=other),
    ):
        with pytest.raises(NotFound):
            refused()
    assert office.again(consent).status == "PRESENTED"


def test_a_draft_is_not_shown_to_the_patient(office: Office):
    draft = office.prepared()
    with pytest.raises(NotFound):
        actions.open_to_sign(draft.pk, by=office.account(office.patient))


@pytest.mark.parametrize("who", ["nobody", "patient"])
def test_who_may_not(office: Office, who: str):
    actor = office.clinic.nobody if who == "nobody" else office.account(office.patient)
    draft, open_one = office.prepared("MARKETING"), office.opened()
    version = office.in_use["PHOTOGRAPHY"]
    refused = [
        lambda: actions.prepare(office.patient.pk, office.wish("RECORDING"), by=actor),
        lambda: actions.void(open_one.pk, "x", by=actor),
        lambda: actions.begin_version(version.template_id, by=actor),
        lambda: actions.publish(version.pk, by=actor),
        lambda: actions.withdraw(version.pk, "x", by=actor),
        lambda: actions.bring_built_in(by=actor),
        lambda: actions.expire_due(by=actor) if who == "nobody" else actions.void(open_one.pk, "x", by=actor),
    ]
    if who == "nobody":
        refused += [
            lambda: actions.present(draft.pk, by=actor),
            lambda: actions.read(open_one.pk, purpose="x", by=actor),
            lambda: actions.open_to_sign(open_one.pk, by=actor),
            lambda: actions.sign(open_one.pk, office.hand(open_one), by=actor),
            lambda: actions.revoke(open_one.pk, "x", by=actor),
        ]
    for verb in refused:
        with pytest.raises(NotPermitted):
            verb()
    assert [office.again(one).status for one in (draft, open_one)] == ["DRAFT", "PRESENTED"]
    with acting_as(office.clinic.system):
        assert not Signature.objects.exists()


@pytest.mark.parametrize("role", [Role.WITNESS, Role.STAFF])
def test_a_patient_signs_for_nobody_else(office: Office, role: str):
    ananya = office.account(office.patient)
    consent = office.opened("MARKETING")
    actions.sign(consent.pk, office.hand(consent), by=ananya)
    with pytest.raises(NotPermitted, match="From this account"):
        actions.sign(consent.pk, Signing(role, "Ravi Menon", LINES, "", 9, consent.content_sha256), by=ananya)


def test_the_row_above_the_doctors_signature_says_what_still_waits_for_the_patients(office: Office):
    visit = SimpleNamespace(organization_id=office.patient.organization_id, patient_id=office.patient.pk)

    def said() -> completeness.Answer:
        with acting_as(office.clinic.system):
            return queries.asked_in(visit)

    assert said() == completeness.NOT_NEEDED
    consent = office.opened("PHOTOGRAPHY")
    assert said().sentence == "A consent waits for the patient to read and sign it."
    assert str(consent.pk) in said().href
    actions.void(consent.pk, "Asked twice", by=office.doctor)
    office.signed("PHOTOGRAPHY")
    assert said() == completeness.DONE


def test_every_look_and_every_move_is_in_the_log(office: Office):
    done = office.signed()
    actions.read(done.pk, purpose="patient page", by=office.doctor)
    with acting_as(office.clinic.system):
        events = AuditEvent.objects.filter(subject_id=done.pk, patient_id=office.patient.pk).order_by("id")
        assert [one.move or one.purpose for one in events] == [
            "prepare", "present", "consent, to sign", "sign", "patient page",
        ]  # fmt: skip


ORDER = "Order of the District Court Ernakulam of 3 March 2025, Rights of Persons with Disabilities Act, section 14"


def test_a_guardian_signs_for_an_adult_on_a_ground_that_is_kept(office: Office):
    with pytest.raises(Invalid, match="on what ground") as refusal:
        office.prepared(guardianship="aunt")
    assert refusal.value.field == "guardianship"
    consent = actions.open_to_sign(office.presented(guardianship=f"  {ORDER} ").pk, by=office.nurse)
    assert (consent.signers, consent.guardianship, consent.content["guardianship"]) == (["GUARDIAN"], ORDER, ORDER)
    herself = office.account(office.patient)
    with pytest.raises(NotPermitted, match="parent or guardian"):
        actions.sign(consent.pk, office.hand(consent, Role.GUARDIAN, relation="guardian by court"), by=herself)
    with pytest.raises(Invalid, match="does not ask for that signature"):
        actions.sign(consent.pk, office.hand(consent), by=office.nurse)
    hand = office.hand(consent, Role.GUARDIAN, name="Leena Rao", relation="guardian by court")
    done = actions.sign(consent.pk, hand, by=office.nurse)
    assert done.status == "SIGNED" and queries.seal_holds(done)
    done.content["guardianship"] = "Another order"
    assert not queries.seal_holds(done)  # the ground is among what was signed
    outbox.run_due()
    with acting_as(office.nurse):
        assert queries.paper(done.pk, seen_by=office.nurse)[1].startswith(b"%PDF")


def test_the_patient_is_told_once_that_a_consent_waits(office: Office):
    waiting, in_hand = office.presented(), office.presented("RECORDING")
    office.prepared("MARKETING")  # nothing was put before anybody
    assert _asked(office, minutes=29) == []
    actions.open_to_sign(in_hand.pk, by=office.nurse)
    actions.sign(in_hand.pk, office.hand(office.again(in_hand)), by=office.nurse)
    [message] = _asked(office, minutes=31)
    assert message.about_id == waiting.pk
    assert f"/my/consents/{waiting.pk}" in message.body and office.again(waiting).title in message.body
    assert _asked(office, minutes=45) == [message]  # never twice
    with pytest.raises(NotPermitted):
        actions.ask(waiting.pk, by=office.account(office.patient))


def test_who_wishes_no_reminders_is_not_told_and_nobody_at_night(office: Office):
    with clock.at(clock.now().replace(hour=17)):  # 22:30 in the clinic
        office.presented()
        [message] = _asked(office, minutes=31)
        assert message.status == "QUEUED" and message.due_at > clock.now() + timedelta(hours=6)
    messaging.change_preference(office.child.pk, channels=[], declined=["REMINDER"], by=office.owner)
    office.presented(of=office.child)
    assert _asked(office, minutes=31) == [message]


def _asked(office: Office, *, minutes: int) -> list[Message]:
    """What patients were told of consents, some minutes from now, after the worker's round."""
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        tasks.send_asked.work(organization_id=office.clinic.organization_id)
        with acting_as(office.clinic.system):
            return list(Message.objects.select_related("patient").filter(template_code="consent-to-sign"))
