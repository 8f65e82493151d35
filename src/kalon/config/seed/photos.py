"""Photographs before and after: faces drawn for the demonstration, of nobody."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.config.seed.faces import Face, jpeg, photographed
from kalon.kernel import clock
from kalon.photos import actions
from kalon.photos.actions import PhotoDetails

VIEWS = (("FRONT", 0.0), ("LEFT_45", 1.0), ("RIGHT_45", -1.0))
STAGES = (
    # stage, days ago, how dark the patch is, how the camera was held
    ("BEFORE", 50, 1.0, (1.0, 0.0, 0.0, 0.0)),
    ("AFTER", 8, 0.3, (1.05, 1.5, 12.0, -9.0)),
)


def take(place: Place, patient: Any, today: date, zone: ZoneInfo) -> None:
    """A patient's standard views before and after, paired; the front is shared with the patient."""
    taken: dict[str, list[Any]] = {}
    for stage, days, pigment, held in STAGES:
        for minute, (view, turn) in enumerate(VIEWS):
            face = Face(seed=11, pigment=pigment, turn=turn, lines=pigment)
            with clock.at(datetime.combine(today - timedelta(days=days), time(10, 12 + minute), zone)):
                said = PhotoDetails(view=view, stage=stage)
                picture = BytesIO(jpeg(photographed(face, held=held)))
                taken.setdefault(view, []).append(actions.take(patient.pk, picture, said, by=place.by["nurse"]))
    for earlier, later in taken.values():
        pair = actions.compare(earlier.pk, later.pk, by=place.by["nurse"])
        actions.line_up(pair.pk, by=place.system)
        if earlier.view == "FRONT":
            actions.share(pair.pk, by=place.by["doctor"])
