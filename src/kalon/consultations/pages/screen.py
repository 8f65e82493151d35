"""The doctor's page: everything that one screen of the encounter shows."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse

from kalon.consultations import queries, rules
from kalon.consultations.forms import AddendumForm, CertificateForm, OutcomeForm, ReasonForm, ReferralForm
from kalon.consultations.lifecycles import CONSULTATION, Outcome, Section, Status
from kalon.consultations.models import Consultation, NoteVersion
from kalon.consultations.queries import completeness, consult_page
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.web.fronts import actor_of, render

# Where the page draws what other contexts plug in: the name in the template, and the column.
COLUMNS: dict[str, consult_page.Column] = {
    "above": "above", "under_assessment": "assessment", "under_plan": "plan", "main": "main", "side": "side",
    "before": "previous",
}  # fmt: skip
# The note as it is read: a letter, its sections, and those that open when they are wanted.
LAYOUT: tuple[tuple[str, tuple[Section, ...], tuple[Section, ...]], ...] = (
    ("S", (Section.COMPLAINT, Section.PRESENT_ILLNESS), (Section.SYSTEMS, Section.SUBJECTIVE)),
    ("O", (Section.EXAMINATION,), (Section.OBJECTIVE,)),
    ("A", (Section.ASSESSMENT,), ()),
    ("P", (Section.PLAN,), ()),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One section as the page draws it."""

    name: str
    label: str
    text: str
    edition: int
    beside: tuple[NoteVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A letter of the note, with the sections that are always there and those that open."""

    letter: str
    parts: tuple[Part, ...]
    more: tuple[Part, ...]
    panels: tuple[str, ...] = ()

    @property
    def is_written(self) -> bool:
        return any(part.text for part in (*self.parts, *self.more))

    @property
    def more_written(self) -> bool:
        return any(part.text or part.beside for part in self.more)


def screen(request: HttpRequest, found: Consultation, **bound: forms.Form) -> HttpResponse:
    """The encounter; with a form that was refused, its sentences and status 422."""
    by = actor_of(request)
    outcome = {"outcome": found.outcome, "referred_to": found.referred_to, "follow_up_on": found.follow_up_on}
    buttons = {button.move.name: button for button in CONSULTATION.buttons(found, by=by)}
    checklist = completeness.row(found, seen_by=by)
    drawn = {name: consult_page.panels(request, found, column) for name, column in COLUMNS.items()}
    previous = queries.previous(found, seen_by=by)
    writable = found.status == Status.IN_CONSULTATION and by.may("consultations.conduct")
    context = {
        **banner_of(found),
        **drawn,
        **_vitals(found, by),
        "consultation": found,
        "rows": _note(found, drawn),
        "advice": part_of(found, Section.ADVICE, queries.written_beside(found)),
        "outcome_form": bound.get("outcome") or OutcomeForm(initial=outcome),
        "outcomes": Outcome.choices,
        "reason_form": bound.get("reason") or ReasonForm(),
        "addendum_form": bound.get("addendum") or AddendumForm(),
        "addenda": list(queries.addenda_of(found, seen_by=by)) if found.status == Status.CLOSED else [],
        "may_add": found.status == Status.CLOSED and by.may("consultations.close"),
        **_papers(found, by, bound),
        "previous": previous,
        "diagnosed_before": list(queries.diagnoses_of(previous, seen_by=by)) if previous else [],
        "buttons": buttons,
        "writable": writable,
        "templates": queries.templates_for(found, seen_by=by) if writable else [],
        "checklist": checklist,
        "complete": sum(line.done for line in checklist),
        "history": [(event, Status(event.to_state).label) for event in CONSULTATION.history(found)],
    }
    refused = any(form.errors for form in bound.values())
    return render(request, "consultations/consultation.html", context, status=422 if refused else 200)


def banner_of(found: Consultation) -> dict[str, Any]:
    return {"patient": found.patient, "banner": patients.banner(found.patient)}


def part_of(found: Consultation, section: Section, beside: dict[str, list[NoteVersion]]) -> Part:
    """One section, with what somebody else wrote beside it."""
    return Part(
        section.value,
        section.label,
        found.text_of(section),
        found.edition_of(section),
        tuple(beside.get(section.value, ())),
    )


def _note(found: Consultation, drawn: dict[str, list[str]]) -> list[Row]:
    beside = queries.written_beside(found)
    panels = {"A": tuple(drawn["under_assessment"]), "P": tuple(drawn["under_plan"])}
    return [
        Row(
            letter,
            tuple(part_of(found, section, beside) for section in always),
            tuple(part_of(found, section, beside) for section in opened),
            panels.get(letter, ()),
        )
        for letter, always, opened in LAYOUT
    ]


def _papers(found: Consultation, by: Actor, bound: dict[str, forms.Form]) -> dict[str, Any]:
    may_sign = by.may("papers.sign", at=found.branch_id)
    is_seen = found.status in (Status.IN_CONSULTATION, Status.PLAN_CREATED, Status.CLOSED)
    is_referred = found.status == Status.CLOSED and found.outcome == Outcome.REFERRED
    today = clock.today(ZoneInfo(found.branch.timezone)).isoformat()
    held = queries.papers_of(found, seen_by=by)
    is_signed = found.status == Status.CLOSED
    return {
        "papers": held,
        "summary": [part for part in queries.summary_parts(found, seen_by=by) if part["lines"]] if is_signed else [],
        "may_sign_summary": may_sign and is_signed,
        "has_summary": any(paper.kind == "SUMMARY" for paper in held),
        "certificate_form": (
            bound.get("certificate")
            or CertificateForm(prefix="certificate", initial={"first_day": today, "last_day": today})
            if may_sign and is_seen
            else None
        ),
        "referral_form": bound.get("referral") or ReferralForm(prefix="referral") if may_sign and is_referred else None,
    }


def _vitals(found: Consultation, by: Actor) -> dict[str, Any]:
    measured = queries.measured_before(found)
    here = [row for row in measured if row.consultation_id == found.pk]
    latest = here[-1] if here else None
    earlier = [row for row in measured if latest is None or row.pk != latest.pk]
    seen = queries.seen_of(latest) if latest is not None and latest.abnormal else None
    outside = latest.outside if latest else {}
    return {
        "vitals": latest,
        "bmi": rules.bmi(latest.weight, latest.height) if latest else None,
        "alerts": latest.alerts if latest else [],
        "pressure_outside": "systolic" in outside or "diastolic" in outside,
        "pressure_before": next((row.pressure for row in earlier[::-1] if row.pressure), ""),
        "seen": seen,
        "may_see": bool(
            latest and latest.abnormal and seen is None and found.is_open and by.may("consultations.conduct")
        ),
        "trends": rules.trends(measured),
        "measured": rules.table(measured)[::-1],
    }
