"""Which records were erased: kept so that a restored backup erases them again."""

from django.db import models

from kalon.kernel import clock
from kalon.kernel.ids import uuid7
from kalon.kernel.rows import RowSecurity
from kalon.kernel.triggers import append_only


class ErasedKey(models.Model):
    """One destroyed data key: which row had it, when it went, and the hash of what was destroyed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField(editable=False)
    table_name = models.TextField(editable=False)
    row_id = models.UUIDField(editable=False)
    also = models.JSONField(default=dict, editable=False)
    key_sha256 = models.BinaryField(editable=False)
    destroyed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        app_label = "kernel"
        db_table = "kernel_erasedkey"
        constraints = [
            models.UniqueConstraint(fields=["table_name", "row_id", "key_sha256"], name="kernel_erasedkey_once"),
            RowSecurity(name="kernel_erasedkey_rows", app="SELECT, INSERT"),
            *append_only("kernel_erasedkey", name="kernel_erasedkey_append_only"),
        ]
