"""The ledger of movements, and the balances it sums to."""

from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.inventory.models import guards
from kalon.inventory.models.items import Batch, Item, Location, QuantityField
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

_IN = Q(from_location=None, to_location__isnull=False)
_OUT = Q(from_location__isnull=False, to_location=None)


class Movement(OrganizationRecord):
    """A quantity of one batch that went from one place to another; never changed, never removed.

    Both sides stand in one row: a place of the store, or, where there is none, the outside that the kind names
    (a supplier, a patient, a loss, a difference found in counting). `cost` is what a whole delivery cost before tax.
    `unit` is the piece of an item with serials, `reservation` what it was taken from. `key` is the scan's own: the
    same scan sent twice is one movement.
    """

    class Kind(models.TextChoices):
        RECEIVED = "RECEIVED", "Received"
        ISSUED = "ISSUED", "Given to a patient"
        RETURNED = "RETURNED", "Given back"
        MOVED = "MOVED", "Moved"
        ADJUSTED = "ADJUSTED", "Counted"
        WASTED = "WASTED", "Wasted"
        EXPIRED = "EXPIRED", "Expired"
        SENT_BACK = "SENT_BACK", "Sent back"

    class Pick(models.TextChoices):
        FIRST_EXPIRED = "FIRST_EXPIRED", "First to expire"
        NAMED = "NAMED", "Batch named"

    kind = models.CharField(max_length=9, choices=Kind)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="movements")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="movements")
    quantity = QuantityField()
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    pick = models.CharField(max_length=13, choices=Pick, blank=True)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, related_name="+")
    source_kind = models.CharField(max_length=60, blank=True)
    source_id = models.UUIDField(null=True)
    returns = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="came_back")
    unit = models.ForeignKey("inventory.SerialUnit", on_delete=models.PROTECT, null=True, related_name="movements")
    reservation = models.ForeignKey("inventory.Reservation", on_delete=models.PROTECT, null=True, related_name="uses")
    key = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    supplier = models.CharField(max_length=120, blank=True)
    reference = models.CharField("Invoice or delivery note", max_length=60, blank=True)
    cost = AmountField(null=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=120)

    item_id: UUID
    batch_id: UUID
    from_location_id: UUID | None
    to_location_id: UUID | None
    patient_id: UUID | None
    unit_id: UUID | None
    reservation_id: UUID | None

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *append_only("inventory_movement", name="inventory_movement_kept"),
            guards.movement_may_be(),
            guards.session_takes_stock(),
            guards.movement_counts(),
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_movement_in_organization"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_movement_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=("RECEIVED", "RETURNED")) & _IN
                | Q(kind__in=("ISSUED", "WASTED", "EXPIRED", "SENT_BACK")) & _OUT
                | Q(kind="ADJUSTED") & (_IN | _OUT)
                | Q(kind="MOVED", from_location__isnull=False, to_location__isnull=False)
                & ~Q(from_location=F("to_location")),
                name="inventory_movement_two_sides",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("ISSUED", "RETURNED"), patient__isnull=False, source_id__isnull=False)
                & ~Q(source_kind="")
                | ~Q(kind__in=("ISSUED", "RETURNED")) & Q(patient=None),
                name="inventory_movement_patient_and_source",
            ),
            models.CheckConstraint(
                condition=Q(kind="ISSUED") & ~Q(pick="") | ~Q(kind="ISSUED") & Q(pick=""),
                name="inventory_movement_picked",
            ),
            models.CheckConstraint(
                condition=Q(kind="RETURNED", returns__isnull=False) | ~Q(kind="RETURNED") & Q(returns=None),
                name="inventory_movement_names_what_returns",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("ADJUSTED", "WASTED", "RETURNED", "SENT_BACK")) | ~Q(reason=""),
                name="inventory_movement_explained",
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(kind="RECEIVED", cost__gte=0), name="inventory_movement_cost_of_delivery"
            ),
            models.CheckConstraint(
                condition=Q(unit=None) | Q(quantity=1) & ~Q(kind__in=("ADJUSTED", "RETURNED")),
                name="inventory_movement_unit_is_one",
            ),
            models.CheckConstraint(
                condition=Q(reservation=None) | Q(kind="ISSUED"), name="inventory_movement_reserved_is_issued"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(kind="RECEIVED"), name="inventory_movement_unit_comes_once"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(to_location=None), name="inventory_movement_unit_leaves_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "key"], condition=~Q(key=""), name="inventory_movement_key_once"
            ),
            SameOrganization(
                name="inventory_movement_same_unit", field="unit_id", to="inventory.SerialUnit",
                through=("organization_id", "batch_id"),
            ),
            SameOrganization(
                name="inventory_movement_same_reservation", field="reservation_id", to="inventory.Reservation"
            ),
            SameOrganization(
                name="inventory_movement_same_batch", field="batch_id", to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
            SameOrganization(name="inventory_movement_same_from", field="from_location_id", to="inventory.Location"),
            SameOrganization(name="inventory_movement_same_to", field="to_location_id", to="inventory.Location"),
            SameOrganization(name="inventory_movement_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="inventory_movement_same_return", field="returns_id", to="inventory.Movement"),
            RowSecurity(name="inventory_movement_rows", app="SELECT, INSERT", reviewed="SELECT"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["batch", "created_at"], name="inventory_movement_of_batch"),
            models.Index(fields=["item", "-created_at"], name="inventory_movement_of_item"),
            models.Index(fields=["source_id"], name="inventory_movement_of_source"),
            models.Index(fields=["unit"], condition=Q(unit__isnull=False), name="inventory_movement_of_unit"),
            models.Index(
                fields=["reservation"], condition=Q(reservation__isnull=False), name="inventory_movement_of_hold"
            ),
            models.Index(fields=["organization", "-created_at", "-id"], name="inventory_movement_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity}"


class Balance(OrganizationRecord):
    """How much of a batch stands at a place: the sum of its movements, kept by the database, never below zero.

    `held` of it is not to be had: reserved, or a piece that is locked away. Never more than there is.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="balances")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="balances")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="balances")
    quantity = QuantityField(editable=False)
    held = QuantityField(editable=False, default=Decimal(0))

    location_id: UUID
    batch_id: UUID
    item_id: UUID

    class Meta:
        ordering = ["batch__expires_on", "batch_id", "location_id"]
        constraints = [
            guards.balance_is_the_sum(),
            models.UniqueConstraint(fields=["location", "batch"], name="inventory_balance_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="inventory_balance_never_below_zero"),
            models.CheckConstraint(
                condition=Q(held__gte=0, held__lte=F("quantity")), name="inventory_balance_promised_is_there"
            ),
            SameOrganization(
                name="inventory_balance_same_batch", field="batch_id", to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
            SameOrganization(name="inventory_balance_same_location", field="location_id", to="inventory.Location"),
            RowSecurity(name="inventory_balance_rows"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["item", "location"], name="inventory_balance_of_item")]

    def __str__(self) -> str:
        return str(self.quantity)

    @property
    def free(self) -> Decimal:
        """What of it can be had: nobody reserved it."""
        return self.quantity - self.held
