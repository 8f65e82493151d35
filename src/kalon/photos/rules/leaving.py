"""For whom and why a copy leaves the clinic, as typed; `checked()` gives it back in the one form we keep."""

from dataclasses import dataclass, replace

from django.db.models import TextChoices

from kalon.kernel.errors import Invalid
from kalon.photos.rules.body import BodyPart, Laterality
from kalon.photos.rules.views import Purpose


class Form(TextChoices):
    """As what a copy leaves."""

    PICTURE = "PICTURE", "Picture with dates and watermark (JPEG)"
    DICOM = "DICOM", "For another clinic's archive (DICOM)"


class Ended(TextChoices):
    """Why a copy cannot be fetched any more."""

    CONSENT_ENDED = "CONSENT_ENDED", "The consent has ended"
    TAKEN_BACK = "TAKEN_BACK", "Taken back by the clinic"
    PHOTO_GONE = "PHOTO_GONE", "The photograph was removed or corrected"


@dataclass(frozen=True, kw_only=True)
class ExportWish:
    """For which purpose a copy is wanted, for whom, why, and as what; DICOM says which part of the body, which side."""

    purpose: str
    recipient: str
    reason: str
    form: str = Form.PICTURE
    with_drawings: bool = False
    body_part: str = ""
    laterality: str = ""

    def checked(self) -> "ExportWish":
        """In the one form we keep, or a refusal with a sentence for each field."""
        tidy = replace(self, recipient=" ".join(self.recipient.split()), reason=" ".join(self.reason.split()))
        errors: dict[str, list[str]] = {}
        if tidy.purpose not in Purpose.values:
            errors["purpose"] = ["Choose what the copy is for."]
        if tidy.form not in Form.values:
            errors["form"] = ["Choose a picture or DICOM."]
        for name, question, most in (
            ("recipient", "Write who gets the copy", 120), ("reason", "Write why they get it", 300),
        ):  # fmt: skip
            if not 0 < len(getattr(tidy, name)) <= most:
                errors[name] = [f"{question}, in at most {most} characters."]
        if tidy.form == Form.DICOM:
            errors |= tidy._for_archive()
        if errors:
            first = next(iter(errors))
            sentence = errors[first][0] if len(errors) == 1 else f"{len(errors)} fields need you."
            raise Invalid(sentence, field=first, errors=errors)
        return tidy

    def _for_archive(self) -> dict[str, list[str]]:
        errors: dict[str, list[str]] = {}
        if self.purpose == Purpose.MARKETING:
            errors["form"] = ["A DICOM file carries the patient's name: it is never for adverts or teaching."]
        if self.with_drawings:
            errors["with_drawings"] = ["Drawings go into a picture, not into DICOM."]
        if self.body_part not in BodyPart.values:
            errors["body_part"] = ["Choose the part of the body."]
        if self.laterality not in Laterality.values:
            errors["laterality"] = ["Choose the side."]
        return errors
