"""What is signed for money: an accepted offer, paying oneself what an insurer might pay; and money let off."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.quotes.lifecycles import Method
from kalon.quotes.models import guards
from kalon.quotes.models.quotes import READ_WITH_QUOTE, THROUGH_PATIENT, Quote, QuoteOption


class Signed(PatientRecord):
    """A signature as it was given: by whom, how, when, from which account and where. Written once, for good."""

    name = EncryptedText(key="patient.data_key")
    method = models.CharField(max_length=8, choices=Method.choices)
    strokes: Any = EncryptedJSON(key="patient.data_key", null=True)
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    signed_at = models.DateTimeField()
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    account = EncryptedText(key="patient.data_key")
    place = models.CharField(max_length=200)
    origin_ip = models.GenericIPAddressField(null=True)

    user_id: UUID | None

    class Meta:
        abstract = True


def drawn_or_not(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(method=Method.DRAWN, strokes__isnull=False)
        | Q(method__in=(Method.TYPED, Method.PAPER), strokes__isnull=True),
        name=name,
    )


class Acceptance(Signed):
    """The signature under one option of a quote; `note` says why it was taken on paper."""

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="acceptance")
    option = models.ForeignKey(QuoteOption, on_delete=models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)

    quote_id: UUID
    option_id: UUID

    class Meta:
        db_table = "quotes_acceptance"
        constraints = [
            guards.signed_while_sent(),
            *append_only("quotes_acceptance", name="quotes_acceptance_stays"),
            drawn_or_not("quotes_acceptance_method"),
            SameOrganization(
                name="quotes_acceptance_of_quote", field="quote_id", to="quotes.Quote", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="quotes_acceptance_of_option",
                field="option_id",
                to="quotes.QuoteOption",
                through=(*THROUGH_PATIENT, "quote_id"),
            ),
            RowSecurity(
                name="quotes_acceptance_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT, INSERT",
                portal_where=READ_WITH_QUOTE,
            ),
        ]


class SelfPayWaiver(Signed):
    """A patient's signed word that they pay a reconstructive plan themselves and ask no insurer; `note` says why."""

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")

    plan_id: UUID

    class Meta:
        db_table = "quotes_selfpaywaiver"
        constraints = [
            *append_only("quotes_selfpaywaiver", name="quotes_selfpaywaiver_stays"),
            drawn_or_not("quotes_selfpaywaiver_method"),
            models.UniqueConstraint(fields=["plan"], name="quotes_selfpaywaiver_once"),
            SameOrganization(
                name="quotes_selfpaywaiver_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="quotes_selfpaywaiver_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
        ]


class MoneyWaiver(PatientRecord):
    """The clinic asks neither quote nor deposit for a plan, with the reason and who decided: a free revision."""

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    reason = EncryptedText(key="patient.data_key")
    waived_at = models.DateTimeField()
    waived_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    plan_id: UUID

    class Meta:
        db_table = "quotes_moneywaiver"
        constraints = [
            guards.waiver_ends_once(),
            models.UniqueConstraint(fields=["plan"], condition=Q(ended_at=None), name="quotes_moneywaiver_one"),
            SameOrganization(
                name="quotes_moneywaiver_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="quotes_moneywaiver_rows", patient="patient_id", portal="SELECT"),
        ]


class Question(PatientRecord):
    """What a patient asks before they decide about a quote, and what the clinic answers; each is written once."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="questions")
    words = EncryptedText(key="patient.data_key")
    asked_at = models.DateTimeField()
    answer = EncryptedText(key="patient.data_key", blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    quote_id: UUID

    class Meta:
        db_table = "quotes_question"
        ordering = ["asked_at"]
        indexes = [
            models.Index(
                fields=["organization", "asked_at"], condition=Q(answered_at=None), name="quotes_question_open"
            )
        ]
        constraints = [
            guards.answered_once(),
            SameOrganization(
                name="quotes_question_of_quote", field="quote_id", to="quotes.Quote", through=THROUGH_PATIENT
            ),
            RowSecurity(
                name="quotes_question_rows",
                patient="patient_id",
                portal="SELECT, INSERT",
                portal_where=READ_WITH_QUOTE,
            ),
        ]
