"""Which records were erased: kept so that a restored backup erases them again."""

from django.db import models

from kalon.kernel import clock
from kalon.kernel.ids import uuid7
from kalon.kernel.rows import RowSecurity
from kalon.kernel.triggers import Trigger, append_only


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


def goes_with_proof(table: str) -> Trigger:
    """The key of a row is destroyed only once its tombstone says so: no deletion without its proof."""
    return Trigger(
        name=f"{table}_proven",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.data_key IS NULL AND OLD.data_key IS NOT NULL
        AND NOT EXISTS (SELECT FROM kernel_erasedkey WHERE table_name = '{table}' AND row_id = OLD.id) THEN
        RAISE EXCEPTION 'a key is destroyed with its proof, by the verb that deletes'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_proven';
    END IF;
    RETURN NEW;""",
    )
