"""Jobs for the tests of the outbox, imported by the test and by the worker processes it starts."""

import os
import time
from pathlib import Path
from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.models import IdempotencyKey

TRIES: list[str] = []


@outbox.job(name="tests.leave_mark", attempts=3)
def leave_mark(*, organization_id: UUID, number: int, label: str = "mark") -> None:
    """Write one row, once however often it runs, and say in a file that it was tried; `slow` waits to be killed."""
    told = os.environ.get("KALON_TEST_TRIES")
    if told:
        with Path(told).open("a") as file:
            file.write(f"{os.getpid()}\n")
        while os.environ.get("KALON_TEST_SLOW"):
            time.sleep(0.05)
    row = IdempotencyKey(organization_id=organization_id, owner="tests", key=f"{label} {number}", body_hash=b"")
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)


@outbox.job(name="tests.stumble", attempts=3)
def stumble(*, organization_id: UUID) -> None:
    """Fail every time."""
    TRIES.append(str(organization_id))
    raise RuntimeError("the provider is away")
