"""What a worker does with photographs."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.photos import actions


@outbox.job(name="photos.line_up", attempts=3)
def line_up_later(*, organization_id: UUID, pair_id: UUID) -> None:
    """Two photographs are laid over each other by what both show."""
    actions.line_up(pair_id, by=system("photographs", organization_id))
