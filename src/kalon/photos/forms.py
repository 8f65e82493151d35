"""What people say about photographs, read into what the verbs take."""

import re
from typing import Any
from uuid import UUID

from django import forms

from kalon.photos.rules import PhotoDetails, Stage, View

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

    def details(self, plan_id: UUID | None) -> PhotoDetails:
        return PhotoDetails(view=self.cleaned_data["view"], stage=self.cleaned_data["stage"], plan_id=plan_id)


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
