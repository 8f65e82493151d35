"""What is said before an operation: when to be there, from when to fast, what to stop. No word of which operation.

Review before clinical use; the translations are to be read by a native speaker.
"""

from kalon.messaging.rules.known import Known, Words
from kalon.messaging.rules.wordings.samples import WHO

FIRST, LAST = "instructions-before", "instructions-tomorrow"
SAMPLE = {
    **WHO,
    "arrive": "Tuesday 24 November, 08:00",
    "food_until": "Tuesday 24 November, 04:00",
    "water_until": "Tuesday 24 November, 08:00",
    "medicines": "Fish oil: Tuesday 10 November 2026",
    "doctor": "Dr Rohan Shah",
    "branch": "Bandra",
    "address": "12 Hill Road, Mumbai",
    "phone": "+91 484 000000",
    "link": "https://clinic.example/my",
}
_WHERE = "{{ branch }}\n{{ address }}"
_SMS_END = "\n{{ link }} Tel. {{ phone }}"


def _both(said: dict[str, str]) -> dict[str, Words]:
    """The first word and that of the day before, made of the same lines."""
    body = (
        f"{said['hello']}\n\n{{opening}}\n{_WHERE}\n\n{said['food']}\n{said['water']}\n{said['stop']}\n\n"
        f"{said['escort']}\n\n{said['more']}\n{{{{ link }}}}\n\n{said['call']}\n{{{{ doctor }}}}\n{{{{ clinic }}}}"
    )
    sms = f"{{opening}}\n{said['food']}\n{said['water']}\n{said['escort']}{_SMS_END}"
    return {
        code: Words(
            said[f"{when}_subject"],
            body.replace("{opening}", said[when]),
            sms.replace("{opening}", "{{ clinic }}: " + said[when]),
        )
        for code, when in ((FIRST, "first"), (LAST, "last"))
    }


_ENGLISH = _both(
    {
        "hello": "Hello {{ name }},",
        "first_subject": "How to prepare for {{ arrive }}",
        "first": "Please be with us on {{ arrive }}.",
        "last_subject": "Tomorrow: what to do from when",
        "last": "We expect you on {{ arrive }}.",
        "food": "Eat nothing after {{ food_until }}.",
        "water": "Clear water until {{ water_until }}, then nothing.",
        "stop": "Taken for the last time: {{ medicines }}",
        "escort": "Bring your papers, and somebody who takes you home and stays the night.",
        "more": "Everything else, in your language, to read, keep or print:",
        "call": "A cold, a fever, a sore on the skin, or a question? Call us before you come: {{ phone }}.",
    }
)
HINDI = _both(
    {
        "hello": "नमस्ते {{ name }},",
        "first_subject": "{{ arrive }} की तैयारी कैसे करें",
        "first": "कृपया {{ arrive }} पर हमारे यहाँ पहुँचें।",
        "last_subject": "कल: कब से क्या करना है",
        "last": "हम {{ arrive }} पर आपकी प्रतीक्षा करेंगे।",
        "food": "{{ food_until }} के बाद कुछ न खाएँ।",
        "water": "साफ़ पानी {{ water_until }} तक, उसके बाद कुछ नहीं।",
        "stop": "आख़िरी बार लेने का दिन: {{ medicines }}",
        "escort": "अपने काग़ज़ लाएँ, और किसी को साथ लाएँ जो घर ले जाए और रात भर साथ रहे।",
        "more": "बाकी सब कुछ, आपकी भाषा में, पढ़ने, रखने या छापने के लिए:",
        "call": "ज़ुकाम, बुख़ार, त्वचा पर घाव, या कोई सवाल? आने से पहले फ़ोन करें: {{ phone }}।",
    }
)
ARABIC = _both(
    {
        "hello": "مرحبًا {{ name }}،",
        "first_subject": "كيف تستعد ليوم {{ arrive }}",
        "first": "نرجو أن تكون عندنا {{ arrive }}.",
        "last_subject": "غدًا: ماذا تفعل ومتى",
        "last": "ننتظرك {{ arrive }}.",
        "food": "لا تأكل شيئًا بعد {{ food_until }}.",
        "water": "الماء الصافي حتى {{ water_until }}، ثم لا شيء.",
        "stop": "آخر يوم تتناول فيه: {{ medicines }}",
        "escort": "أحضر أوراقك، ومن يرافقك إلى البيت ويبقى معك ليلًا.",
        "more": "كل ما عدا ذلك، بلغتك، لتقرأه أو تحفظه أو تطبعه:",
        "call": "زكام أو حرارة أو جرح في الجلد أو سؤال؟ اتصل بنا قبل أن تأتي: {{ phone }}.",
    }
)
MALAYALAM = _both(
    {
        "hello": "നമസ്കാരം {{ name }},",
        "first_subject": "{{ arrive }}: എങ്ങനെ തയ്യാറെടുക്കണം",
        "first": "ദയവായി {{ arrive }} ന് ഞങ്ങളുടെ അടുത്ത് എത്തുക.",
        "last_subject": "നാളെ: എപ്പോൾ മുതൽ എന്തു ചെയ്യണം",
        "last": "{{ arrive }} ന് ഞങ്ങൾ കാത്തിരിക്കും.",
        "food": "{{ food_until }} നു ശേഷം ഒന്നും കഴിക്കരുത്.",
        "water": "തെളിഞ്ഞ വെള്ളം {{ water_until }} വരെ, അതിനു ശേഷം ഒന്നുമില്ല.",
        "stop": "അവസാനമായി കഴിക്കേണ്ട ദിവസം: {{ medicines }}",
        "escort": "രേഖകൾ കൊണ്ടുവരിക; വീട്ടിൽ എത്തിക്കാനും രാത്രി കൂടെ നിൽക്കാനും ഒരാളെ കൂട്ടുക.",
        "more": "ബാക്കിയെല്ലാം നിങ്ങളുടെ ഭാഷയിൽ വായിക്കാനും സൂക്ഷിക്കാനും അച്ചടിക്കാനും:",
        "call": "ജലദോഷം, പനി, തൊലിയിൽ മുറിവ്, അല്ലെങ്കിൽ ചോദ്യം? വരുന്നതിനു മുമ്പ് വിളിക്കുക: {{ phone }}.",
    }
)
NAMES = {
    FIRST: "How to prepare, once an operation has its time",
    LAST: "How to prepare, the day before an operation",
}
KNOWN = tuple(
    Known(code, name, SAMPLE, waits=True, subject=words.subject, sms=words.sms, body=words.body)
    for code, name in NAMES.items()
    for words in (_ENGLISH[code],)
)
