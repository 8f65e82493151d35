"""What pricing does by itself: points that nobody spent in time expire."""

from uuid import UUID

from kalon.kernel import actors, outbox
from kalon.pricing import actions


@outbox.every(cron="20 2 * * *", name="pricing.expire_points")
def expire_points(*, organization_id: UUID) -> None:
    """Each night, before the first patient."""
    actions.expire_points(by=actors.system("pricing", organization_id))
