"""What the formulary calls its medicines."""

from kalon.prescribing import rules


def names_and_brands() -> list[str]:
    """Every name under which a medicine of the formulary may be spoken of, brands included."""
    return sorted({name for one in rules.load().medicines.values() for name in (one.name, *one.also)})


def medicines_by_name() -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Each medicine of the formulary: its code, its name, what else it is called, and the strengths it comes in."""
    return [
        (one.code, one.name, tuple(one.also), tuple(strength for form in one.forms for strength in form.strengths))
        for one in rules.load().medicines.values()
    ]


def allergen_names() -> list[str]:
    """Every word by which a class of allergens is spoken of."""
    return sorted({name for names in rules.load().allergens.values() for name in names})


def frequencies() -> list[tuple[str, str]]:
    """How often a medicine may be taken, as it is chosen from a list."""
    return [(one.code, one.label) for one in rules.FREQUENCIES.values()]


def dose_units() -> tuple[str, ...]:
    """In what a dose is counted."""
    return rules.DOSE_UNITS
