"""What the installation does by the clock, whatever organisations live in it."""

from kalon.kernel import audit, outbox


@outbox.by_the_clock(cron="* * * * *", name="kernel.reap")
def reap() -> None:
    """Jobs of workers that died go back to the queue."""
    outbox.reap()


@outbox.by_the_clock(cron="* * * * *", name="kernel.seal_audit")
def seal_audit() -> None:
    """The log's finished rows are sealed, and the root is written outside the database."""
    audit.seal()


@outbox.by_the_clock(cron="17 3 * * *", name="kernel.forget_jobs")
def forget_jobs() -> None:
    """Jobs that ended long ago are removed."""
    outbox.forget()
