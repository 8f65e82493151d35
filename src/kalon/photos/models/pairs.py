"""Two photographs that are compared, and how the later one is laid over the earlier."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedJSON
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.photos.models import guards
from kalon.photos.models.photos import Photo
from kalon.photos.rules.laying import LEAST, MOST, Laid


class Method(models.TextChoices):
    AUTOMATIC = "AUTOMATIC", "Lined up by the computer"
    BY_HAND = "BY_HAND", "Lined up by hand"


class Pair(PatientRecord):
    """A photograph and a later one from the same view; shared with the patient where `shared_at` is set."""

    earlier = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    later = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    paired_by = models.CharField(max_length=200)
    shared_at = models.DateTimeField(null=True)
    shared_by = models.CharField(max_length=200, blank=True)
    consent = models.ForeignKey("consents.Consent", on_delete=models.PROTECT, null=True, related_name="+")

    earlier_id: UUID
    later_id: UUID
    consent_id: UUID | None
    laid: Laid | None  # the latest, where `queries.pairs` has looked
    tried: bool

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["patient", "-created_at"], name="photos_pairs_of_patient")]
        constraints = [
            guards.paired(),
            models.UniqueConstraint(fields=["earlier", "later"], name="photos_pair_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="photos_pair_of_patient"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="photos_pair_of_two"),
            models.CheckConstraint(
                condition=Q(shared_at=None, shared_by="", consent=None)
                | Q(shared_at__isnull=False, consent__isnull=False) & ~Q(shared_by=""),
                name="photos_pair_shared",
            ),
            SameOrganization(
                name="photos_pair_later_of_patient",
                field="later_id",
                to="photos.Photo",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="photos_pair_rows",
                patient="patient_id",
                portal="SELECT",
                portal_where="shared_at IS NOT NULL",
            ),
        ]


class Alignment(PatientRecord):
    """One attempt to lay the later picture over the earlier (`rules.Laid`): kept, never changed; the latest counts.

    Without `scale` the computer found too little to rest on. `landmarks` are the points set by hand, on both pictures.
    """

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="alignments")
    method = models.CharField(max_length=12, choices=Method.choices)
    scale = models.FloatField(null=True)
    rotation = models.FloatField(null=True)
    shift_x = models.FloatField(null=True)
    shift_y = models.FloatField(null=True)
    error = models.FloatField(null=True)
    inliers = models.PositiveIntegerField(default=0)
    landmarks: Any = EncryptedJSON(key="patient.data_key", null=True)
    made_by = models.CharField(max_length=200)

    pair_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("photos_alignment", name="photos_alignment_stays"),
            models.CheckConstraint(
                condition=Q(scale=None, rotation=None, shift_x=None, shift_y=None, error=None, method=Method.AUTOMATIC)
                | Q(
                    scale__range=(LEAST, MOST),
                    rotation__range=(-180, 180),
                    shift_x__isnull=False,
                    shift_y__isnull=False,
                    error__gte=0,
                    inliers__gte=2,
                    method__in=Method.values,
                ),
                name="photos_alignment_whole",
            ),
            models.CheckConstraint(
                condition=Q(method=Method.AUTOMATIC, landmarks__isnull=True)
                | Q(method=Method.BY_HAND, landmarks__isnull=False),
                name="photos_alignment_landmarks",
            ),
            SameOrganization(
                name="photos_alignment_of_pair",
                field="pair_id",
                to="photos.Pair",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="photos_alignment_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT",
                portal_where="pair_id IN (SELECT id FROM photos_pair)",
            ),
        ]

    @property
    def laid(self) -> Laid | None:
        """How the later picture lies, or nothing where the computer found too little."""
        if self.scale is None or self.rotation is None or self.shift_x is None or self.shift_y is None:
            return None
        return Laid(self.scale, self.rotation, self.shift_x, self.shift_y, self.inliers, self.error or 0.0)
