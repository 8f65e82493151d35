"""A calendar to subscribe to: made, and taken back, by the person whose visits it shows."""

import base64
import secrets

from kalon.kernel import audit, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.models.feeds import CalendarFeed
from kalon.scheduling.queries.feeds import PURPOSE, own_feed

NAMES_NEED = "patients.read"


@verb
def make_feed(*, detail: str = CalendarFeed.Detail.INITIALS, by: Actor) -> str:
    """A new address for one's own visits; the one before stops working. The token in it is told this once."""
    by.must(VIEW, do="make a calendar of visits")
    if by.user_id is None:
        raise NotPermitted("Only a person with an account has a calendar of their own.", permission=VIEW)
    if detail not in CalendarFeed.Detail.values:
        raise Invalid("Choose initials or full names.", field="detail")
    if detail == CalendarFeed.Detail.NAMES:
        by.must(NAMES_NEED, do="have patients' names in a calendar")
    _end(by)
    token = base64.urlsafe_b64encode(by.organization_id.bytes + secrets.token_bytes(24)).decode().rstrip("=")
    made = CalendarFeed(
        organization_id=by.organization_id,
        user_id=by.user_id,
        patient_id=by.patient_id,
        detail=CalendarFeed.Detail.INITIALS if by.is_patient else detail,
        token_hash=crypto.hash_token(token, PURPOSE),
    )
    made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"what": "calendar feed made", "detail": made.detail})
    return token


@verb
def revoke_feed(*, by: Actor) -> None:
    """The address stops working at once."""
    by.must(VIEW, do="end a calendar of visits")
    ended = _end(by)
    if ended is not None:
        audit.note(by, audit.Kind.CHANGE, ended, facts={"what": "calendar feed ended"})


def _end(by: Actor) -> CalendarFeed | None:
    found = own_feed(seen_by=by)
    if found is not None:
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
    return found
