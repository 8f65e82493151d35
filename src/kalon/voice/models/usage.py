"""Which engines outside the clinic are switched on, for how much money a month, and what each piece of work cost."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.voice.models import guards
from kalon.voice.models.sessions import THROUGH_PATIENT, VoiceSession


class OutsideEngine(OrganizationRecord):
    """A clinic's decision about one engine outside the building: on or off, its prices and its budget of a month.

    Prices are in the organisation's currency for a million tokens read and written; `minute_price` for a minute heard.
    """

    name = models.CharField(max_length=40)
    is_on = models.BooleanField(default=False)
    model = models.CharField(max_length=80, blank=True)
    read_price = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    write_price = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    minute_price = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    budget = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "voice_outsideengine"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="voice_engine_once"),
            models.CheckConstraint(
                condition=Q(read_price__gte=0, write_price__gte=0, minute_price__gte=0, budget__gte=0),
                name="voice_engine_prices",
            ),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(budget__gt=0) & (Q(write_price__gt=0) | Q(minute_price__gt=0)),
                name="voice_engine_on_within_a_budget",
            ),
            RowSecurity(name="voice_engine_rows"),
        ]


class UsageKind(models.TextChoices):
    HEARD = "HEARD", "Speech recognised"
    DRAFTED = "DRAFTED", "Note drafted"


class Usage(PatientRecord):
    """One piece of work of an engine for a recording, and its cost in the organisation's currency.

    An engine outside is written down before it is asked, with the most that `most_tries` can cost; each try is counted
    before it leaves, and the row is settled once it has answered. One that never answered is settled at the most that
    its tries can have cost, at nothing where none left. `month` is the first day of the clinic's month.
    """

    session = models.ForeignKey(VoiceSession, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=UsageKind.choices)
    engine = models.CharField(max_length=60)
    model = models.CharField(max_length=80, blank=True)
    is_outside = models.BooleanField(default=False)
    month = models.DateField(null=True, editable=False)
    heard_ms = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    currency = models.CharField(max_length=3)
    took_ms = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    most_tries = models.PositiveSmallIntegerField(default=1)
    failure = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)

    session_id: UUID

    class Meta:
        db_table = "voice_usage"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "month"], name="voice_usage_of_month"),
            models.Index(fields=["session", "-id"], name="voice_usage_of_session"),
        ]
        constraints = [
            guards.within_budget(),
            guards.leaves(),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="voice_usage_of_patient"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="voice_usage_cost"),
            models.CheckConstraint(condition=Q(tries__lte=F("most_tries")), name="voice_usage_tries"),
            models.CheckConstraint(condition=Q(is_outside=True) | Q(cost=0), name="voice_usage_house_is_free"),
            SameOrganization(
                name="voice_usage_of_session", field="session_id", to="voice.VoiceSession", through=THROUGH_PATIENT
            ),
            RowSecurity(name="voice_usage_rows", patient="patient_id"),
        ]
