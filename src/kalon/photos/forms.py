"""What people say about photographs, read into what the verbs take."""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import get_current_timezone, localtime

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.patients import queries as patients
from kalon.photos.models import Photo
from kalon.photos.rules import BodyPart, Correction, ExportWish, Form, Laterality, PhotoDetails, Purpose, Stage, View

POINT = re.compile(r"(\d{1,5}(?:\.\d+)?)\s*,\s*(\d{1,5}(?:\.\d+)?)")


class TakeForm(forms.Form):
    """A picture with its view and stage."""

    file = forms.FileField(
        label="Picture",
        required=False,
        help_text="JPEG, PNG or WebP, at most 25 MB",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
        allow_empty_file=True,  # the verb says it better
    )
    view = forms.ChoiceField(label="View", choices=View.choices)
    stage = forms.ChoiceField(label="Stage", choices=Stage.choices)

    def clean_file(self) -> Any:
        if not self.cleaned_data.get("file"):
            raise forms.ValidationError("Take the picture, or choose one.")
        return self.cleaned_data["file"]

    def details(self, plan_id: UUID | None, session_id: UUID | None) -> PhotoDetails:
        said = self.cleaned_data
        return PhotoDetails(view=said["view"], stage=said["stage"], plan_id=plan_id, session_id=session_id)


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label="Why is it removed?",
        required=False,
        help_text="Kept in the log of the record. The photograph itself cannot be brought back.",
    )


class PointsForm(forms.Form):
    """Points set by tapping, or typed: "412,310 508,312"."""

    earlier = forms.CharField(label="Points on the earlier picture", required=False)
    later = forms.CharField(label="The same points on the later picture", required=False)

    def points(self, name: str) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in POINT.findall(self.cleaned_data[name])]


class ExportForm(forms.Form):
    """For what, for whom and why a copy leaves, and as what; only one photograph alone can go into an archive."""

    purpose = forms.ChoiceField(
        label="What is the copy for?",
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the copy is for."},
    )
    recipient = forms.CharField(
        label="Who gets it?", help_text="Burned into the copy", error_messages={"required": "Write who gets the copy."}
    )
    reason = forms.CharField(
        label="Why?", help_text="Kept in the log of the record", error_messages={"required": "Write why they get it."}
    )
    form = forms.ChoiceField(label="As what?", choices=Form.choices, initial=Form.PICTURE, widget=forms.RadioSelect)
    with_drawings = forms.BooleanField(label="With what is drawn on it", required=False)
    body_part = forms.ChoiceField(label="Part of the body", choices=BodyPart.choices, required=False)
    laterality = forms.ChoiceField(label="Side", choices=Laterality.choices, required=False)

    def __init__(self, *args: Any, alone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not alone:
            for name in ("form", "body_part", "laterality"):
                del self.fields[name]

    def wish(self) -> ExportWish:
        said = dict(self.cleaned_data)
        if said.get("form", Form.PICTURE) == Form.PICTURE:
            said |= {"body_part": "", "laterality": ""}
        return ExportWish(**said)


class DrawForm(forms.Form):
    """What was drawn, as the page spells it."""

    marks = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_marks(self) -> Any:
        try:
            return json.loads(self.cleaned_data["marks"] or "[]")
        except ValueError:
            raise forms.ValidationError("This drawing cannot be read. Load the page again and draw anew.") from None


class CorrectForm(forms.Form):
    """What is right, and why it was wrong."""

    view = forms.ChoiceField(label="View", choices=View.choices)
    stage = forms.ChoiceField(label="Stage", choices=Stage.choices)
    taken_at = forms.CharField(label="Taken", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    mrn = forms.CharField(
        label="Record number of the right patient",
        required=False,
        help_text="Only where it was kept at the wrong patient: it goes to the right one and is destroyed here.",
    )
    reason = forms.CharField(
        label="What was wrong?",
        help_text="Kept in the log of the record",
        error_messages={"required": "Write what was wrong."},
    )

    def __init__(self, *args: Any, photo: Photo, **kwargs: Any) -> None:
        self.photo = photo
        there = f"{localtime(photo.taken_at):%Y-%m-%dT%H:%M}"
        kwargs["initial"] = {"view": photo.view, "stage": photo.stage, "taken_at": there}
        super().__init__(*args, **kwargs)

    def clean_taken_at(self) -> datetime | None:
        """The time at the branch; none where nobody touched it."""
        typed = self.cleaned_data["taken_at"]
        if typed == self.initial["taken_at"]:
            return None
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=get_current_timezone())
        except ValueError:
            raise forms.ValidationError("Write the day and the time.") from None

    def correction(self, by: Actor) -> Correction:
        said = dict(self.cleaned_data)
        mrn = said.pop("mrn").strip()
        if mrn:
            found = patients.patients(seen_by=by).filter(mrn__iexact=mrn).first()
            if found is None:
                raise Invalid("There is no patient with this record number.", field="mrn")
            said["patient_id"] = found.pk
        return Correction(**said)
