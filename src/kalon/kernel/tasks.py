"""What the installation does by the clock, for no organisation in particular."""

from datetime import timedelta

from kalon.kernel import actors, audit, clock, erasure, outbox
from kalon.kernel.models import IdempotencyKey
from kalon.kernel.tenancy import acting_as, organization_ids

ANSWERS_KEPT = timedelta(days=7)


@outbox.by_the_clock(cron="* * * * *", name="kernel.seal_log")
def seal_log() -> None:
    """Seal the log of all finished transactions and write the root outside the database."""
    audit.seal()


@outbox.by_the_clock(cron="* * * * *", name="kernel.reap")
def reap() -> None:
    """Take back the jobs of workers that died."""
    outbox.reap()


@outbox.by_the_clock(cron="17 3 * * *", name="kernel.tidy")
def tidy() -> None:
    """Forget finished jobs and old answers; copy the tombstones outside."""
    outbox.forget()
    erasure.copy_tombstones()
    for organization_id in organization_ids():
        with acting_as(actors.system("tidying", organization_id)):
            IdempotencyKey.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).delete()
