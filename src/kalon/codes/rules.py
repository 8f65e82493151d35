"""How words of diseases are compared: British and American spelling alike, and what doctors abbreviate."""

import re
import unicodedata

SHORTEST = 2
MOST_WORDS = 8

# What is written short in notes, and the words by which the classifications know it.
SHORT = {
    "ak": "actinic keratosis",
    "bcc": "basal cell carcinoma",
    "bdd": "body dysmorphic",
    "bph": "benign prostatic hyperplasia",
    "cad": "atherosclerotic heart disease",
    "ckd": "chronic kidney disease",
    "copd": "chronic obstructive pulmonary",
    "cva": "cerebral infarction",
    "dm": "diabetes mellitus",
    "dvt": "deep vein thrombosis",
    "gerd": "gastro esophageal reflux",
    "hcv": "hepatitis c",
    "hbv": "hepatitis b",
    "hs": "hidradenitis suppurativa",
    "htn": "essential hypertension",
    "ibs": "irritable bowel",
    "ihd": "ischemic heart disease",
    "mi": "myocardial infarction",
    "osa": "obstructive sleep apnea",
    "pcos": "polycystic ovarian",
    "pe": "pulmonary embolism",
    "pih": "postinflammatory hyperpigmentation",
    "ra": "rheumatoid arthritis",
    "scc": "squamous cell carcinoma",
    "sle": "systemic lupus erythematosus",
    "t1dm": "type 1 diabetes",
    "t2dm": "type 2 diabetes",
    "tb": "tuberculosis",
    "tia": "transient ischemic",
    "uti": "urinary tract infection",
}
# What patients and desks say.
PLAIN = {
    "baldness": "alopecia",
    "bruise": "contusion",
    "eczema": "dermatitis",
    "heartburn": "reflux",
    "hives": "urticaria",
    "mole": "nevus",
    "moles": "nevus",
    "wrinkles": "skin changes",
    "zoster": "herpes zoster",
    "shingles": "herpes zoster",
    "stroke": "cerebral infarction",
}
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("our", "or"), ("yse", "yze"), ("isation", "ization"))


def folded(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, without accents, one spelling for both sides of the sea."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for british, american in _SPELLINGS:
        plain = plain.replace(british, american)
    return re.findall(r"[a-z0-9]+", plain)


def looks_like_code(text: str) -> str:
    """The code that somebody begins to type, with its dot ("l57" → "L57", "l570" → "L57.0"), or nothing."""
    bare = text.strip().upper().replace(".", "").replace(" ", "")
    if not re.fullmatch(r"[A-Z][0-9][0-9A-Z]{0,5}", bare):
        return ""
    return bare if len(bare) <= 3 else f"{bare[:3]}.{bare[3:]}"


def asked(text: str) -> list[str]:
    """The words that are looked for, what is short written out; the last may still be growing."""
    known = {**SHORT, **PLAIN}
    words = [part for word in folded(text)[:MOST_WORDS] for part in folded(known.get(word, word))]
    return list(dict.fromkeys(words))
