"""A branch's cash drawers, their sessions from float to count, and every movement of cash in them."""

from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.tills.lifecycles import DRAWER_SESSION, SessionStatus
from kalon.tills.models import guards, postings

LIMIT = Decimal("50.00")  # of a clinic that has not chosen one


class TillPolicy(OrganizationRecord):
    """How a clinic keeps its cash: whether it needs an open drawer, and which difference one person may close."""

    class Cash(models.TextChoices):
        OPTIONAL = "OPTIONAL", "Cash may be taken without a drawer; it is listed at the day's close"
        REQUIRED = "REQUIRED", "Cash is taken at an open drawer only"

    cash = models.CharField("Cash", max_length=8, choices=Cash, default=Cash.OPTIONAL)
    variance_limit = AmountField("Difference that needs nobody else", default=LIMIT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="tills_policy_one"),
            models.CheckConstraint(condition=Q(variance_limit__gte=0), name="tills_policy_limit_positive"),
            RowSecurity(name="tills_policy_rows"),
        ]

    def __str__(self) -> str:
        return self.get_cash_display()


class Drawer(OrganizationRecord):
    """A place for cash at a branch, by the name people call it."""

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("Name", max_length=60)
    is_active = models.BooleanField(default=True)

    branch_id: UUID

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "name"], name="tills_drawer_name_once"),
            models.UniqueConstraint(fields=["organization", "branch", "id"], name="tills_drawer_of_branch"),
            models.CheckConstraint(condition=~Q(name=""), name="tills_drawer_named"),
            SameOrganization(name="tills_drawer_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="tills_drawer_rows"),
        ]

    def __str__(self) -> str:
        return self.name


class DrawerSession(OrganizationRecord, Staged):
    """A drawer from its float to its count. `expected` and `variance` are the database's, written when it is counted.

    `float_count` and `counted` say how many of each note and coin, by what it is worth.
    """

    status = models.CharField(max_length=8, choices=SessionStatus, default=SessionStatus.OPEN, editable=False)
    drawer = models.ForeignKey(Drawer, on_delete=models.PROTECT, related_name="sessions")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    float_count = models.JSONField(default=dict)
    float_amount = AmountField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_by_name = models.CharField(max_length=120)
    counted = models.JSONField(null=True)
    counted_amount = AmountField(null=True)
    counted_at = models.DateTimeField(null=True)
    counted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    counted_by_name = models.CharField(max_length=120, blank=True)
    expected = AmountField(null=True, editable=False)
    variance = AmountField(null=True, editable=False)
    variance_limit = AmountField(null=True, editable=False)
    explanation = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_by_name = models.CharField(max_length=120, blank=True)

    drawer_id: UUID
    branch_id: UUID
    opened_by_id: UUID | None
    counted_by_id: UUID | None

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            *DRAWER_SESSION.rules("tills_drawersession"),
            guards.session_derives(),
            postings.variance_posts(),
            models.UniqueConstraint(fields=["organization", "id"], name="tills_drawersession_in_organization"),
            models.UniqueConstraint(
                fields=["drawer"], condition=~Q(status=SessionStatus.CLOSED), name="tills_drawersession_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["branch", "opened_by"],
                condition=Q(status=SessionStatus.OPEN),
                name="tills_drawersession_one_of_a_person",
            ),
            models.CheckConstraint(condition=Q(float_amount__gte=0), name="tills_drawersession_float_positive"),
            models.CheckConstraint(
                condition=Q(counted_amount=None) | Q(counted_amount__gte=0), name="tills_drawersession_count_positive"
            ),
            models.CheckConstraint(
                condition=Q(status=SessionStatus.OPEN, counted_amount=None, counted__isnull=True, counted_at=None)
                | ~Q(status=SessionStatus.OPEN)
                & Q(counted_amount__isnull=False, counted__isnull=False, counted_at__isnull=False),
                name="tills_drawersession_counted",
            ),
            # a difference above the limit: words, and somebody else who agrees
            models.CheckConstraint(
                condition=~Q(status=SessionStatus.CLOSED)
                | Q(closed_at__isnull=False)
                & (
                    Q(variance__lte=F("variance_limit"), variance__gte=-F("variance_limit"))
                    | ~Q(explanation="") & Q(closed_by__isnull=False) & ~Q(closed_by=F("counted_by"))
                ),
                name="tills_drawersession_variance_agreed",
            ),
            SameOrganization(
                name="tills_drawersession_same_drawer",
                field="drawer_id",
                to="tills.Drawer",
                through=("organization_id", "branch_id"),
            ),
            RowSecurity(name="tills_drawersession_rows", reviewed="SELECT"),
        ]
        indexes = [models.Index(fields=["branch", "-opened_at"], name="tills_drawersession_newest")]

    def __str__(self) -> str:
        return f"{self.drawer.name}, {self.opened_by_name}"

    @property
    def is_within_limit(self) -> bool:
        """Whether the difference is small enough for one person to close."""
        if self.variance is None or self.variance_limit is None:
            return True
        return abs(self.variance) <= self.variance_limit


class DrawerEntry(OrganizationRecord):
    """Cash that came into a session or left it, never changed: payments and refunds are written by the database."""

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", "Payment"
        REFUND = "REFUND", "Paid back"
        BANKED = "BANKED", "Taken to the bank"
        PETTY = "PETTY", "Petty cash"
        ADDED = "ADDED", "Put in"

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    amount = AmountField()
    payment = models.OneToOneField("billing.Payment", on_delete=models.PROTECT, null=True, related_name="+")
    refund = models.OneToOneField("billing.Refund", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=120)

    session_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["session", "created_at"], name="tills_drawerentry_of")]
        constraints = [
            *append_only("tills_drawerentry", name="tills_drawerentry_kept"),
            guards.entry_in_open_session(),
            postings.entry_posts(),
            models.UniqueConstraint(fields=["organization", "key"], name="tills_drawerentry_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("PAYMENT", "ADDED"), amount__gt=0)
                | Q(kind__in=("REFUND", "BANKED", "PETTY"), amount__lt=0),
                name="tills_drawerentry_way",
            ),
            models.CheckConstraint(
                condition=Q(kind="PAYMENT", payment__isnull=False, refund=None)
                | Q(kind="REFUND", refund__isnull=False, payment=None)
                | Q(kind__in=("BANKED", "PETTY", "ADDED"), payment=None, refund=None) & ~Q(reason=""),
                name="tills_drawerentry_of_what",
            ),
            SameOrganization(name="tills_drawerentry_same_session", field="session_id", to="tills.DrawerSession"),
            RowSecurity(name="tills_drawerentry_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
