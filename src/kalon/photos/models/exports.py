"""What left the clinic: a copy made for somebody, its sealed pieces, and each time it was handed over."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import PortalChanges, RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.photos.models import leaving
from kalon.photos.models.guards import piece_stays
from kalon.photos.models.pairs import Pair
from kalon.photos.models.photos import Photo
from kalon.photos.rules.leaving import Ended, Form
from kalon.photos.rules.views import Purpose


class Export(KeyedRecord, PatientRecord):
    """A copy of one photograph or of a pair, made for a named person and a purpose under the consent it names.

    Its file is sealed under its own key together with `half`, which opens with the patient's. Where `withdrawn_at` is
    set that key is destroyed and nobody fetches the file again; the row stays.
    """

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, null=True, related_name="exports")
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, null=True, related_name="exports")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    form = models.CharField(max_length=8, choices=Form.choices)
    recipient = EncryptedText(key="patient.data_key", max_length=120)
    reason = EncryptedText(key="patient.data_key", max_length=300)
    with_drawings = models.BooleanField(default=False)
    consent = models.ForeignKey("consents.Consent", on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=200)
    half = EncryptedJSON(key="patient.data_key", editable=False)
    content_type = models.CharField(max_length=40, editable=False)
    size = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.CharField(max_length=200, blank=True, editable=False)
    withdrawn_why = models.CharField(max_length=16, blank=True, choices=Ended.choices, editable=False)

    photo_id: UUID | None
    pair_id: UUID | None
    consent_id: UUID

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-created_at", "-id"], name="photos_exports_of_patient"),
            models.Index(fields=["consent"], condition=Q(withdrawn_at=None), name="photos_exports_under"),
        ]
        constraints = [
            leaving.consented(),
            leaving.fixed(),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="photos_export_of_patient"),
            models.CheckConstraint(
                condition=Q(photo=None, pair__isnull=False) | Q(photo__isnull=False, pair=None),
                name="photos_export_of_one",
            ),
            models.CheckConstraint(
                condition=Q(form=Form.PICTURE, content_type="image/jpeg", purpose__in=Purpose.values)
                | Q(form=Form.DICOM, content_type="application/dicom", pair=None, with_drawings=False)
                & Q(purpose__in=[Purpose.PATIENT, Purpose.CARE]),
                name="photos_export_form",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="", withdrawn_why="", data_key__isnull=False)
                | Q(withdrawn_at__isnull=False, data_key=None, withdrawn_why__in=Ended.values) & ~Q(withdrawn_by=""),
                name="photos_export_withdrawn",
            ),
            SameOrganization(name="photos_export_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="photos_export_rows", patient="patient_id", portal="SELECT, INSERT"),
            PortalChanges(name="photos_export_held", columns=("form",)),  # to hold the row; `fixed` lets nothing change
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} for {self.recipient}"

    @property
    def consent_number(self) -> str:
        """The consent it was made under, as it is burned in."""
        return self.consent.number

    @property
    def file_name(self) -> str:
        """The name the copy gets: when and what, never whose."""
        ending = {Form.PICTURE: "jpg", Form.DICOM: "dcm"}[Form(self.form)]
        what = "photograph" if self.photo_id else "before-after"
        return f"{what}-{self.created_at:%Y-%m-%d}-{self.pk.hex[-6:]}.{ending}"


class ExportPiece(PatientRecord):
    """A sealed piece of the file that is handed over, at most 1 MiB."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            piece_stays("export", "exportpiece", "the pieces of a copy stay as they are until it is withdrawn"),
            models.UniqueConstraint(fields=["export", "number"], name="photos_exportpiece_once"),
            SameOrganization(
                name="photos_exportpiece_of_export",
                field="export_id",
                to="photos.Export",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="photos_exportpiece_rows",
                patient="patient_id",
                app="SELECT, INSERT, DELETE",
                portal="SELECT, INSERT",
                portal_where="export_id IN (SELECT id FROM photos_export WHERE purpose = 'PATIENT')",
            ),
        ]


class Handover(PatientRecord):
    """One time that the file of an export was handed over: when, to whom of the clinic, or to the patient."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="handovers")
    fetched_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            leaving.handed_over(),
            *append_only("photos_handover", name="photos_handover_stays"),
            SameOrganization(
                name="photos_handover_of_export",
                field="export_id",
                to="photos.Export",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="photos_handover_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT, INSERT",
                portal_where="export_id IN (SELECT id FROM photos_export WHERE purpose = 'PATIENT')",
            ),
        ]
