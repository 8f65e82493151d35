"""A consent that is said aloud: the sentence that is read out, and what counts as a recording of it."""

from kalon.consents.rules.signing import Role

# Review before clinical use: whether spoken consent is enough for a recording is for a lawyer of the clinic to say.
SENTENCES = {
    "en": "My name is {patient}. I agree that this visit at {clinic} is recorded and written down for my file. "
    "I know that I can withdraw this at any time.",
    "hi": "मेरा नाम {patient} है। मेरी सहमति है कि {clinic} में इस मुलाक़ात की आवाज़ रिकॉर्ड की जाए और मेरे रिकॉर्ड के लिए "
    "लिखी जाए। मुझे पता है कि यह सहमति मैं कभी भी वापस ले सकता या सकती हूँ।",
}
MOST_SOUND = 3 * 1024 * 1024  # bytes
LEAST_MS, MOST_MS = 2_000, 60_000
LOUD = 0.01  # of full scale: less is silence
SAID_BY, HEARD_BY = Role.PATIENT, Role.STAFF


def sentence(language: str, *, patient: str, clinic: str) -> str:
    """What the patient reads out, in the language of the consent where there is one, else in English."""
    return SENTENCES.get(language, SENTENCES["en"]).format(patient=patient, clinic=clinic)


def container_of(content: bytes) -> str:
    """What the bytes of a recording begin as; empty where they are no sound that a browser records."""
    head = content[:64]
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head:
        return "audio/webm"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    if head[:4] == b"OggS":
        return "audio/ogg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    return ""
