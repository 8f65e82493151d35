"""Whatever is done in whatever order: what was sold is used, kept, paid back, forfeited, given on, or left."""

import random
from datetime import timedelta
from decimal import Decimal

from kalon.entitlements import actions, queries
from kalon.entitlements.models import PackageHolding, Use
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger

STEPS = 40


def test_nothing_is_lost_in_any_order(clinic: Clinic):
    dice = random.Random(20261121)
    people = [clinic.patient, clinic.money.other_patient]
    refused: list[str] = []
    counted = dict.fromkeys(("sell", "use", "back", "refund", "give", "expire", "extend"), 0)
    actions.set_terms({"used_at": "SINGLE"}, by=clinic.desk)
    for _ in range(STEPS):
        step = dice.choice(("sell", "sell", "use", "use", "use", "use", "back", "refund", "give", "expire", "extend"))
        with acting_as(clinic.system):
            rows = list(PackageHolding.objects.select_related("patient").order_by("id"))
            uses = list(Use.objects.order_by("id"))
        going = [one for one in rows if one.status == "ACTIVE"]
        row = dice.choice(going if going and dice.random() < 0.7 else rows) if rows else clinic.sold()
        try:
            match step:
                case "sell":
                    clinic.sold(
                        paid=dice.random() < 0.8,
                        patient=dice.choice(people),
                        discount=dice.choice([Decimal(0), Decimal("333.33")]),
                        discount_reason="Loyal",
                    )
                case "use":
                    clinic.use(row, service=dice.choice([clinic.laser, clinic.peel]))
                case "back":
                    actions.take_back_use(dice.choice(uses or [row]).pk, "Wrong", by=clinic.desk)
                case "refund":
                    actions.refund_package(row.pk, "Moves", by=clinic.desk)
                case "give":
                    actions.transfer_package(row.pk, dice.choice(people).pk, "Family", by=clinic.desk)
                case "expire":
                    with clock.at(MORNING + timedelta(days=190)):
                        actions.expire_package(row.pk, by=clinic.system)
                case "extend":
                    actions.extend_package(row.pk, row.valid_until + timedelta(days=9), "Ill", by=clinic.desk)
            counted[step] += 1
        except DomainError as refusal:
            refused.append(f"{step}: {refusal}")
        with acting_as(clinic.system):
            assert queries.proof(seen_by=clinic.system) == []
    assert all(counted.values()), f"{counted}\n" + "\n".join(refused)
    with acting_as(clinic.system):
        rows = list(PackageHolding.objects.all())
        assert ledger.proof(seen_by=clinic.system) == []
        days = (MORNING.date() - timedelta(days=1), MORNING.date() + timedelta(days=400))
        posted = ledger.totals(*days, seen_by=clinic.system)
    assert all(row.left >= 0 for row in rows)
    assert posted.get("DEFERRED", Decimal(0)) == -sum(row.left for row in rows)
    assert posted.get("FORFEITED", Decimal(0)) == -sum(row.forfeited for row in rows)
    assert posted.get("REVENUE", Decimal(0)) == -sum(row.used + row.kept for row in rows)
