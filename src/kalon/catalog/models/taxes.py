"""Tax: schemes say which taxes there are and how papers name them, rates are per cents; both hold from day to day."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from kalon.catalog.models.shapes import CODE
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity
from kalon.kernel.triggers import Trigger

FIXED = """
    IF (NEW.code, NEW.percent, NEW.valid_from) IS DISTINCT FROM (OLD.code, OLD.percent, OLD.valid_from) THEN
        RAISE EXCEPTION 'a tax rate is ended and followed by another, never changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_taxrate_fixed';
    END IF;
    RETURN NEW;"""


SCHEME_FIXED = """
    IF to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a tax scheme is ended and followed by another, never changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_taxscheme_fixed';
    END IF;
    RETURN NEW;"""


class Valid(Func):
    """From and to as one range of days, open at the end when there is none."""

    function = "daterange"
    output_field = DateRangeField()


class TaxRate(OrganizationRecord):
    """A tax per cent and the days on which it holds; `valid_to` is the first day on which it no longer does."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.TextField(
        blank=True,
        validators=[MaxLengthValidator(2000)],
        help_text="The law or notice it comes from, and who reviewed it.",
    )

    class Meta:
        ordering = ["code", "-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="catalog_taxrate_code_shape"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="catalog_taxrate_percent"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="catalog_taxrate_ends_later"
            ),
            ExclusionConstraint(
                name="catalog_taxrate_one_a_day",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (Valid("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            Trigger(name="catalog_taxrate_fixed", events="BEFORE UPDATE", body=FIXED),
            RowSecurity(name="catalog_taxrate_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class TaxScheme(OrganizationRecord):
    """How a country taxes sales, and from which day: the taxes there are, their names, and what papers must say.

    `split`: a tax of two halves inside a state and one whole across states (GST in India), or always one whole
    (VAT). `address_from`: from this taxable amount on the paper names where a buyer without a registration lives.
    `large_from`: a sale across states above it is listed by itself in the return.
    """

    class Split(models.TextChoices):
        HALVES = "HALVES", "Two halves inside a state, one whole across states"
        WHOLE = "WHOLE", "One whole"

    class Place(models.TextChoices):
        PERFORMED = "PERFORMED", "Where it is performed"
        RECIPIENT = "RECIPIENT", "Where the buyer is registered"

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    split = models.CharField(max_length=8, choices=Split)
    first_half = models.CharField(max_length=12, blank=True)
    second_half = models.CharField(max_length=12, blank=True)
    whole = models.CharField(max_length=12)
    registration = models.CharField("Name of the registration number", max_length=30)
    registered_place = models.CharField(
        "Place of supply for a registered buyer", max_length=12, choices=Place, default=Place.PERFORMED
    )
    address_from = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    large_from = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True, validators=[MaxLengthValidator(2000)])

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="catalog_taxscheme_code_shape"),
            models.CheckConstraint(
                condition=Q(split="WHOLE", first_half="", second_half="")
                | Q(split="HALVES") & ~Q(first_half="") & ~Q(second_half=""),
                name="catalog_taxscheme_halves_named",
            ),
            models.CheckConstraint(condition=~Q(whole="") & ~Q(registration=""), name="catalog_taxscheme_named"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="catalog_taxscheme_ends_later",
            ),
            ExclusionConstraint(
                name="catalog_taxscheme_one_a_day",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (Valid("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            Trigger(name="catalog_taxscheme_fixed", events="BEFORE UPDATE", body=SCHEME_FIXED),
            RowSecurity(name="catalog_taxscheme_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def has_halves(self) -> bool:
        return self.split == self.Split.HALVES
