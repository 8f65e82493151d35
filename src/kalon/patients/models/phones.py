"""Phone numbers: stored in international form, shown the way people write them."""

import phonenumbers


def readable_phone(number: str) -> str:
    """A stored number as people write it: +91 98470 55218."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
