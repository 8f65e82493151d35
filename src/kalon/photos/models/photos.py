"""The photograph: what is known about it, and its sealed pieces in a table of their own."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.photos.models import guards
from kalon.photos.rules.views import Stage, View

SHARED = """id IN (
    SELECT earlier_id FROM photos_pair WHERE shared_at IS NOT NULL
    UNION SELECT later_id FROM photos_pair WHERE shared_at IS NOT NULL)
    AND corrected_at IS NULL"""


class Photo(KeyedRecord, PatientRecord):
    """A clinical photograph, kept under the consent that held when it was taken. Its content is never changed.

    `width` and `height` in points, `size` in bytes, `sha256` of the content as it is kept: drawn anew, upright, without
    position and camera. It is sealed under the row's own key together with `half`, which opens with the patient's key:
    destroying either one makes it unreadable. A patient sees the photographs of pairs that were shared with them.
    What was wrong about one is said right by another that names it (`corrects`); the wrong one stays where it was, out
    of sight, and its content too unless it was another patient's.
    """

    consent = models.ForeignKey("consents.Consent", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, null=True, related_name="photos")
    consultation = models.ForeignKey(
        "consultations.Consultation", on_delete=models.PROTECT, null=True, related_name="photos"
    )
    session = models.ForeignKey("plans.ProcedureSession", on_delete=models.PROTECT, null=True, related_name="photos")
    view = models.CharField(max_length=20, choices=View.choices)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=200)
    half = EncryptedJSON(key="patient.data_key", editable=False)
    content_type = models.CharField(max_length=40, editable=False)
    size = models.PositiveIntegerField(editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    received_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.CharField(max_length=200, blank=True, editable=False)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_as")
    corrected_at = models.DateTimeField(null=True, editable=False)
    corrected_by = models.CharField(max_length=200, blank=True, editable=False)
    corrected_why = EncryptedText(key="patient.data_key", max_length=300, null=True, editable=False)

    corrects_id: UUID | None
    consent_id: UUID
    plan_id: UUID | None
    consultation_id: UUID | None
    session_id: UUID | None

    class Meta:
        ordering = ["-taken_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-taken_at", "-id"], name="photos_of_patient"),
            models.Index(fields=["plan"], name="photos_of_plan"),
        ]
        constraints = [
            guards.consented(),
            guards.fixed(),
            guards.has_successor(),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="photos_photo_of_patient"),
            models.UniqueConstraint(
                fields=["patient", "received_sha256"],
                condition=Q(deleted_at=None, corrected_at=None),
                name="photos_photo_once",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at=None, corrected_by="") | Q(corrected_at__isnull=False) & ~Q(corrected_by=""),
                name="photos_photo_corrected",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None, deleted_by="", sha256__regex=r"^[0-9a-f]{64}$")
                | Q(deleted_at__isnull=False, data_key__isnull=True, sha256="") & ~Q(deleted_by=""),
                name="photos_photo_deleted",
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/jpeg", "image/png"], width__gt=0, height__gt=0),
                name="photos_photo_type",
            ),
            models.CheckConstraint(condition=Q(view__in=View.values, stage__in=Stage.values), name="photos_photo_view"),
            SameOrganization(name="photos_photo_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="photos_photo_rows", patient="patient_id", portal="SELECT", portal_where=SHARED),
        ]

    def __str__(self) -> str:
        return f"{self.get_view_display()}, {self.get_stage_display().lower()}"

    @property
    def file_name(self) -> str:
        """The name a copy gets: from where and when, never whose."""
        ending = {"image/jpeg": "jpg", "image/png": "png"}[self.content_type]
        return f"{self.view.lower().replace('_', '-')}-{self.stage.lower()}-{self.taken_at:%Y-%m-%d}.{ending}"


class Piece(PatientRecord):
    """A sealed piece of a photograph, at most 1 MiB; number 0 and 1 are the small and the middle-sized picture."""

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    photo_id: UUID

    class Meta:
        constraints = [
            guards.piece_stays(
                "photo", "piece", "the pieces of a photograph stay as they are until its key is destroyed"
            ),
            models.UniqueConstraint(fields=["photo", "number"], name="photos_piece_once"),
            SameOrganization(
                name="photos_piece_of_photo",
                field="photo_id",
                to="photos.Photo",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="photos_piece_rows",
                patient="patient_id",
                app="SELECT, INSERT, DELETE",
                portal="SELECT",
                portal_where="photo_id IN (SELECT id FROM photos_photo)",
            ),
        ]
