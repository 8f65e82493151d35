"""Orders, the tests each asks for, what came back, and who looked at it."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.orders.lifecycles import LIFE, Status


class Kind(models.TextChoices):
    LAB = "LAB", "Laboratory"
    IMAGING = "IMAGING", "Imaging"


class Urgency(models.TextChoices):
    ROUTINE = "ROUTINE", "Routine"
    URGENT = "URGENT", "Urgent"


class Answer(models.TextChoices):
    """How a test is answered."""

    NUMBER = "NUMBER", "A number"
    SIGN = "SIGN", "Positive or negative"
    WORDS = "WORDS", "In words"


class Flag(models.TextChoices):
    """What a value is beside what is expected; NONE says that it was compared with nothing."""

    NONE = "NONE", "Not compared"
    NORMAL = "NORMAL", "In range"
    LOW = "LOW", "Low"
    HIGH = "HIGH", "High"
    ABNORMAL = "ABNORMAL", "Abnormal"


ABNORMAL = (Flag.LOW, Flag.HIGH, Flag.ABNORMAL)

# What patients may read: what was asked for, unless it was given up; and what came back once a doctor looked at all
# of it. A correction that nobody has looked at yet takes the value it corrects out of sight as well.
NOT_GIVEN_UP = f"status <> '{Status.CANCELLED}'"
OF_SUCH_AN_ORDER = "EXISTS (SELECT FROM orders_order AS asked WHERE asked.id = order_id)"
LOOKED_AT = (
    "EXISTS (SELECT FROM orders_order AS asked WHERE asked.id = order_id "
    f"AND asked.status = '{Status.REVIEWED}' AND asked.answered_at <= asked.reviewed_at)"
)


class Order(PatientRecord, Staged):
    """Examinations asked for from a consultation. `answered_at`: when the last result, or its correction, came."""

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ORDERED, editable=False)
    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="+")
    consultation_id: UUID
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    urgency = models.CharField(max_length=8, choices=Urgency.choices, default=Urgency.ROUTINE)
    question = EncryptedText(key="patient.data_key", max_length=500, default="")
    laboratory = models.CharField(max_length=120, blank=True)
    ordered_by = models.CharField(max_length=200, editable=False)
    collected_at = models.DateTimeField(null=True, editable=False)
    collected_by = models.CharField(max_length=200, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_by = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        db_table = "orders_order"
        indexes = [
            models.Index(fields=["patient", "-created_at", "-id"], name="orders_of_patient"),
            models.Index(fields=["consultation"], name="orders_of_consultation"),
            models.Index(fields=["organization", "status", "answered_at"], name="orders_waiting"),
        ]
        constraints = [
            *LIFE.rules("orders_order", patient="patient_id"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="orders_order_of_patient"),
            models.CheckConstraint(
                condition=Q(collected_at__isnull=True, collected_by="")
                | Q(collected_at__isnull=False) & ~Q(collected_by=""),
                name="orders_order_collected",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by="")
                | Q(reviewed_at__isnull=False) & ~Q(reviewed_by=""),
                name="orders_order_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.RESULTED, Status.REVIEWED]) | Q(answered_at__isnull=False),
                name="orders_order_answered",
            ),
            SameOrganization(
                name="orders_order_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="orders_order_rows", patient="patient_id", portal="SELECT", portal_where=NOT_GIVEN_UP),
        ]

    @property
    def waits_for_review(self) -> bool:
        """Whether something came that nobody with the right has looked at."""
        if self.answered_at is None or self.status not in (Status.RESULTED, Status.REVIEWED):
            return False
        return self.reviewed_at is None or self.answered_at > self.reviewed_at


class OrderedTest(PatientRecord):
    """One test of an order, with what was expected of this patient on the day it was ordered (adult ranges)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tests")
    order_id: UUID
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=120)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    unit = models.CharField(max_length=20, blank=True)
    low = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "orders_orderedtest"
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_orderedtest_place"),
            models.UniqueConstraint(
                fields=["organization", "patient", "order", "id"], name="orders_orderedtest_of_order"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True) | ~Q(source=""), name="orders_orderedtest_cited"
            ),
            *append_only("orders_orderedtest", name="orders_orderedtest_append_only"),
            SameOrganization(
                name="orders_orderedtest_order_of_patient",
                field="order_id",
                to="orders.Order",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="orders_orderedtest_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT",
                portal_where=OF_SUCH_AN_ORDER,
            ),
        ]


COMES_IN_TIME = """
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM orders_result AS former
        WHERE former.id = NEW.replaces_id AND former.test_id = NEW.test_id)
    THEN
        RAISE EXCEPTION 'a correction names a value of the same test'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_result_of_same_test';
    END IF;
    SELECT status INTO found_status FROM orders_order WHERE id = NEW.order_id FOR KEY SHARE;
    IF found_status IN ('COLLECTED', 'RESULTED') OR (found_status = 'REVIEWED' AND NEW.replaces_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an order that is % takes no such result', found_status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_result_in_time';"""


class Result(PatientRecord):
    """What came back: a value of a test, or a file with the report. Never changed: a correction names the old one.

    `low` and `high` are what it was compared with: the laboratory's own range where it gave one.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="results")
    order_id: UUID
    test = models.ForeignKey(OrderedTest, on_delete=models.PROTECT, null=True, related_name="results")
    test_id: UUID | None
    value = EncryptedText(key="patient.data_key", max_length=500, default="")
    flag = models.CharField(max_length=8, choices=Flag.choices, default=Flag.NONE)
    low = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="+")
    document_id: UUID | None
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    replaces_id: UUID | None
    reason = EncryptedText(key="patient.data_key", max_length=300, default="")
    entered_by = models.CharField(max_length=200, editable=False)

    class Meta:
        db_table = "orders_result"
        indexes = [models.Index(fields=["order"], name="orders_result_of_order")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "patient", "order", "id"], name="orders_result_in_order"),
            models.UniqueConstraint(fields=["test"], condition=Q(replaces__isnull=True), name="orders_result_once"),
            models.CheckConstraint(
                condition=Q(test__isnull=False, document__isnull=True) | Q(test__isnull=True, document__isnull=False),
                name="orders_result_value_or_file",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(high__gte=F("low")), name="orders_result_range"
            ),
            Trigger(
                name="orders_result_in_time", events="BEFORE INSERT", declare="found_status text;", body=COMES_IN_TIME
            ),
            *append_only("orders_result", name="orders_result_append_only"),
            SameOrganization(
                name="orders_result_order_of_patient",
                field="order_id",
                to="orders.Order",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="orders_result_test_of_order",
                field="test_id",
                to="orders.OrderedTest",
                through=("organization_id", "patient_id", "order_id"),
            ),
            SameOrganization(
                name="orders_result_replaces_in_order",
                field="replaces_id",
                to="orders.Result",
                through=("organization_id", "patient_id", "order_id"),
            ),
            SameOrganization(
                name="orders_result_document_of_patient",
                field="document_id",
                to="documents.Document",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="orders_result_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT",
                portal_where=LOOKED_AT,
            ),
        ]

    @property
    def is_abnormal(self) -> bool:
        return self.flag in ABNORMAL


class Review(PatientRecord):
    """A doctor looked at what came back, and what they made of it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reviews")
    order_id: UUID
    note = EncryptedText(key="patient.data_key", max_length=2000, default="")
    reviewed_by = models.CharField(max_length=200, editable=False)

    class Meta:
        db_table = "orders_review"
        indexes = [models.Index(fields=["order"], name="orders_review_of_order")]
        constraints = [
            *append_only("orders_review", name="orders_review_append_only"),
            SameOrganization(
                name="orders_review_order_of_patient",
                field="order_id",
                to="orders.Order",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="orders_review_rows", app="SELECT, INSERT"),
        ]
