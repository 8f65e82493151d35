"""A quote, what it offers side by side, and every line of what that costs."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.quotes.lifecycles import QUOTE, SEALED, Payer, QuoteStatus, Section
from kalon.quotes.models import guards

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.quotes.models.signed import Acceptance, Question

THROUGH_PATIENT = ("organization_id", "patient_id")
STATES = tuple(str(state) for state in SEALED)
READ_WITH_QUOTE = "EXISTS (SELECT FROM quotes_quote offered WHERE offered.id = quote_id)"


def _zero() -> AmountField[Decimal, Decimal]:
    return AmountField(default=ZERO, editable=False)


class Quote(PatientRecord, Staged):
    """What a plan will cost, offered to its patient until a day: its content never changes once it was sent.

    A changed quote is a new version that `replaces` the old one and keeps its number. The deposit is a per cent of the
    chosen option or an amount. `total`, `deposit_due` and `held_until` (to which day the accepted price holds) are
    written by the database when an option is chosen; `superseded_at` when a later version took its place.
    """

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="quotes")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=QuoteStatus.choices, default=QuoteStatus.DRAFT, editable=False)
    number = models.CharField(max_length=24, null=True, editable=False)
    serial = models.BigIntegerField(null=True, editable=False)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    currency = models.CharField(max_length=3)
    place_of_supply = models.CharField(max_length=2, blank=True)
    valid_until = models.DateField()
    hold_days = models.PositiveSmallIntegerField(default=180)
    deposit_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    deposit_amount = AmountField(null=True, blank=True)
    words = EncryptedText(key="patient.data_key", blank=True, default="")

    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    chosen_option = models.ForeignKey("QuoteOption", on_delete=models.PROTECT, null=True, related_name="+")
    total = AmountField(null=True, editable=False)
    deposit_due = AmountField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    held_until = models.DateField(null=True, editable=False)
    rejected_at = models.DateTimeField(null=True, editable=False)
    rejection = EncryptedText(key="patient.data_key", blank=True, default="")
    superseded_at = models.DateTimeField(null=True, editable=False)

    options: "RelatedManager[QuoteOption]"
    lines: "RelatedManager[QuoteLine]"
    questions: "RelatedManager[Question]"
    acceptance: "Acceptance"
    plan_id: UUID
    branch_id: UUID
    replaces_id: UUID | None
    chosen_option_id: UUID | None

    class Meta:
        db_table = "quotes_quote"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["plan", "-version"], name="quotes_quote_of_plan"),
            models.Index(fields=["patient", "-id"], name="quotes_quote_of_patient"),
            models.Index(fields=["organization", "status", "valid_until"], name="quotes_quote_by_status"),
        ]
        constraints = [
            *QUOTE.rules("quotes_quote", patient="patient_id"),
            guards.quote_derives(),
            guards.quote_in_turn(),
            guards.quote_by_patient(),
            guards.deposit_touches_options(),
            models.UniqueConstraint(fields=["organization", "patient", "plan", "id"], name="quotes_quote_of_plan_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="quotes_quote_of_patient_once"),
            models.UniqueConstraint(fields=["organization", "number", "version"], name="quotes_quote_number_once"),
            models.UniqueConstraint(fields=["plan", "version"], name="quotes_quote_version_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status=QuoteStatus.DRAFT), name="quotes_quote_one_draft"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status=QuoteStatus.SENT), name="quotes_quote_one_sent"
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status=QuoteStatus.ACCEPTED, superseded_at=None),
                name="quotes_quote_one_accepted",
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None) | Q(version__range=(2, 99), replaces__isnull=False),
                name="quotes_quote_version_replaces",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=(QuoteStatus.DRAFT, QuoteStatus.REJECTED),
                    number=None,
                    serial=None,
                    year=None,
                    sent_at=None,
                )
                | ~Q(status=QuoteStatus.DRAFT)
                & Q(number__isnull=False, serial__isnull=False, year__isnull=False, sent_at__isnull=False),
                name="quotes_quote_numbered_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=QuoteStatus.ACCEPTED,
                    accepted_at__isnull=False,
                    chosen_option__isnull=False,
                    total__isnull=False,
                    deposit_due__isnull=False,
                    held_until__isnull=False,
                )
                | ~Q(status=QuoteStatus.ACCEPTED)
                & Q(accepted_at=None, chosen_option=None, total=None, deposit_due=None, held_until=None),
                name="quotes_quote_accepted_whole",
            ),
            models.CheckConstraint(
                condition=Q(status=QuoteStatus.REJECTED, rejected_at__isnull=False)
                | ~Q(status=QuoteStatus.REJECTED) & Q(rejected_at=None),
                name="quotes_quote_rejected_when_said",
            ),
            models.CheckConstraint(
                condition=Q(deposit_percent=None, deposit_amount=None)
                | Q(deposit_amount=None, deposit_percent__range=(0, 100))
                | Q(deposit_percent=None, deposit_amount__gte=0),
                name="quotes_quote_one_deposit",
            ),
            models.CheckConstraint(condition=Q(hold_days__range=(1, 730)), name="quotes_quote_hold_days"),
            SameOrganization(name="quotes_quote_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name="quotes_quote_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(
                name="quotes_quote_plan_of_patient", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="quotes_quote_replaces_same_plan",
                field="replaces_id",
                to="quotes.Quote",
                through=(*THROUGH_PATIENT, "plan_id"),
            ),
            RowSecurity(
                name="quotes_quote_rows",
                patient="patient_id",
                portal="SELECT, UPDATE",
                portal_where="sent_at IS NOT NULL",
            ),
        ]

    def __str__(self) -> str:
        if self.number is None:
            return "Draft quote"
        return f"{self.number}, version {self.version}" if self.version > 1 else self.number

    @property
    def title(self) -> str:
        """What it is about, in a list: the name of its first option, which a bundle has as well as a plan."""
        first = next(iter(self.options.all()), None)
        return str(first.title) if first else str(self.plan.title)

    @property
    def is_open(self) -> bool:
        """Whether it may still be accepted or declined."""
        return self.status == QuoteStatus.SENT

    @property
    def stands(self) -> bool:
        """Whether it was accepted and no later version took its place."""
        return self.status == QuoteStatus.ACCEPTED and self.superseded_at is None

    def holds_on(self, day: date) -> bool:
        """Whether the accepted price may still be booked on a day."""
        return self.stands and self.held_until is not None and self.held_until >= day


class QuoteOption(PatientRecord):
    """One of up to three ways that are compared: `total` is asked of the patient, `insurer_total` of who insures them.

    All sums are the database's.
    """

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField()
    title = EncryptedText(key="patient.data_key")
    words = EncryptedText(key="patient.data_key", blank=True, default="")
    discount, taxable = _zero(), _zero()
    cgst, sgst, igst = _zero(), _zero(), _zero()
    total, insurer_total = _zero(), _zero()
    deposit_due = _zero()

    lines: "RelatedManager[QuoteLine]"
    quote_id: UUID

    class Meta:
        db_table = "quotes_quoteoption"
        ordering = ["quote", "position"]
        constraints = [
            seal_children("quotes_quoteoption", parent="quotes_quote", key="quote_id", states=STATES),
            guards.option_derives(),
            models.UniqueConstraint(fields=["quote", "position"], name="quotes_quoteoption_position_once"),
            models.UniqueConstraint(
                fields=["organization", "patient", "quote", "id"], name="quotes_quoteoption_of_quote_once"
            ),
            models.CheckConstraint(condition=Q(position__range=(1, 3)), name="quotes_quoteoption_position"),
            SameOrganization(
                name="quotes_quoteoption_of_quote", field="quote_id", to="quotes.Quote", through=THROUGH_PATIENT
            ),
            RowSecurity(
                name="quotes_quoteoption_rows",
                patient="patient_id",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT",
                portal_where=READ_WITH_QUOTE,
            ),
        ]

    @property
    def tax(self) -> Decimal:
        return self.cgst + self.sgst + self.igst

    @property
    def letter(self) -> str:
        """How the desk calls it: A, B or C."""
        return "ABC"[self.position - 1]


class QuoteLine(PatientRecord):
    """One thing that an option costs: in which part of the price, how much of it, its tax, and who is asked for it.

    `plan`: for which plan of a bundle it is; empty where the quote is about one plan only.

    taxable = quantity × unit price − discount, rounded to the paisa; total = taxable + CGST + SGST + IGST.
    """

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="lines")
    option = models.ForeignKey(QuoteOption, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=12, choices=Section.choices)
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, null=True, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    description = EncryptedText(key="patient.data_key")
    hsn_sac = models.CharField("HSN or SAC", max_length=8, blank=True)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, default=Decimal(1))
    unit_price = AmountField()
    discount = AmountField(default=ZERO)
    discount_reason = models.CharField(max_length=400, blank=True)
    taxable = AmountField()
    tax_code = models.CharField(max_length=40, blank=True)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=ZERO)
    cgst, sgst, igst = AmountField(default=ZERO), AmountField(default=ZERO), AmountField(default=ZERO)
    tax_note = models.CharField(max_length=200, blank=True)
    total = AmountField()
    payer = models.CharField(max_length=8, choices=Payer.choices, default=Payer.PATIENT)

    quote_id: UUID
    option_id: UUID
    plan_id: UUID | None
    service_id: UUID | None

    class Meta:
        db_table = "quotes_quoteline"
        ordering = ["option", "position"]
        constraints = [
            seal_children("quotes_quoteline", parent="quotes_quote", key="quote_id", states=STATES),
            guards.line_touches_option(),
            models.UniqueConstraint(fields=["option", "position"], name="quotes_quoteline_position_once"),
            models.CheckConstraint(condition=Q(section__in=Section.values), name="quotes_quoteline_section"),
            models.CheckConstraint(condition=Q(payer__in=Payer.values), name="quotes_quoteline_payer"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quotes_quoteline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, taxable__gte=0, cgst__gte=0, sgst__gte=0, igst__gte=0),
                name="quotes_quoteline_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(taxable__gt=F("quantity") * F("unit_price") - F("discount") - Decimal("0.006"))
                & Q(taxable__lt=F("quantity") * F("unit_price") - F("discount") + Decimal("0.006")),
                name="quotes_quoteline_taxable_exact",
            ),
            models.CheckConstraint(
                condition=Q(total=F("taxable") + F("cgst") + F("sgst") + F("igst")), name="quotes_quoteline_sums"
            ),
            models.CheckConstraint(
                condition=Q(igst=0, cgst=F("sgst")) | Q(cgst=0, sgst=0),
                name="quotes_quoteline_inside_or_across_states",
            ),
            # each half of the tax is rounded by itself, so the whole may differ by a paisa
            models.CheckConstraint(
                condition=Q(total__gt=F("taxable") + F("taxable") * F("tax_percent") / 100 - Decimal("0.011"))
                & Q(total__lt=F("taxable") + F("taxable") * F("tax_percent") / 100 + Decimal("0.011")),
                name="quotes_quoteline_tax_exact",
            ),
            models.CheckConstraint(
                condition=Q(discount=0) | ~Q(discount_reason=""), name="quotes_quoteline_discount_explained"
            ),
            SameOrganization(
                name="quotes_quoteline_of_option",
                field="option_id",
                to="quotes.QuoteOption",
                through=(*THROUGH_PATIENT, "quote_id"),
            ),
            SameOrganization(
                name="quotes_quoteline_plan_of_patient",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=THROUGH_PATIENT,
            ),
            SameOrganization(name="quotes_quoteline_service_here", field="service_id", to="catalog.Service"),
            RowSecurity(
                name="quotes_quoteline_rows",
                patient="patient_id",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT",
                portal_where=READ_WITH_QUOTE,
            ),
        ]

    @property
    def tax(self) -> Decimal:
        return self.cgst + self.sgst + self.igst
