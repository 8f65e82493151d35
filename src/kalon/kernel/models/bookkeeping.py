"""The kernel's own tables: number series, and answers kept so that a repeated request is done once."""

from django.db import models

from kalon.kernel import clock
from kalon.kernel.rows import RowSecurity


class NumberSeries(models.Model):
    """The last number taken in a series; only `kalon_next_number()` moves it."""

    organization_id = models.UUIDField()
    branch_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    period = models.CharField(max_length=20, blank=True)
    last = models.BigIntegerField()

    class Meta:
        db_table = "kernel_numberseries"
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "branch_id", "kind", "period"], name="kernel_numberseries_once"
            ),
            RowSecurity(name="kernel_numberseries_rows", app="SELECT", reviewed="SELECT, INSERT, UPDATE"),
        ]


class IdempotencyKey(models.Model):
    """What a writing request with an `Idempotency-Key` was answered, for the same actor asking again.

    `body_hash` is the SHA-256 of method, path and body; `response` is encrypted under the row's own data key.
    """

    organization_id = models.UUIDField()
    owner = models.CharField(max_length=80)  # "user:<id>" or "visitor:<address>"
    key = models.CharField(max_length=200)
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    data_key = models.BinaryField(null=True)
    response = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        db_table = "kernel_idempotencykey"
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "owner", "key"], name="kernel_idempotencykey_once"),
            RowSecurity(
                name="kernel_idempotencykey_rows",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT, INSERT, UPDATE",
                portal_where="owner LIKE 'visitor:%' OR owner = 'user:' || (SELECT kalon_user())",
            ),
        ]
