"""Lifecycles are data: one table per aggregate, from which come the guard, the buttons, the database's
trigger and seal, the history of moves, and the diagram.

    APPOINTMENT = Lifecycle("scheduling.Appointment", states=Status, initial=(...), moves=(Move(...), ...))

`APPOINTMENT.move(appointment, "check_in", by=actor)` is the only way a status changes in Python;
`Meta.constraints = [*APPOINTMENT.rules("scheduling_appointment"), …]` makes it the only way in SQL.
"""

from kalon.kernel.lifecycle.diagram import mermaid
from kalon.kernel.lifecycle.moves import Button, Check, Move, Row
from kalon.kernel.lifecycle.rules import seal_children
from kalon.kernel.lifecycle.table import REGISTRY, Lifecycle, Staged

__all__ = ["REGISTRY", "Button", "Check", "Lifecycle", "Move", "Row", "Staged", "mermaid", "seal_children"]
