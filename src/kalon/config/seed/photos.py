"""Photographs before and after, what was drawn on them and given out: faces drawn for the demonstration, of nobody."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.config.seed.consents import written
from kalon.config.seed.faces import Face, jpeg, photographed
from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.consents.actions import Role, Signing, Wish
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions, queries
from kalon.photos.actions import ExportWish, PhotoDetails

# Looked at from the patient's left, the face points to the patient's right.
TURNS = {"FRONT": 0.0, "LEFT_45": -1.0, "RIGHT_45": 1.0, "LEFT_90": -1.6, "RIGHT_90": 1.6}
VIEWS = ("FRONT", "LEFT_45", "RIGHT_45")
STAGES = (
    # stage, days ago, how dark the patch is, how the camera was held
    ("BEFORE", 50, 1.0, (1.0, 0.0, 0.0, 0.0)),
    ("AFTER", 8, 0.3, (1.05, 1.5, 12.0, -9.0)),
)
MARKS = [
    {"kind": "circle", "colour": "white", "points": [[282, 732], [392, 732]]},
    {"kind": "arrow", "colour": "red", "points": [[620, 960], [385, 800]]},
    {"kind": "words", "colour": "white", "points": [[520, 1010]], "words": "Patch, 24 by 18 mm"},
]
OVER = [{"kind": "line", "colour": "yellow", "points": [[450, 240], [450, 1120]]}]
REFERRED = ExportWish(
    purpose="CARE", recipient="Dr Leena Varma, Lakeside Dermatology", reason="Second opinion on the patch",
    with_drawings=True,
)  # fmt: skip
TAKEN_BACK = ExportWish(purpose="CARE", recipient="Dr L. Verma, Lakeside", reason="Second opinion on the patch")


def take(place: Place, patient: Any, today: date, zone: ZoneInfo) -> None:
    """A patient's standard views before and after, paired; the front is shared with the patient."""
    taken: dict[str, list[Any]] = {}
    for stage, days, pigment, held in STAGES:
        for minute, view in enumerate(VIEWS):
            with clock.at(datetime.combine(today - timedelta(days=days), time(10, 12 + minute), zone)):
                said = PhotoDetails(view=view, stage=stage)
                taken.setdefault(view, []).append(_taken(place, patient.pk, said, 11, pigment, pigment, held))
    for earlier, later in taken.values():
        pair = actions.compare(earlier.pk, later.pk, by=place.by["nurse"])
        actions.line_up(pair.pk, by=place.system)
        if earlier.view == "FRONT":
            actions.share(pair.pk, by=place.by["doctor"])
    with clock.at(datetime.combine(today - timedelta(days=7), time(16, 5), zone)):
        _drawn_and_given(place, taken["FRONT"][0])


def in_session(place: Place, session: Any, done: int, *, by: Any) -> None:
    """Both halves of the face before a session of a series, lighter each time."""
    agree(place, session.patient)
    for view in ("LEFT_45", "RIGHT_45"):
        said = PhotoDetails(view=view, stage="BEFORE", session_id=session.pk)
        pigment = max(0.0, 0.9 - 0.25 * done)
        _taken(place, session.patient_id, said, 31, pigment, 0.4, (1 + done / 60, 0.0, 0.0, 0.0), by=by)


def before_surgery(place: Place, plan: Any, views: list[str]) -> None:
    """The views that a procedure asks for, of a plan."""
    agree(place, plan.patient)
    for number, view in enumerate(views):
        said = PhotoDetails(view=view, stage="BEFORE", plan_id=plan.pk)
        _taken(place, plan.patient_id, said, 23, 0.0, 1.0, (1 + number / 50, 0, 0, 0), size=(600, 800))


def agree(place: Place, patient: Any) -> None:
    """The consent to photographs, signed on the nurse's tablet, where there is none."""
    nurse = place.by["nurse"]
    if queries.consent_to("PHOTOGRAPHY", patient.pk, seen_by=nurse) is not None:
        return
    with acting_as(nurse):
        form = consent_queries.usable(seen_by=nurse).filter(kind="PHOTOGRAPHY").first()
    if form is None:
        return
    made = consents.present(consents.prepare(patient.pk, Wish(form.pk, place.branch.pk), by=nurse).pk, by=nurse)
    asked = consents.open_to_sign(made.pk, by=nurse)
    name = patient.name
    done = consents.sign(
        asked.pk, Signing(Role.PATIENT, name, written(name), "", 9, asked.content_sha256), by=nurse
    )  # fmt: skip
    if Role.STAFF in done.signers:
        consents.sign(done.pk, Signing(Role.STAFF, "", None, "", 0, done.content_sha256), by=nurse)


def _taken(
    place: Place, patient_id: Any, said: PhotoDetails, seed: int, pigment: float, lines: float,
    held: tuple[float, float, float, float], *, size: tuple[int, int] = (900, 1200), by: Any = None,
) -> Any:  # fmt: skip
    face = Face(seed=seed, pigment=pigment, turn=TURNS.get(said.view, 0.2), lines=lines)
    picture = BytesIO(jpeg(photographed(face, size=size, held=held)))
    return actions.take(patient_id, picture, said, by=by or place.by["nurse"])


def _drawn_and_given(place: Place, front: Any) -> None:
    """The doctor drew on the front and gave a copy of it to a colleague; one with a wrong name was taken back."""
    doctor = place.by["doctor"]
    actions.annotate(front.pk, MARKS, by=doctor)
    actions.hide_annotation(actions.annotate(front.pk, OVER, by=place.by["nurse"]).pk, by=doctor)
    actions.withdraw_export(actions.export_photo(front.pk, TAKEN_BACK, by=doctor).pk, by=doctor)
    actions.fetch_export(actions.export_photo(front.pk, REFERRED, by=doctor).pk, by=doctor)
