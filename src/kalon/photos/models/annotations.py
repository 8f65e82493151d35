"""What somebody drew on a photograph, kept beside it: the picture itself is never touched."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.photos.models import guards
from kalon.photos.models.photos import Photo


class Annotation(PatientRecord):
    """Arrows, lines, circles, strokes and words (`rules.Mark`) that one person drew at one time; shown or hidden."""

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="annotations")
    marks: Any = EncryptedJSON(key="patient.data_key")
    drawn_by = models.CharField(max_length=200)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.CharField(max_length=200, blank=True)

    photo_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            guards.drawn(),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by="") | Q(hidden_at__isnull=False) & ~Q(hidden_by=""),
                name="photos_annotation_hidden",
            ),
            SameOrganization(
                name="photos_annotation_of_photo",
                field="photo_id",
                to="photos.Photo",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="photos_annotation_rows", patient="patient_id", app="SELECT, INSERT, UPDATE, DELETE"),
        ]
