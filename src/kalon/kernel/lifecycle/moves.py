"""One arrow of a lifecycle, and what stands in its way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Check = Callable[[Any], str | None]  # why not yet, in words that say what to do; None when nothing is in the way


@dataclass(frozen=True, slots=True)
class Row:
    """A condition over the row's own columns, which the trigger checks too.

    `Row("plan_type", "SERIES", "SURGICAL")`: the column is one of the values; `Row("successor_id", present=True)`:
    it is filled in; `present=False`: it is empty. `column` is the column's name in the table.
    """

    column: str
    values: tuple[str, ...] = ()
    present: bool | None = None
    otherwise: str = ""

    @classmethod
    def is_in(cls, column: str, *values: str, otherwise: str = "") -> "Row":
        return cls(column, values=values, otherwise=otherwise)

    @classmethod
    def filled(cls, column: str, *, otherwise: str = "") -> "Row":
        return cls(column, present=True, otherwise=otherwise)

    def holds(self, obj: Any) -> bool:
        value = getattr(obj, self.column)
        if self.present is not None:
            return (value is not None and value != "") is self.present
        return str(value) in self.values

    def sql(self) -> str:
        if self.present is not None:
            filled = f"NULLIF(NEW.{self.column}::text, '') IS NOT NULL"
            return filled if self.present else f"NOT ({filled})"
        return f"NEW.{self.column}::text IN ({', '.join(_quoted(value) for value in self.values)})"


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow: from which states to which, who may, and what must hold first.

    `label` reads after "to" ("check the patient in"); `correction` marks the named way back from a slip: it
    needs a reason and is open for `within` after the state was entered, in Python and in SQL.
    """

    name: str
    source: tuple[str, ...]
    target: str
    label: str
    permission: str
    requires: tuple[Check, ...] = ()
    where: tuple[Row, ...] = ()
    reason_needed: bool = False
    within: timedelta | None = None
    icon: str = ""
    automatic: bool = False  # made by the system as a consequence; never drawn as a button

    @property
    def correction(self) -> bool:
        return self.within is not None

    def sql(self) -> str:
        """The arrow as a condition over OLD and NEW, written for PL/pgSQL."""
        sources = ", ".join(_quoted(state) for state in self.source)
        parts = [f"OLD.status IN ({sources}) AND NEW.status = {_quoted(self.target)}"]
        parts += [row.sql() for row in self.where]
        if self.reason_needed or self.correction:
            parts.append("NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL")
        if self.within is not None:
            parts.append(f"OLD.status_at > kalon_now() - interval '{int(self.within.total_seconds())} seconds'")
        return " AND ".join(parts)


@dataclass(frozen=True, slots=True)
class Button:
    """A move as a page draws it: pressable, or disabled with the reasons in words."""

    move: Move
    obstacles: tuple[str, ...] = ()

    @property
    def enabled(self) -> bool:
        return not self.obstacles

    @property
    def why(self) -> str:
        return " ".join(self.obstacles)


def _quoted(value: str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
