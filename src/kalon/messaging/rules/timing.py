"""When a message may leave: quiet hours on the clock of a branch."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is written to, on a branch's clock; from equal to until means never."""

    starts: time = time(21)
    ends: time = time(8)

    def holds(self, at: time) -> bool:
        """Whether it is quiet at a time of the day."""
        if self.starts <= self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


def loud_from(instant: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The instant itself when it is not quiet there, else the end of the quiet hours it falls into (UTC).

    Where the clocks are put forward over the end, it is the same instant on the new clock.
    """
    local = instant.astimezone(zone)
    wall = local.time().replace(fold=0)
    if not quiet.holds(wall):
        return instant.astimezone(UTC)
    day = local.date() + timedelta(days=1 if wall >= quiet.ends else 0)
    return datetime.combine(day, quiet.ends.replace(fold=local.fold), tzinfo=zone).astimezone(UTC)
