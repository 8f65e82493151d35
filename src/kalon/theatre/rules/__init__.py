"""Words and times of the theatre; none of it touches a table."""

from kalon.kernel.errors import Invalid
from kalon.theatre.rules.charges import Used, beyond

__all__ = ["LONGEST", "Used", "beyond", "needed"]

LONGEST = 4000


def needed(text: str, *, field: str, otherwise: str) -> str:
    """Text that must be there, without blanks at its ends."""
    said = text.strip()
    if not said:
        raise Invalid(otherwise, field=field)
    if len(said) > LONGEST:
        raise Invalid(f"This is too long; keep it under {LONGEST:,} characters.", field=field)
    return said
