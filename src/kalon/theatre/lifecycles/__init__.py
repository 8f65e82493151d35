"""States of clearances and the moves between them, as data."""

from kalon.theatre.lifecycles.clearances import (
    ARRANGE,
    CLEAR,
    CLEARANCE,
    MANAGE,
    STATE,
    VIEW,
    WAIVE,
    ClearanceStatus,
    Moment,
)

__all__ = ["ARRANGE", "CLEAR", "CLEARANCE", "MANAGE", "STATE", "VIEW", "WAIVE", "ClearanceStatus", "Moment"]
