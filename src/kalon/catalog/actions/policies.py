"""The clinic's rules for cancelling late and for not coming."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE, _add, _change, _locked
from kalon.catalog.models import CancellationPolicy
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb

DO = "change cancellation policies"


@verb
def add_cancellation_policy(details: Mapping[str, Any], *, by: Actor) -> CancellationPolicy:
    """Write down a policy; visits come under it once a kind of visit, a service or a package names it."""
    by.must(MANAGE, do=DO)
    return _add(CancellationPolicy(organization_id=by.organization_id), details, by=by)


@verb
def change_cancellation_policy(pk: UUID, details: Mapping[str, Any], *, by: Actor) -> CancellationPolicy:
    """Change a policy for every visit under it, also those already booked; fees already billed stay."""
    by.must(MANAGE, do=DO)
    return _change(_locked(CancellationPolicy, queries.policy(pk, seen_by=by)), details, by=by)
