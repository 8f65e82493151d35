"""What a worker does with photographs."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as
from kalon.photos import actions, queries


@outbox.job(name="photos.line_up", attempts=3)
def line_up_later(*, organization_id: UUID, pair_id: UUID) -> None:
    """Two photographs are laid over each other by what both show."""
    actions.line_up(pair_id, by=system("photographs", organization_id))


@outbox.job(name="photos.consent_over", attempts=5)
def consent_over(*, organization_id: UUID, consent_id: UUID) -> None:
    """A patient withdrew a consent on their own pages: the copies made under it go."""
    actions.consent_over(consent_id, by=system("photographs", organization_id))


class IncompleteError(RuntimeError):
    """Photographs lack pieces; `./kalon doctor` shows it, and a backup has them."""


@outbox.every(cron="40 3 * * *", name="photos.whole")
def all_whole(*, organization_id: UUID) -> None:
    """Each night: every photograph that is kept has all its pieces."""
    by = system("photographs", organization_id)
    with acting_as(by):
        broken = [str(pk) for pk in queries.incomplete(seen_by=by).values_list("pk", flat=True)[:20]]
    if broken:
        raise IncompleteError(f"Photographs lack pieces, restore them from a backup: {', '.join(broken)}")
