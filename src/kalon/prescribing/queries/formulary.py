"""What the formulary calls its medicines."""

from kalon.prescribing import rules


def names_and_brands() -> list[str]:
    """Every name under which a medicine of the formulary may be spoken of, brands included."""
    return sorted({name for one in rules.load().medicines.values() for name in (one.name, *one.also)})
