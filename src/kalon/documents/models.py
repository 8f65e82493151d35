"""The files of a patient: what is known about each, and its sealed pieces in a table of their own."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger


class Kind(models.TextChoices):
    LAB_REPORT = "LAB_REPORT", "Lab report"
    IMAGING = "IMAGING", "Imaging"
    PRESCRIPTION = "PRESCRIPTION", "Outside prescription"
    REFERRAL = "REFERRAL", "Referral"
    OTHER = "OTHER", "Other document"


class Source(models.TextChoices):
    PATIENT = "PATIENT", "From the patient"
    OUTSIDE = "OUTSIDE", "From another clinic or laboratory"
    HERE = "HERE", "Made here"


FIXED = """
    IF OLD.data_key IS NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'this document was removed; nothing of it changes any more'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_document_fixed';
    END IF;
    IF NEW.data_key IS NULL THEN
        IF NEW.deleted_at IS NULL THEN
            RAISE EXCEPTION 'a document is removed by somebody, with a reason'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_document_fixed';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - open_columns <> to_jsonb(OLD) - open_columns THEN
        RAISE EXCEPTION 'what a document holds is never changed; add another and remove this one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_document_fixed';
    END IF;
    RETURN NEW;"""
OPEN = (
    "data_key", "kind", "description", "document_date", "source", "origin", "verified_at", "verified_by",
    "deleted_at", "deleted_by",
)  # fmt: skip


class Document(KeyedRecord, PatientRecord):
    """A file about a patient. Its content is never changed: another file takes its place.

    `content_type`, `size` (bytes), `sha256` and `pages` are what was found in the content itself, never what a browser
    claimed. The content is sealed under the row's own key together with `half`, which opens with the patient's key:
    destroying either one makes it unreadable.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    description = EncryptedText(key="patient.data_key", max_length=200, default="")
    document_date = models.DateField(null=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    origin = EncryptedText(key="patient.data_key", max_length=120, default="")
    half = EncryptedJSON(key="patient.data_key", editable=False)
    content_type = models.CharField(max_length=40, editable=False)
    size = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    received_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    pages = models.PositiveIntegerField(null=True, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    uploaded_by = models.CharField(max_length=200, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.CharField(max_length=200, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        db_table = "documents_document"
        indexes = [models.Index(fields=["patient", "-created_at", "-id"], name="documents_of_patient")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="documents_document_of_patient"),
            models.UniqueConstraint(
                fields=["patient", "received_sha256"],
                condition=Q(deleted_at__isnull=True),
                name="documents_document_once",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by="")
                | Q(verified_at__isnull=False) & ~Q(verified_by=""),
                name="documents_document_verified",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True, deleted_by="")
                | Q(deleted_at__isnull=False, data_key__isnull=True, sha256="") & ~Q(deleted_by=""),
                name="documents_document_deleted",
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["application/pdf", "image/jpeg", "image/png"]),
                name="documents_document_type",
            ),
            Trigger(
                name="documents_document_fixed",
                events="BEFORE UPDATE",
                declare="open_columns text[] := ARRAY[" + ", ".join(f"'{column}'" for column in OPEN) + "];",
                body=FIXED,
            ),
            SameOrganization(name="documents_document_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="documents_document_rows", patient="patient_id", portal="SELECT, INSERT"),
        ]

    @property
    def title(self) -> str:
        """What it is called in a list: its description, else its kind."""
        return str(self.description or "") or self.get_kind_display()

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def file_name(self) -> str:
        """The name a download gets: what and when, never whose."""
        ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[self.content_type]
        day = self.document_date or self.created_at.date()
        return f"{self.get_kind_display().lower().replace(' ', '-')}-{day.isoformat()}.{ending}"


PIECE_GOES = """
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM documents_document WHERE id = OLD.document_id AND data_key IS NULL)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the pieces of a document stay as they are until its key is destroyed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_piece_fixed';"""


class Piece(PatientRecord):
    """A sealed piece of a document's content, at most 1 MiB; number 0 is the small picture for lists."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    document_id: UUID
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "documents_piece"
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="documents_piece_once"),
            Trigger(name="documents_piece_fixed", events="BEFORE UPDATE OR DELETE", body=PIECE_GOES),
            SameOrganization(
                name="documents_piece_of_document",
                field="document_id",
                to="documents.Document",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="documents_piece_rows",
                patient="patient_id",
                app="SELECT, INSERT, DELETE",
                portal="SELECT, INSERT",
            ),
        ]
