"""What this context does by itself."""

from uuid import UUID

from kalon.kernel import actors, outbox
from kalon.patients import actions


@outbox.every(cron="*/10 * * * *", name="patients.expire_registrations")
def expire_registrations(*, organization_id: UUID) -> None:
    """Destroy what visitors typed and never confirmed."""
    actions.expire_registrations(by=actors.system("registrations", organization_id))
