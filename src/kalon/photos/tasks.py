"""What a worker does with photographs."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.photos import actions


@outbox.job(name="photos.line_up", attempts=3)
def line_up_later(*, organization_id: UUID, pair_id: UUID) -> None:
    """Two photographs are laid over each other by what both show."""
    actions.line_up(pair_id, by=system("photographs", organization_id))


@outbox.job(name="photos.consent_over", attempts=5)
def consent_over(*, organization_id: UUID, consent_id: UUID) -> None:
    """A patient withdrew a consent on their own pages: the copies made under it go."""
    actions.consent_over(consent_id, by=system("photographs", organization_id))
