"""What rows with dates share: the days on which they hold, and what of them never changes."""

from uuid import UUID

from django.contrib.postgres.fields import DateRangeField
from django.db.models import Func

from kalon.kernel.triggers import Trigger

NOWHERE = UUID(int=0)  # stands for "every branch" where NULLs would not be compared


class Days(Func):
    """From and to as one range of days, open at the end when there is none."""

    function = "daterange"
    output_field = DateRangeField()


def fixed(table: str, *columns: str, says: str) -> Trigger:
    """These columns are written once; whoever needs others ends the row and adds one that follows it."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return Trigger(
        name=f"{table}_fixed",
        events="BEFORE UPDATE",
        body=f"""
    IF ({new}) IS DISTINCT FROM ({old}) THEN
        RAISE EXCEPTION '{says}'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_fixed';
    END IF;
    RETURN NEW;""",
    )
