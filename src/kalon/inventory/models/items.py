"""What is kept, where it is kept, and in which batches it came."""

from decimal import Decimal
from uuid import UUID

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from kalon.inventory.lifecycles import BATCH, BatchStatus
from kalon.inventory.models import guards
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization

HSN = r"^([0-9]{4,8})?$"
KINDS = ["MEDICINE", "INJECTABLE", "CONSUMABLE", "IMPLANT", "DEVICE_PART"]
GENERIC = r"^([a-z0-9]+(-[a-z0-9]+)*)?$"


class QuantityField(models.DecimalField[Decimal, Decimal]):
    """A quantity in an item's unit of stock: exact, with at most three places after the point."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Item(OrganizationRecord):
    """Something that is kept in stock, and counted in one unit.

    `step` is the smallest quantity that is counted: 1 for a suture, 0.01 for a filler in ml. `generic` is the
    formulary's code of what is in it ("lidocaine"). The price is per unit of stock, before tax. `needs_serial`: each
    piece of this implant is known by its own number. `device_code` is the GTIN (14 digits) or the HIBC identifier
    that every pack of it carries; `model`, `size` and `shape` are the maker's words.
    """

    class Kind(models.TextChoices):
        MEDICINE = "MEDICINE", "Medicine"
        INJECTABLE = "INJECTABLE", "Injectable"
        CONSUMABLE = "CONSUMABLE", "Consumable"
        IMPLANT = "IMPLANT", "Implant"
        DEVICE_PART = "DEVICE_PART", "Device part"

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=16, choices=Kind)
    unit = models.CharField("Unit of stock", max_length=16)
    step = QuantityField("Smallest quantity", default=Decimal(1), validators=[MinValueValidator(Decimal("0.001"))])
    units_per_pack = QuantityField(
        "Units in a pack", default=Decimal(1), validators=[MinValueValidator(Decimal("0.001"))]
    )
    generic = models.CharField(
        max_length=60,
        blank=True,
        validators=[RegexValidator(GENERIC, "Write it as the formulary does: small letters, such as lidocaine.")],
    )
    strength = models.CharField(max_length=60, blank=True)
    form = models.CharField(max_length=60, blank=True)
    manufacturer = models.CharField(max_length=120, blank=True)
    hsn = models.CharField(
        "HSN code", max_length=8, blank=True, validators=[RegexValidator(HSN, "An HSN code has 4 to 8 digits.")]
    )
    tax_code = models.CharField("Tax", max_length=40, blank=True)
    price = AmountField(default=Decimal(0), validators=[MinValueValidator(Decimal(0))])
    reorder_level = QuantityField(default=Decimal(0), validators=[MinValueValidator(Decimal(0))])
    needs_batch = models.BooleanField("Has batch numbers", default=True)
    needs_expiry = models.BooleanField("Expires", default=True)
    needs_serial = models.BooleanField("Each piece has a serial number", default=False)
    device_code = models.CharField("GTIN or device identifier", max_length=30, blank=True)
    model = models.CharField("Model or reference", max_length=60, blank=True)
    size = models.CharField(max_length=40, blank=True)
    shape = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField("In use", default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            guards.unit_is_fixed(),
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_item_in_organization"),
            models.UniqueConstraint(fields=["organization", "name"], name="inventory_item_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(unit=""), name="inventory_item_named"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="inventory_item_kind"),
            models.CheckConstraint(
                condition=Q(step__gt=0, units_per_pack__gt=0, price__gte=0, reorder_level__gte=0),
                name="inventory_item_not_negative",
            ),
            models.CheckConstraint(condition=Q(hsn__regex=HSN), name="inventory_item_hsn_shape"),
            models.CheckConstraint(condition=Q(generic__regex=GENERIC), name="inventory_item_generic_shape"),
            models.CheckConstraint(
                condition=Q(needs_serial=False) | Q(kind="IMPLANT", step=1, needs_batch=True),
                name="inventory_item_serial_of_implant",
            ),
            models.CheckConstraint(
                condition=Q(device_code__regex=r"^([0-9]{14}|[A-Z][A-Z0-9]{5,22})?$"),
                name="inventory_item_device_shape",
            ),
            models.UniqueConstraint(
                fields=["organization", "device_code"], condition=~Q(device_code=""), name="inventory_item_device_once"
            ),
            RowSecurity(name="inventory_item_rows"),
        ]
        indexes = [models.Index(fields=["organization", "generic"], name="inventory_item_generic")]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> str:
        """Strength and form in a few words, such as "2% gel"."""
        return " ".join(part for part in (self.strength, self.form) if part)


class Location(OrganizationRecord):
    """A place of a branch where stock is kept."""

    class Kind(models.TextChoices):
        STORE = "STORE", "Store"
        PHARMACY = "PHARMACY", "Pharmacy"
        TREATMENT = "TREATMENT", "Treatment room"
        THEATRE = "THEATRE", "Theatre"

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.STORE)
    is_active = models.BooleanField("In use", default=True)

    branch_id: UUID

    class Meta:
        ordering = ["branch", "code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_location_in_organization"),
            models.UniqueConstraint(fields=["branch", "code"], name="inventory_location_code_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="inventory_location_named"),
            guards.location_stays(),
            SameOrganization(name="inventory_location_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="inventory_location_rows"),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(OrganizationRecord, Staged):
    """What came in together: its number and the last day on which it may be used. Never renamed, never renewed.

    An item without batch numbers has one batch whose number is empty.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    status = models.CharField(max_length=12, choices=BatchStatus, default=BatchStatus.AVAILABLE, editable=False)

    item_id: UUID

    class Meta:
        ordering = ["expires_on", "id"]
        constraints = [
            *BATCH.rules("inventory_batch"),
            guards.batch_is_complete(),
            models.UniqueConstraint(fields=["organization", "item", "id"], name="inventory_batch_of_item"),
            models.UniqueConstraint(fields=["item", "number"], name="inventory_batch_number_once"),
            SameOrganization(name="inventory_batch_same_item", field="item_id", to="inventory.Item"),
            RowSecurity(name="inventory_batch_rows"),
        ]
        indexes = [models.Index(fields=["organization", "expires_on"], name="inventory_batch_expiry")]

    def __str__(self) -> str:
        return self.number or "No batch number"
