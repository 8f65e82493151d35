"""The standard views of clinical photographs: codes that procedures name and galleries are taken by.

The words are our own. Which views a procedure takes is the clinic's to decide; review before clinical use.
"""

VIEWS = {
    "FRONT": "Front",
    "LEFT_45": "Left, half turned",
    "RIGHT_45": "Right, half turned",
    "LEFT_90": "Left profile",
    "RIGHT_90": "Right profile",
    "BASAL": "From below",
    "BACK": "Back",
    "SMILE": "Smiling",
    "HEAD_TOP": "Top of the head",
    "HAIRLINE": "Hairline",
    "LEFT_OBLIQUE_BACK": "Back, half turned left",
    "RIGHT_OBLIQUE_BACK": "Back, half turned right",
    "ARMS_UP": "Arms raised",
    "CLOSE_UP": "Close up",
}


def unknown(codes: list[str]) -> list[str]:
    """The codes among these that are no standard view."""
    return [code for code in codes if code not in VIEWS]
