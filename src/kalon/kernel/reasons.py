"""Why somebody did something: written by whoever does it, kept with what was done."""

from kalon.kernel.errors import Invalid

LONGEST = 500


def reason_given(text: str, do: str) -> str:
    """The reason as it is kept, at most 500 characters, or a refusal that asks for one; `do`: "refund the money"."""
    if not (why := text.strip()):
        raise Invalid(f"Write why, to {do}.", field="reason")
    if len(why) > LONGEST:
        raise Invalid(f"Write the reason in at most {LONGEST} characters.", field="reason")
    return why
