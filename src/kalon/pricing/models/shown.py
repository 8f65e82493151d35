"""What a patient was shown before they booked: it is what they are billed, whatever prices become in between."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, TriggerOn, append_only
from kalon.pricing.rules import Priced, Step

HARDENED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

# In a patient's own unit of work: the price in force for who pays themselves, apart from its tax where it holds it;
# only discounts that apply to them by themselves; and what is due first is the offer's share of what was shown.
AS_PRICED = """
    IF kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;
    SELECT * INTO visit FROM scheduling_appointment WHERE id = NEW.appointment_id AND patient_id = NEW.patient_id;
    IF visit.predecessor_id IS NOT NULL THEN
        allowed := EXISTS (SELECT FROM pricing_shownprice AS before WHERE before.appointment_id = visit.predecessor_id
            AND to_jsonb(before) - ARRAY['id', 'created_at', 'appointment_id']
                = to_jsonb(NEW) - ARRAY['id', 'created_at', 'appointment_id']);
    ELSIF NEW.covered_by <> '' THEN
        RETURN NEW;  -- whoever keeps what was bought before holds that it is so
    ELSE
        SELECT branch.*, (kalon_now() AT TIME ZONE branch.timezone)::date AS today INTO place
            FROM people_branch AS branch WHERE branch.id = visit.branch_id;
        SELECT one.* INTO offer FROM (
            SELECT id, price, tax_code, prepayment, deposit_amount, deposit_percent FROM catalog_service
            UNION ALL
            SELECT id, price, tax_code, prepayment, deposit_amount, deposit_percent FROM catalog_package
        ) AS one WHERE one.id = COALESCE(visit.service_id, visit.package_id);
        SELECT item.price, schedule.includes_tax INTO fee
            FROM pricing_feeitem AS item JOIN pricing_feeschedule AS schedule ON schedule.id = item.schedule_id
            WHERE item.organization_id = NEW.organization_id AND schedule.payer = ''
                AND COALESCE(item.service_id, item.package_id) = offer.id
                AND (schedule.branch_id IS NULL OR schedule.branch_id = place.id)
                AND place.today >= item.valid_from AND place.today < COALESCE(item.valid_to, 'infinity')
                AND place.today >= schedule.valid_from AND place.today < COALESCE(schedule.valid_to, 'infinity')
            ORDER BY schedule.branch_id IS NULL LIMIT 1;
        IF NOT FOUND THEN SELECT offer.price, false AS includes_tax INTO fee; END IF;
        rate := 0;
        IF place.gstin <> '' AND offer.tax_code <> '' THEN
            rate := (SELECT percent FROM catalog_taxrate WHERE code = offer.tax_code
                AND organization_id = NEW.organization_id AND valid_from <= place.today
                AND COALESCE(valid_to, 'infinity') > place.today);
        END IF;
        left_over := NEW.unit_price;
        allowed := NEW.listed = fee.price AND NEW.includes_tax = fee.includes_tax
            AND CASE WHEN fee.includes_tax THEN abs(NEW.unit_price * (1 + rate / 100) - fee.price) <= 0.02
                ELSE NEW.unit_price = fee.price END;
        FOR step IN SELECT * FROM jsonb_to_recordset(NEW.steps) AS (discount uuid, base numeric, amount numeric) LOOP
            allowed := allowed AND step.base = left_over AND step.amount > 0 AND EXISTS (
                SELECT FROM pricing_discount AS given WHERE given.id = step.discount AND given.coupon = ''
                    AND given.max_uses IS NULL AND given.max_uses_each IS NULL
                    AND (given.branch_id IS NULL OR given.branch_id = place.id)
                    AND place.today >= given.valid_from AND place.today < COALESCE(given.valid_to, 'infinity')
                    AND (given.tier = 'PROMOTION' OR given.tier = 'GROUP' AND EXISTS (
                        SELECT FROM pricing_groupmember AS member WHERE member.group_id = given.group_id
                            AND member.patient_id = ANY (kalon_records_of(NEW.patient_id))
                            AND place.today >= member.valid_from
                            AND place.today < COALESCE(member.valid_to, 'infinity')))
                    AND (NOT EXISTS (SELECT FROM pricing_discountoffer WHERE discount_id = given.id) OR EXISTS (
                        SELECT FROM pricing_discountoffer AS named WHERE named.discount_id = given.id
                            AND COALESCE(named.service_id, named.package_id) = offer.id))
                    AND step.amount <= COALESCE(given.amount, step.base * given.percent / 100 + 0.005));
            left_over := left_over - step.amount;
        END LOOP;
        allowed := allowed AND NEW.discount = NEW.unit_price - left_over
            AND abs(NEW.total - left_over * (1 + rate / 100)) <= 0.02
            AND COALESCE(visit.amount_due, 0) >= CASE offer.prepayment WHEN 'NONE' THEN 0 WHEN 'FULL' THEN NEW.total
                ELSE LEAST(NEW.total, COALESCE(offer.deposit_amount, NEW.total * offer.deposit_percent / 100)) - 0.01
                END;
    END IF;
    IF allowed THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient is shown the price that holds for them, and owes its share before the visit'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'pricing_shownprice_as_priced';"""

SHOWN_FIRST = """
    IF NEW.source <> 'SELF_SERVICE' OR NEW.predecessor_id IS NOT NULL
        OR COALESCE(NEW.service_id, NEW.package_id) IS NULL
        OR EXISTS (SELECT FROM pricing_shownprice WHERE appointment_id = NEW.id)
    THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'who books online is shown the price, and it is kept'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_appointment_price_shown';"""


class AtTheEnd(TriggerOn):
    """A rule asked when the transaction ends, as the reviewed role: by then nobody acts any more."""

    def make(self, table: str) -> str:
        made = f"{super().make(table)};\nALTER FUNCTION {self.name}() {HARDENED}"
        return f"{made};\nALTER FUNCTION {self.name}() OWNER TO kalon_reviewed"


class ShownPrice(PatientRecord):
    """The price of one visit as its patient was shown it when they booked online; the bill charges it.

    `listed`: the price in the fee schedule or the catalogue (`source`), with its tax where `includes_tax`.
    `unit_price` less `discount` is before tax, `total` with it. `steps`: each discount, in words and by its row.
    `covered_by` names the session of a package that pays for the visit: then it costs nothing.
    """

    appointment = models.OneToOneField("scheduling.Appointment", on_delete=models.PROTECT, related_name="+")
    listed = AmountField()
    includes_tax = models.BooleanField(default=False)
    unit_price = AmountField()
    discount = AmountField(default=ZERO)
    steps = models.JSONField(default=list, blank=True)
    total = AmountField()
    source = models.CharField(max_length=120)
    covered_by = models.CharField(max_length=200, blank=True)

    appointment_id: UUID

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *append_only("pricing_shownprice", name="pricing_shownprice_kept"),
            Trigger(
                name="pricing_shownprice_as_priced", events="BEFORE INSERT", body=AS_PRICED,
                declare=(
                    "visit record; place record; offer record; fee record; step record; rate numeric; "
                    "left_over numeric; allowed boolean;"
                ),
            ),
            AtTheEnd(
                table="scheduling_appointment", name="pricing_appointment_price_shown",
                events="DEFERRED AFTER INSERT", body=SHOWN_FIRST,
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, unit_price__gte=F("discount"), total__gte=0, listed__gte=0),
                name="pricing_shownprice_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(covered_by="") | Q(total=0, unit_price=0, discount=0), name="pricing_shownprice_covered"
            ),
            SameOrganization(
                name="pricing_shownprice_same_visit", field="appointment_id", to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="pricing_shownprice_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT, INSERT",
                reviewed="SELECT",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.covered_by or f"{self.total}, {self.source}"

    def priced(self, offered: Any) -> Priced:
        """What the bill of the visit charges for what was booked."""
        steps = tuple(
            Step(step["tier"], step["words"], Decimal(step["base"]), Decimal(step["amount"]), UUID(step["discount"]))
            for step in self.steps
        )
        return Priced(
            offered.name, Decimal(1), self.unit_price, self.unit_price, steps, self.listed, self.includes_tax,
            self.source, offered.tax_code, getattr(offered, "hsn_sac", ""),
        )  # fmt: skip
