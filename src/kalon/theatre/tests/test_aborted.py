"""A case is aborted, and its plan goes back to where its consent stands by then."""

import pytest

from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.models import ProcedurePlan
from kalon.theatre import actions
from kalon.theatre.tests.told import now, on_the_day, planned, scheduled, started


def test_without_its_consent_the_plan_of_an_aborted_case_is_asked_for_anew(house):
    plan = planned(house)
    case = scheduled(house, plan)
    with on_the_day():
        started(house, case)
        nurse = house.visit.nurse
        with acting_as(nurse):
            held = consent_queries.for_plan(plan.pk, seen_by=nurse)
        assert held is not None
        with pytest.raises(NotReady, match="still stands"):
            plans.go_along(plan.pk, move="abort_unconsented", reason="x", by=house.clinic.system)
        consents.revoke(held.pk, "Wakes up and says no", by=nurse)
        assert actions.abort(case.pk, reason="Consent withdrawn", by=house.surgeon).status == "ABORTED"
    with acting_as(house.clinic.system):
        assert ProcedurePlan.objects.values_list("status", flat=True).get(pk=plan.pk) == "APPROVED"
    assert now(house, case.reservation).status == "RELEASED"
