"""Pure rules of orders: the tests that are known, and how an answer is read and compared."""

from kalon.orders.rules.known import BY_CODE, KNOWN, SETS, Known, Range, groups
from kalon.orders.rules.values import bound, flag, line, value

__all__ = ["BY_CODE", "KNOWN", "SETS", "Known", "Range", "bound", "flag", "groups", "line", "value"]
