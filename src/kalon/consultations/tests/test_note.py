"""Writing the note: versions, two doctors at once, addenda, templates."""

import pytest

from kalon.consultations import actions, queries
from kalon.consultations.lifecycles import Status
from kalon.consultations.tests.test_actions import NOTE, decided, started
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.queries import staff_actor


@pytest.fixture
def second(visit):
    """Another doctor of the same clinic."""
    staff = people.add_staff(
        "Dr Ravi Pillai", kind="DOCTOR", email="ravi@sk.example.org", roles={None: ["doctor"]}, by=visit.clinic.system
    )
    return staff_actor(staff.user)


def save(visit, pk, text, edition, *, by=None, section="examination"):
    return actions.save_section(pk, section=section, text=text, edition=edition, by=by or visit.doctor)


def versions(visit):
    with acting_as(visit.doctor):
        rows = list(queries.versions_of(visit.encounter, seen_by=visit.doctor))
        return [(row.section, row.edition, row.text, row.stands, getattr(row.written_by, "name", "")) for row in rows]


def test_every_save_that_changed_words_is_kept_with_who_wrote_it(visit):
    pk = started(visit).pk
    assert save(visit, pk, "Fine lines", 0).edition == 1
    assert save(visit, pk, "Fine lines", 1).kept is None  # nothing changed, nothing to keep
    assert save(visit, pk, "Fine lines at rest", 1).edition == 2
    assert visit.encounter.examination == "Fine lines at rest"
    assert versions(visit) == [
        ("examination", 2, "Fine lines at rest", True, "Dr Kavya Menon"),
        ("examination", 1, "Fine lines", True, "Dr Kavya Menon"),
    ]


def test_the_history_begins_with_what_was_told_at_booking(visit):
    pk = started(visit).pk
    saved = save(visit, pk, "Lines around the eyes, since a year", 0, section="complaint")
    assert (saved.stands, saved.edition) == (True, 2)
    assert [(edition, text, who) for _, edition, text, _, who in versions(visit)] == [
        (2, "Lines around the eyes, since a year", "Dr Kavya Menon"),
        (1, "Lines around the eyes", ""),
    ]


def test_two_doctors_in_two_sections_do_not_meet(visit, second):
    pk = started(visit).pk
    assert save(visit, pk, "Mine", 0).stands
    assert save(visit, pk, "Theirs", 0, by=second, section="plan").stands
    found = visit.encounter
    assert (found.examination, found.plan) == ("Mine", "Theirs")


def test_two_doctors_in_one_section_lose_no_word(visit, second):
    pk = started(visit).pk
    save(visit, pk, "Red papules", 0)
    late = save(visit, pk, "Nodules on the jaw", 0, by=second)
    assert (late.stands, late.text, late.edition) == (False, "Red papules", 1)
    assert save(visit, pk, "Nodules on the jaw", 0, by=second).kept.pk == late.kept.pk  # a retry adds nothing
    with acting_as(visit.doctor):
        beside = queries.written_beside(visit.encounter)
    assert [(row.text, row.written_by.name) for row in beside["examination"]] == [
        ("Nodules on the jaw", "Dr Ravi Pillai")
    ]


@pytest.mark.parametrize(
    ("keep", "text"),
    [
        ("standing", "Red papules"),
        ("beside", "Nodules on the jaw"),
        ("both", "Red papules\n\nNodules on the jaw"),
    ],
)
def test_one_of_them_chooses_and_both_texts_stay_readable(visit, second, keep, text):
    pk = started(visit).pk
    save(visit, pk, "Red papules", 0)
    late = save(visit, pk, "Nodules on the jaw", 0, by=second)
    chosen = str(late.kept.pk) if keep == "beside" else keep
    settled = actions.settle(pk, section="examination", keep=chosen, edition=1, by=visit.doctor)
    assert (settled.text, settled.edition) == (text, 3)
    with acting_as(visit.doctor):
        assert queries.written_beside(visit.encounter) == {}
    assert {row[2] for row in versions(visit)} >= {"Red papules", "Nodules on the jaw"}
    with pytest.raises(IllegalMove):
        actions.settle(pk, section="examination", keep="both", edition=3, by=visit.doctor)


def test_a_choice_made_on_an_older_page_is_not_taken(visit, second):
    pk = started(visit).pk
    save(visit, pk, "Red papules", 0)
    late = save(visit, pk, "Nodules", 0, by=second)
    save(visit, pk, "Red papules, many", 1)
    with pytest.raises(Stale):
        actions.settle(pk, section="examination", keep=str(late.kept.pk), edition=1, by=second)
    assert visit.encounter.examination == "Red papules, many"


def test_only_what_was_written_beside_can_be_chosen(visit, second):
    pk = started(visit).pk
    save(visit, pk, "Red papules", 0)
    save(visit, pk, "Nodules", 0, by=second)
    with pytest.raises(NotFound):
        actions.settle(pk, section="examination", keep=str(pk), edition=1, by=second)


def test_an_answer_that_was_lost_on_the_way_is_no_quarrel(visit):
    pk = started(visit).pk
    save(visit, pk, "Fine lines", 0)  # the answer never came back, the doctor types on
    again = save(visit, pk, "Fine lines at rest, deeper when smiling", 0)
    assert (again.stands, again.text) == (True, "Fine lines at rest, deeper when smiling")


def test_nobody_signs_over_two_texts_that_nobody_settled(visit, second):
    pk = started(visit).pk
    save(visit, pk, "Acne", 0, section="assessment")
    save(visit, pk, "Rosacea", 0, section="assessment", by=second)
    actions.record_outcome(pk, outcome="NO_ACTION", note={}, by=visit.doctor)
    with pytest.raises(NotReady, match="Two people wrote in the same section"):
        actions.close(pk, by=visit.doctor)
    assert visit.encounter.status == Status.PLAN_CREATED


def test_an_outcome_with_older_words_is_refused(visit, second):
    pk = started(visit).pk
    save(visit, pk, "Acne", 0, by=second, section="assessment")
    with pytest.raises(Stale):
        actions.record_outcome(pk, outcome="NO_ACTION", note=NOTE, editions={"assessment": 0}, by=visit.doctor)
    assert (visit.encounter.assessment, visit.encounter.status) == ("Acne", "IN_CONSULTATION")


@pytest.mark.parametrize("text", ["x" * 10_000, "مرحبا", "नमस्ते", "😀 <script>alert(1)</script>", "  "])
def test_the_note_keeps_what_was_typed(visit, text):
    pk = started(visit).pk
    save(visit, pk, text, 0)
    assert visit.encounter.examination == text


def test_what_is_no_section_or_too_long_is_refused_whole(visit):
    pk = started(visit).pk
    with pytest.raises(Invalid) as refused:
        save(visit, pk, "x" * 20_001, 0)
    assert refused.value.field == "examination"
    with pytest.raises(Invalid, match="There is no section"):
        save(visit, pk, "x", 0, section="status")
    assert versions(visit) == []


def test_an_addendum_follows_the_signature_and_leaves_the_note_as_it_was(visit):
    done = decided(visit)
    with pytest.raises(IllegalMove, match="write into the note itself"):
        actions.add_addendum(done.pk, text="Late thought", by=visit.doctor)
    actions.close(done.pk, by=visit.doctor)
    with pytest.raises(Invalid):
        actions.add_addendum(done.pk, text="  ", by=visit.doctor)
    with pytest.raises(NotPermitted):
        actions.add_addendum(done.pk, text="x", by=visit.nurse)
    added = actions.add_addendum(done.pk, text="Histology came back clear.", by=visit.doctor)
    with acting_as(visit.doctor):
        [row] = queries.addenda_of(visit.encounter, seen_by=visit.doctor)
        assert (row.pk, row.text, row.signed_by.name) == (added.pk, "Histology came back clear.", "Dr Kavya Menon")
    assert visit.encounter.assessment == NOTE["assessment"]
    with pytest.raises(IllegalMove):
        save(visit, done.pk, "changed", 1)


def template(visit, **more):
    told = {"name": "Botulinum toxin", "sections": {"examination": "BMI {vitals.bmi}, {patient.first_name}."}}
    return actions.add_template(**{**told, **more}, by=visit.clinic.system)


def test_a_template_is_filled_and_follows_what_was_written(visit):
    actions.record_vitals(visit.arrived().pk, measured={"weight": 61, "height": 166}, by=visit.nurse)
    pk = actions.begin(visit.encounter.pk, by=visit.doctor).pk
    save(visit, pk, "Seen with her sister.", 0)
    made = template(visit)
    actions.use_template(pk, template_id=made.pk, by=visit.doctor)
    name = visit.clinic.patient.given_name
    assert visit.encounter.examination == f"Seen with her sister.\n\nBMI 22.1, {name}."
    actions.use_template(pk, template_id=made.pk, by=visit.doctor)  # a second press adds nothing
    assert visit.encounter.examination.count("BMI") == 1


def test_a_template_with_an_unknown_field_is_refused_beside_its_section(visit):
    with pytest.raises(Invalid) as refused:
        template(visit, sections={"examination": "{patient.shoe_size}", "plan": "{today}"})
    assert refused.value.facts["errors"] == {
        "examination": ["There is no field {patient.shoe_size}. Choose from the list of fields beside the text."]
    }
    with acting_as(visit.doctor):
        assert queries.templates(seen_by=visit.doctor).count() == 0


@pytest.mark.parametrize(
    "wish", [{"name": " "}, {"sections": {}}, {"sections": {"status": "x"}}, {"sections": {"plan": "x" * 20_001}}]
)
def test_a_template_needs_a_name_and_words(visit, wish):
    with pytest.raises(Invalid):
        template(visit, **wish)


def test_two_templates_do_not_share_a_name(visit):
    template(visit)
    with pytest.raises(Invalid, match="of this name already"):
        template(visit)


def test_the_doctor_uses_templates_and_does_not_change_them(visit):
    made = template(visit)
    for attempt in (
        lambda: actions.add_template(name="Mine", sections={"plan": "x"}, by=visit.doctor),
        lambda: actions.change_template(made.pk, name="Mine", sections={"plan": "x"}, by=visit.doctor),
        lambda: actions.retire_template(made.pk, by=visit.doctor),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(visit.doctor):
        assert [row.name for row in queries.templates(seen_by=visit.doctor)] == ["Botulinum toxin"]


def test_a_template_of_the_service_comes_first_and_a_retired_one_not(visit):
    template(visit, name="Any")
    template(visit, name="Zeal", service_id=visit.appointment.service_id)
    actions.retire_template(template(visit, name="Old").pk, by=visit.clinic.system)
    with acting_as(visit.doctor):
        offered = queries.templates_for(visit.encounter, seen_by=visit.doctor)
    assert [one.name for one in offered] == ["Zeal", "Any"]
