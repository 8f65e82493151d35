"""A consent as it was put before one patient, and the signatures under it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.consents.lifecycles import (
    CONSENT,
    ENDED,
    LIVE,
    OF_PATIENT,
    OF_PLAN,
    OPEN,
    UNFINISHED,
    WAS_SIGNED,
    Kind,
    Status,
)
from kalon.consents.models import guards, session_guards
from kalon.consents.models.templates import Text, Version
from kalon.consents.rules import CHANNELS, LANGUAGES, Method, Role, path_of
from kalon.kernel.encrypted import EncryptedJSON, EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import Side

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.consents.models.reading import Question, SectionRead

TABLE = "consents_consent"
FINGERPRINT = r"^[0-9a-f]{64}$"


class Consent(PatientRecord, Staged):
    """What a patient is asked to agree to: the words frozen as they were shown, until when it holds, and its seal.

    `content` is exactly what is shown (`rules.content_of`), `content_sha256` its fingerprint, which each signature
    repeats. `signers` names whose signatures it needs, `guardianship` on what ground a guardian signs for an adult.
    `opened_at` is when the patient had it before them first. `plan` and `consultation` stand on a consent to what was
    planned, `session` on one to a single session of it, and `lines` say which lines of the plan it covers. Such words
    are read part by part: `parts` is how many there are, `initialled` the numbers (from 1) of those initialled.
    `seal_sha256` is taken over the words and all signatures the moment it is complete. `noted_at` and `noted_by`: a
    doctor has seen that it ended.
    """

    number = models.CharField(max_length=24, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, null=True, related_name="consents")
    consultation = models.ForeignKey(
        "consultations.Consultation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    session = models.ForeignKey("plans.ProcedureSession", on_delete=models.PROTECT, null=True, related_name="consents")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=12)
    signers: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=12))
    guardianship = EncryptedText(key="patient.data_key", null=True)
    content: Any = EncryptedJSON(key="patient.data_key", null=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    initialled: "ArrayField[list[int], list[int]]" = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True
    )
    prepared_by = models.CharField(max_length=200)
    presented_at = models.DateTimeField(null=True)
    presented_by = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    seal_sha256 = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = EncryptedText(key="patient.data_key", blank=True, default="")
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    signatures: "RelatedManager[Signature]"
    lines: "RelatedManager[CoveredLine]"
    readings: "RelatedManager[SectionRead]"
    questions: "RelatedManager[Question]"
    branch_id: UUID
    plan_id: UUID | None
    consultation_id: UUID | None
    session_id: UUID | None
    version_id: UUID
    text_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient", "-id"], name="consents_of_patient"),
            models.Index(fields=["valid_until"], condition=Q(status=Status.SIGNED), name="consents_to_expire"),
        ]
        constraints = [
            *CONSENT.rules(TABLE, patient="patient_id"),
            guards.frozen(),
            guards.in_turn(),
            guards.by_patient(),
            guards.of_plan(),
            guards.covers_plan(),
            guards.ends_with_plan(),
            guards.plan_consented(),
            session_guards.of_session(),
            session_guards.session_consented(),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="consents_consent_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_PATIENT, plan=None, consultation=None, session=None)
                | Q(kind__in=OF_PLAN, plan__isnull=False, consultation__isnull=False)
                & (Q(kind=Kind.SESSION, session__isnull=False) | ~Q(kind=Kind.SESSION) & Q(session=None)),
                name="consents_consent_hangs_from",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind"], condition=Q(status__in=LIVE, session=None), name="consents_one_live_of_plan"
            ),
            models.UniqueConstraint(
                fields=["session"], condition=Q(status__in=LIVE), name="consents_one_live_of_session"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_PATIENT, parts=0)
                | Q(kind__in=OF_PLAN) & (Q(parts__range=(1, 60)) | Q(content_sha256="")),
                name="consents_read_in_parts",
            ),
            models.UniqueConstraint(fields=["organization", "number"], name="consents_number_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="consents_once_of_patient"),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(status__in=UNFINISHED, plan=None),
                name="consents_one_unfinished",
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(status=Status.SIGNED, plan=None), name="consents_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(signers__len__gte=1) & Q(signers__contained_by=Role.values), name="consents_signers"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.VOIDED], presented_at=None, content__isnull=True)
                | ~Q(status=Status.DRAFT)
                & Q(content_sha256__regex=FINGERPRINT, text__isnull=False, presented_at__isnull=False),
                name="consents_presented_with_words",
            ),
            models.CheckConstraint(
                condition=Q(status__in=WAS_SIGNED, seal_sha256__regex=FINGERPRINT, signed_at__isnull=False)
                | ~Q(status__in=WAS_SIGNED) & Q(seal_sha256="", signed_at=None, valid_until=None),
                name="consents_sealed_when_signed",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.REVOKED, revoked_at__isnull=False)
                | ~Q(status=Status.REVOKED) & Q(revoked_at=None),
                name="consents_revoked_when_said",
            ),
            models.CheckConstraint(
                condition=Q(noted_at=None, noted_by=None)
                | Q(noted_at__isnull=False, noted_by__isnull=False, status__in=ENDED),
                name="consents_noted_when_ended",
            ),
            SameOrganization(name="consents_consent_noted_by_here", field="noted_by_id", to="people.Staff"),
            SameOrganization(name="consents_consent_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="consents_consent_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="consents_consent_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="consents_consent_session_of_plan",
                field="session_id",
                to="plans.ProcedureSession",
                through=("organization_id", "patient_id", "plan_id"),
            ),
            SameOrganization(name="consents_consent_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(
                name="consents_consent_version_of_kind",
                field="version_id",
                to="consents.Version",
                through=("organization_id", "kind"),
            ),
            SameOrganization(
                name="consents_consent_text_of_version",
                field="text_id",
                to="consents.Text",
                through=("organization_id", "version_id", "language"),
            ),
            RowSecurity(
                name="consents_consent_rows",
                patient="patient_id",
                portal="SELECT, UPDATE",
                portal_where="status <> 'DRAFT'",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        """What it is called: as it was shown, or by its kind while nothing was."""
        return str(self.content["title"]) if isinstance(self.content, dict) else str(self.get_kind_display())

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def holds_at(self, at: datetime) -> bool:
        """Whether it allows anything at an instant: signed, not withdrawn, not run out."""
        return self.status == Status.SIGNED and (self.valid_until is None or self.valid_until > at)


class CoveredLine(PatientRecord):
    """One line of a plan that a consent covers, with its side and what is done: equal to the plan's, to the letter.

    Written while the consent is put before the patient, and sealed with it; a case is compared with these.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="lines")
    plan_line = models.ForeignKey("plans.PlanLine", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices, blank=True, default="")
    entry = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, null=True, related_name="+")

    consent_id: UUID
    plan_line_id: UUID
    entry_id: UUID | None

    class Meta:
        ordering = ["consent", "plan_line__position"]
        constraints = [
            seal_children(
                "consents_coveredline", parent=TABLE, key="consent_id",
                states=[str(state) for state in Status if state != Status.DRAFT],
            ),
            models.UniqueConstraint(fields=["consent", "plan_line"], name="consents_covered_once"),
            models.CheckConstraint(condition=Q(side__in=["", *Side.values]), name="consents_covered_side"),
            SameOrganization(
                name="consents_covered_of_patient",
                field="consent_id",
                to="consents.Consent",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="consents_covered_entry_here", field="entry_id", to="catalog.Procedure"),
            RowSecurity(
                name="consents_coveredline_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]  # fmt: skip


class Signature(PatientRecord):
    """One signature: who, in what role, how, when, from which account, where and with what. Written once, for good.

    `strokes` are the lines as they were drawn (`rules.Strokes`); a typed name is in `name` alone; a one-time code is
    named by `code`, with the channel it went by and where to, as the evidence shows it; `spoken` is what was said
    aloud. `relation` says what a guardian is to the patient, or which language an interpreter spoke.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=12, choices=Role.choices)
    method = models.CharField(max_length=8, choices=Method.choices)
    name = EncryptedText(key="patient.data_key")
    relation = EncryptedText(key="patient.data_key", blank=True, default="")
    strokes: Any = EncryptedJSON(key="patient.data_key", null=True)
    code = models.OneToOneField("consents.SigningCode", on_delete=models.PROTECT, null=True, related_name="+")
    spoken = models.OneToOneField("consents.Spoken", on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=CHANNELS, blank=True)
    sent_to = EncryptedText(key="patient.data_key", null=True)
    content_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    account = EncryptedText(key="patient.data_key")
    place = models.CharField(max_length=200)
    origin_ip = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=60, blank=True, default="")

    user_id: UUID | None
    code_id: UUID | None
    spoken_id: UUID | None

    class Meta:
        ordering = ["consent", "signed_at", "id"]
        constraints = [
            guards.signed_while_open(),
            models.UniqueConstraint(fields=["consent", "role"], name="consents_signature_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="consents_signature_role"),
            models.CheckConstraint(
                condition=Q(method=Method.DRAWN, strokes__isnull=False, code=None, spoken=None, channel="")
                | Q(method=Method.TYPED, strokes__isnull=True, code=None, spoken=None, channel="")
                | Q(method=Method.SPOKEN, strokes__isnull=True, code=None, spoken__isnull=False, channel="")
                | Q(
                    method=Method.CODE,
                    strokes__isnull=True,
                    code__isnull=False,
                    spoken=None,
                    channel__in=[name for name, _ in CHANNELS],
                ),
                name="consents_signature_method",
            ),
            SameOrganization(
                name="consents_signature_of_patient",
                field="consent_id",
                to="consents.Consent",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="consents_signature_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT, INSERT"
            ),
        ]

    @property
    def how(self) -> str:
        """In what way it was signed; of a code, by which channel and to where; of words, what was said."""
        if self.method == Method.SPOKEN and self.spoken is not None:
            return f"{self.get_method_display()}: “{self.spoken.sentence}”"
        if self.method != Method.CODE:
            return str(self.get_method_display())
        return f"{self.get_method_display()}, sent by {self.get_channel_display()} to {self.sent_to}"

    @property
    def beside(self) -> str:
        """What somebody is to the patient; of an interpreter, from which text of which version into which language."""
        content = self.consent.content
        if self.role != Role.INTERPRETER or not isinstance(content, dict):
            return self.relation
        text = LANGUAGES.get(content["language"], content["language"])
        return f"{text} text, version {content['version']}, into {self.relation}"

    @property
    def path(self) -> str:
        """The drawn lines as the path of an SVG of 1000 by 300."""
        return path_of(self.strokes) if isinstance(self.strokes, list) else ""
