"""A GSTIN: India's number of a business registered for goods and services tax, and the states it begins with.

Fifteen characters: state code, PAN (ten), number of the registration within the state, "Z", check character. The
check character is the public mod-36 rule: each of the first fourteen is weighed 1, 2, 1, 2 …, the quotient and the
rest by 36 are added up, and the check character brings the sum to a multiple of 36.
"""

import re

STATES = {
    "01": "Jammu and Kashmir", "02": "Himachal Pradesh", "03": "Punjab", "04": "Chandigarh", "05": "Uttarakhand",
    "06": "Haryana", "07": "Delhi", "08": "Rajasthan", "09": "Uttar Pradesh", "10": "Bihar", "11": "Sikkim",
    "12": "Arunachal Pradesh", "13": "Nagaland", "14": "Manipur", "15": "Mizoram", "16": "Tripura", "17": "Meghalaya",
    "18": "Assam", "19": "West Bengal", "20": "Jharkhand", "21": "Odisha", "22": "Chhattisgarh", "23": "Madhya Pradesh",
    "24": "Gujarat", "26": "Dadra and Nagar Haveli and Daman and Diu", "27": "Maharashtra", "29": "Karnataka",
    "30": "Goa", "31": "Lakshadweep", "32": "Kerala", "33": "Tamil Nadu", "34": "Puducherry",
    "35": "Andaman and Nicobar Islands", "36": "Telangana", "37": "Andhra Pradesh", "38": "Ladakh",
    "97": "Other territory",
}  # fmt: skip

_SHAPE = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EXAMPLE = "27ABCDE1234F1Z0"


def state_name(code: str) -> str:
    """A state as paper names it; an unknown code stands for itself."""
    return STATES.get(code, code)


def check_character(first: str) -> str:
    """The last character of a GSTIN, from its first fourteen."""
    total = 0
    for place, symbol in enumerate(first):
        quotient, rest = divmod(_SYMBOLS.index(symbol) * (1 + place % 2), 36)
        total += quotient + rest
    return _SYMBOLS[-total % 36]


def problem_of(gstin: str, *, state: str = "") -> str:
    """What is wrong with a GSTIN, in a sentence that says what to do; empty when nothing is.

    `state`: the state code it must be registered in, where that is known.
    """
    if not _SHAPE.fullmatch(gstin):
        return f"A GSTIN has 15 letters and digits, such as {EXAMPLE}. Copy it from the registration."
    if gstin[:2] not in STATES:
        return f"A GSTIN begins with the code of a state; {gstin[:2]} is none. Copy it from the registration."
    if check_character(gstin[:14]) != gstin[14]:
        return "One character of this GSTIN is mistyped: its check character does not fit. Compare it once more."
    if state and gstin[:2] != state:
        return f"This GSTIN is of {state_name(gstin[:2])}, but the state given is {state_name(state)}."
    return ""
