"""What stands around the words of a consent, in the languages that the texts of Kalon come in.

Whoever reads the form in Hindi is not asked in English whether they read it. Review before clinical use.
"""

from collections.abc import Mapping

FRAME: Mapping[str, Mapping[str, str]] = {
    "en": {
        "lang": "en", "section": "Section", "of": "of", "read": "I have read this part",
        "initials": "Your initials", "initials_hint": "They say that you read this part and understood it.",
        "ask": "Ask", "about": "about this", "answered": "You get the answer before you sign",
        "question": "Your question", "send": "Ask", "sign": "Sign", "sign_consent": "Sign consent",
        "confirm": "Please confirm", "finger": "Sign with your finger", "clear": "Clear",
        "typed": "Your typed name is your signature.", "cannot": "I cannot sign, type my name",
        "by_code": "Sign with a code instead", "until": "You can change your mind until we start.",
        "may_refuse": "You can say no. Then leave this page, or tell us. You can also change your mind after signing.",
    },
    "hi": {
        "lang": "hi", "section": "भाग", "of": "/", "read": "मैंने यह भाग पढ़ लिया है",
        "initials": "आपके नाम के पहले अक्षर", "initials_hint": "इनका मतलब है कि आपने यह भाग पढ़ा और समझा।",
        "ask": "", "about": "से इस बारे में पूछें", "answered": "दस्तख़त से पहले आपको जवाब मिलेगा",
        "question": "आपका सवाल", "send": "पूछें", "sign": "दस्तख़त", "sign_consent": "सहमति पर दस्तख़त करें",
        "confirm": "कृपया पुष्टि करें", "finger": "अपनी उँगली से दस्तख़त करें", "clear": "मिटाएँ",
        "typed": "लिखा हुआ नाम ही आपका दस्तख़त है।", "cannot": "दस्तख़त नहीं कर सकते? अपना नाम लिखें",
        "by_code": "इसकी जगह कोड से दस्तख़त करें", "until": "हमारे शुरू करने तक आप अपना फ़ैसला बदल सकते हैं।",
        "may_refuse": "आप मना कर सकते हैं। तब यह पन्ना छोड़ दें या हमें बताएँ। दस्तख़त के बाद भी आप अपना फ़ैसला बदल सकते हैं।",
    },
}  # fmt: skip


def frame(language: str) -> Mapping[str, str]:
    """The words around a text in its language; in English where nobody has translated them."""
    return FRAME.get(language, FRAME["en"])
