"""The kernel's tables: the log and its seals, destroyed keys, number series, answers kept for repeats."""

from kalon.kernel.models.audit import AuditEvent, AuditSeal
from kalon.kernel.models.bookkeeping import IdempotencyKey, NumberSeries
from kalon.kernel.models.keys import ErasedKey

__all__ = ["AuditEvent", "AuditSeal", "ErasedKey", "IdempotencyKey", "NumberSeries"]
