"""Tables of what is signed: the clinic's issuer, certificates, and papers as they left the clinic."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText, KeyedRecord
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger


def only(table: str, *, name: str, columns: tuple[str, ...], once: str) -> tuple[Trigger, Trigger]:
    """Rows that stay as they were written, but for these columns, which are filled once."""
    free = ", ".join(f"'{column}'" for column in columns)
    refusal = (
        f"RAISE EXCEPTION 'a row of {table} stays as it was written' "
        f"USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"
    )
    return (
        Trigger(
            name=name,
            events="BEFORE UPDATE OR DELETE",
            body=f"""
    IF TG_OP = 'DELETE' OR OLD.{once} IS NOT NULL AND NEW.{once} IS DISTINCT FROM OLD.{once}
        OR to_jsonb(NEW) - ARRAY[{free}] <> to_jsonb(OLD) - ARRAY[{free}] THEN
        {refusal}
    END IF;
    RETURN NEW;""",
        ),
        Trigger(name=f"{name}_truncate", events="BEFORE TRUNCATE", body=refusal, level="STATEMENT"),
    )


class Issuer(KeyedRecord, OrganizationRecord):
    """The clinic as the one who vouches for its people: a certificate of its own, made when the first paper is signed.

    `certificate` is X.509 and `key` PKCS#8, as PEM. Readers outside trust the clinic once and then all its people.
    """

    certificate = models.BinaryField(editable=False)
    key = EncryptedText()
    valid_until = models.DateTimeField()

    class Meta:
        db_table = "papers_issuer"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="papers_issuer_one"),
            RowSecurity(name="papers_issuer_rows"),
            *only("papers_issuer", name="papers_issuer_stays", columns=("data_key",), once="certificate"),
        ]


class Source(models.TextChoices):
    CLINIC = "CLINIC", "Issued by the clinic"
    IMPORTED = "IMPORTED", "From a certifying authority"


class Certificate(KeyedRecord, OrganizationRecord):
    """With which a member of staff signs, or the clinic itself where nobody is named.

    `chain` is X.509 as PEM, the signer's own first; `key` is PKCS#8 as PEM.
    """

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.CLINIC)
    subject = models.CharField(max_length=200)
    chain = models.TextField()
    key = EncryptedText()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    staff_id: UUID | None

    class Meta:
        db_table = "papers_certificate"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "staff"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="papers_certificate_one_each",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=models.F("valid_from")), name="papers_certificate_span"),
            models.UniqueConstraint(fields=["organization", "id"], name="papers_certificate_in_organization"),
            SameOrganization(name="papers_certificate_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="papers_certificate_rows"),
            *only(
                "papers_certificate",
                name="papers_certificate_stays",
                columns=("data_key", "ended_at", "ended_reason"),
                once="ended_at",
            ),
        ]


class Kind(models.TextChoices):
    PRESCRIPTION = "PRESCRIPTION", "Prescription"
    SUMMARY = "SUMMARY", "Consultation summary"
    REFERRAL = "REFERRAL", "Referral"
    SICK_NOTE = "SICK_NOTE", "Medical certificate"
    CONSENT = "CONSENT", "Consent"
    OTHER = "OTHER", "Paper"


class SignedPaper(PatientRecord):
    """A paper as it left the clinic: the signed PDF, byte for byte, sealed under the patient's key.

    `source_id` is the record that it was made from; of one record there is one paper of a kind that holds. The
    link on it carries a random token, of which a hash is kept.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    title = models.CharField(max_length=120)
    number = models.CharField(max_length=40, blank=True)
    source_id = models.UUIDField()
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    content = models.BinaryField(editable=False)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="papers")
    signer = models.CharField(max_length=160)
    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    certificate_id: UUID
    branch_id: UUID
    link = ""  # the address printed on it; known only while it is made, a hash of it is kept

    class Meta:
        db_table = "papers_signedpaper"
        ordering = ["-signed_at", "-id"]
        indexes = [models.Index(fields=["patient", "-signed_at"], name="papers_of_patient")]
        constraints = [
            models.UniqueConstraint(
                fields=["source_id", "kind"], condition=Q(withdrawn_at__isnull=True), name="papers_paper_one_holds"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="papers_paper_fingerprint"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="", withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="") & ~Q(withdrawn_reason=""),
                name="papers_paper_withdrawn_with_reason",
            ),
            SameOrganization(name="papers_paper_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name="papers_paper_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(name="papers_paper_certificate_here", field="certificate_id", to="papers.Certificate"),
            RowSecurity(name="papers_signedpaper_rows", patient="patient_id", portal="SELECT"),
            *only(
                "papers_signedpaper",
                name="papers_paper_stays",
                columns=("withdrawn_at", "withdrawn_by", "withdrawn_reason"),
                once="withdrawn_at",
            ),
        ]

    @property
    def file_name(self) -> str:
        """What the file is called where it is kept: no name of a patient."""
        return f"{self.get_kind_display().lower().replace(' ', '-')}-{self.number or self.pk}.pdf"
