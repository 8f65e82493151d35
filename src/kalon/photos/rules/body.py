"""Parts of the body and sides as DICOM names them (PS3.16 Annex L, SNOMED CT codes of its context groups).

Review before clinical use.
"""

from django.db.models import TextChoices

from kalon.photos.rules.views import View


class BodyPart(TextChoices):
    """Body Part Examined (0018,0015)."""

    FACE = "FACE", "Face"
    HEAD = "HEAD", "Head"
    SCALP = "SCALP", "Scalp"
    EYE = "EYE", "Eye"
    NOSE = "NOSE", "Nose"
    EAR = "EAR", "Ear"
    NECK = "NECK", "Neck"
    BREAST = "BREAST", "Breast"
    CHEST = "CHEST", "Chest"
    ABDOMEN = "ABDOMEN", "Abdomen"
    BACK = "BACK", "Back"
    BUTTOCK = "BUTTOCK", "Buttock"
    ARM = "ARM", "Upper arm"
    HAND = "HAND", "Hand"
    THIGH = "THIGH", "Thigh"
    LEG = "LEG", "Lower leg"
    FOOT = "FOOT", "Foot"


class Laterality(TextChoices):
    """Image Laterality (0020,0062): the side of the part of the body, the patient's."""

    RIGHT = "R", "Right"
    LEFT = "L", "Left"
    UNPAIRED = "U", "Neither: in the middle"
    BOTH = "B", "Both sides"


SNOMED = {
    "FACE": "89545001", "HEAD": "69536005", "SCALP": "41695006", "EYE": "81745001", "NOSE": "45206002",
    "EAR": "117590005", "NECK": "45048000", "BREAST": "76752008", "CHEST": "816094009", "ABDOMEN": "818981001",
    "BACK": "77568009", "BUTTOCK": "46862004", "ARM": "40983000", "HAND": "85562004", "THIGH": "68367000",
    "LEG": "30021000", "FOOT": "56459004",
}  # fmt: skip

OF_PROCEDURE = {"BREAST": BodyPart.BREAST, "BODY": BodyPart.ABDOMEN, "HAIR": BodyPart.SCALP}  # by its category
OF_SIDE = {"LEFT": Laterality.LEFT, "RIGHT": Laterality.RIGHT, "BOTH": Laterality.BOTH}
OF_VIEW = {View.HEAD_TOP: BodyPart.SCALP, View.HAIRLINE: BodyPart.SCALP}

# Patient Orientation (0020,0020): which way the rows and the columns run, from where the patient is looked at.
ORIENTATION = {
    View.FRONT: ["L", "F"], View.SMILE: ["L", "F"], View.ARMS_UP: ["L", "F"], View.BACK: ["R", "F"],
    View.LEFT_45: ["LP", "F"], View.RIGHT_45: ["LA", "F"], View.LEFT_90: ["P", "F"], View.RIGHT_90: ["A", "F"],
    View.LEFT_OBLIQUE_BACK: ["PR", "F"], View.RIGHT_OBLIQUE_BACK: ["RA", "F"],
}  # fmt: skip
