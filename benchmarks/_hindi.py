"""Hindi in the benchmark of the voice: what is said in it, alone and mixed with English, and items that name somebody."""

# ruff: noqa: E501, SIM905  (sentences and numbers read better on their lines)

import random
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks import _heard
from benchmarks._kept import Book, Hearing

ALONE = (
    "नमस्ते डॉक्टर साहब, मुझे दो हफ्ते से खांसी हो रही है।",
    "रात को लेटने पर खांसी ज्यादा होती है।",
    "क्या आपको बुखार भी आता है?",
    "पहले तीन दिन बुखार था, अब नहीं है।",
    "सूजन कम हो गई है, पर रात को दर्द होता है।",
    "क्या आप कोई दवा रोज लेते हैं?",
    "सुबह नाश्ते से पहले एक गोली लेती हूँ।",
    "आपको किसी दवा से एलर्जी है?",
    "बचपन में एक दवा से दाने निकल आए थे।",
    "आपका घाव साफ है और सूख रहा है।",
    "यह दवा दिन में दो बार खाने के बाद लीजिए।",
    "पाँच दिन तक लीजिए और पानी ज्यादा पीजिए।",
    "भारी सामान मत उठाइए और धूप से बचिए।",
    "अगर बुखार आए तो तुरंत फोन कीजिए।",
    "सात दिन बाद टांके निकालने के लिए आइए।",
    "धन्यवाद डॉक्टर साहब, मैं अगले हफ्ते आऊंगी।",
)
MIXED = (
    "डॉक्टर, मुझे नाक का ऑपरेशन करवाना है, स्कार की चिंता है।",
    "Your swelling is less today. अब दर्द कैसा है?",
    "रात को एक tablet लेना, and come back after two weeks.",
    "मैंने कल से antibiotic बंद कर दी है।",
    "Please drink warm water. और धूप में मत जाइए।",
    "लेजर के बाद skin थोड़ी red हो गई थी, अब ठीक है।",
)
FRAMES = {
    "phone": ("मेरा फोन नंबर {x} है।", "आप मुझे {x} पर फोन कीजिए।", "मोबाइल नंबर लिखिए, {x}।"),
    "aadhaar": ("मेरा आधार नंबर {x} है।", "आधार {x} लिख लीजिए।"),
    "abha": ("मेरा आभा नंबर {x} है।", "आभा {x} है।"),
    "card": ("कार्ड नंबर {x} है।", "यह मेरा कार्ड है, {x}।"),
}
LATIN = {
    "phone": ("Mera phone number {x} hai.", "Aap mujhe {x} par phone kijiye."),
    "aadhaar": ("Mera Aadhaar {x} hai.", "Aadhaar number {x} likh lijiye."),
    "abha": ("Mera ABHA number {x} hai.",),
    "card": ("Card number {x} hai.", "Ye mera card hai, {x}."),
}
NAMED = ("मेरा नाम {x} है।", "{x} जी, अब दर्द कैसा है?", "आज {x} की सूजन कम है।", "{x} को कल बुलाइए।")
PEOPLE = (
    ("Sunita", "Patil", "सुनीता", "पाटिल"), ("Ramesh", "Kulkarni", "रमेश", "कुलकर्णी"), ("Savita", "Gaikwad", "सविता", "गायकवाड"),
    ("Girish", "Sawant", "गिरीश", "सावंत"), ("Madhuri", "Kadam", "माधुरी", "कदम"), ("Narendra", "Solanki", "नरेंद्र", "सोलंकी"),
    ("Lalita", "Vaidya", "ललिता", "वैद्य"), ("Zubeida", "Shaikh", "ज़ुबैदा", "शेख"), ("Omkar", "Phadke", "ओंकार", "फडके"),
    ("Shalini", "Ranade", "शालिनी", "रानडे"), ("Gurmeet", "Dhillon", "गुरमीत", "ढिल्लों"), ("Rukmini", "Tendulkar", "रुक्मिणी", "तेंदुलकर"),
)  # fmt: skip
SAID = ("शून्य", "एक", "दो", "तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ")
LOAN = ("ज़ीरो", "वन", "टू", "थ्री", "फोर", "फाइव", "सिक्स", "सेवन", "एट", "नाइन")
ROMAN = ("shunya", "ek", "do", "teen", "char", "paanch", "chhe", "saat", "aath", "nau")
PAIRS = """दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस
अड़तालीस उनचास पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ
उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी
सत्तासी अट्ठासी नवासी नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे""".split()
PLAIN = (
    "पैरासिटामोल 650 मिलीग्राम दिन में तीन बार खाने के बाद।", "सुबह एक गोली और रात को दो गोली, पाँच दिन तक।",
    "बीस यूनिट दाएँ और दस यूनिट बाएँ।", "सूजन दो तीन हफ्ते में कम होती है।", "रक्तचाप एक सौ बीस पर अस्सी है।",
    "दस दिन बाद, फिर छह हफ्ते बाद आइए।", "तापमान ९८.४ है और नाड़ी ७२।", "चौंतीस साल की हैं, वजन बासठ किलो।",
    "घाव साफ है, कोई बुखार नहीं, दर्द कम है।", "छह सेशन, चौदह दिन के अंतर से।",
)  # fmt: skip
NUMBERS = 48  # that are said aloud
HOW = ("figures", "digits", "loan", "pairs", "roman")


def numbered(digits: str, how: str, dice: random.Random) -> str:
    """Digits in Hindi: in its own figures, said one by one, in English digits of its script, in pairs, in Latin letters."""
    if how == "figures":
        size = dice.choice((len(digits), 5, 4))
        shown = digits.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
        return " ".join(shown[at : at + size] for at in range(0, len(shown), size))
    if how == "pairs":
        said = []
        for at in range(0, len(digits), 2):
            two = digits[at : at + 2]
            said.append(
                PAIRS[int(two) - 10] if two[0] != "0" and len(two) == 2 else " ".join(SAID[int(one)] for one in two)
            )
        return " ".join(said)
    words = {"digits": SAID, "loan": LOAN, "roman": ROMAN}[how]
    twice = {"digits": "डबल", "loan": "डबल", "roman": "double"}[how]
    said, at = [], 0
    while at < len(digits):
        double = digits[at : at + 2] == digits[at] * 2 and dice.random() < 0.5
        said.append(f"{twice} {words[int(digits[at])]}" if double else words[int(digits[at])])
        at += 2 if double else 1
    return " ".join(said)


def made(scale: int, item: Any, number: Any) -> list[tuple[Any, tuple[str, str]]]:
    """Items in Hindi, each with the patient whose session it is; `number` makes the digits of a kind."""
    dice = random.Random(31)
    found = []
    for at in range(scale):
        given, family, given_hi, family_hi = dice.choice(PEOPLE)
        if at % 5 == 0:
            shown = dice.choice((f"{given_hi} {family_hi}", given_hi))
            one = item(dice.choice(NAMED).format(x=shown), "known", "hindi", tuple(shown.split()))
        else:
            kind, how = tuple(FRAMES)[at % 4], HOW[at // 5 % 5]
            secret = numbered(number(kind, dice), how, dice)
            one = item(
                dice.choice((LATIN if how == "roman" else FRAMES)[kind]).format(x=secret),
                kind,
                f"hindi_{how}",
                (secret,),
            )
        found.append((one, (given, family)))
    return found


def figures_of(text: str) -> str:
    """The digits in a text, in whatever way Hindi or English writes them; a blank where other words stand."""
    found = []
    for word in re.findall(r"[a-z]+|\d+|[\u0900-\u0963\u0970-\u097f]+", text.lower()):
        number = _READ.get(word.replace("\u093c", "").replace("ँ", "ं"), "")
        found.append("".join(str(int(one)) for one in word) if word.isdecimal() else number or " ")
    return "".join(found)


_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_READ = {
    word.replace("\u093c", "").replace("ँ", "ं"): str(at)
    for words in (SAID, LOAN, ROMAN, _ENGLISH) for at, word in enumerate(words)
} | {word.replace("\u093c", ""): str(at) for at, word in enumerate(PAIRS, 10)}  # fmt: skip


def aloud(command: list[str], book: Book, item: Any, number: Any, redacted: Any) -> dict[str, float | int | str]:
    """Hindi as a robot says it and the model hears it: word errors, the language it takes it for, and what is left of numbers."""
    alone, mixed = (_of(command, book, texts) for texts in (ALONE, MIXED))
    items = [one for one, _ in made(200, item, number) if one.form in ("hindi_digits", "hindi_loan", "hindi_pairs")][
        :NUMBERS
    ]
    heard, left, languages = 0, 0, Counter((*alone.languages, *mixed.languages))
    for first in range(0, len(items), 4):
        part = items[first : first + 4]
        hearing = _of(command, book, [one.text for one in part])
        languages.update(hearing.languages)
        raw, out = figures_of(hearing.text), figures_of(redacted(hearing.text))
        for one in part:
            digits = figures_of(one.marks[0].replace("डबल ", "")).replace(" ", "")
            rows = [digits[at : at + 4] for at in range(len(digits) - 3)]
            heard += any(row in raw for row in rows)
            left += any(row in out for row in rows)
    return {
        "hindi_spoken_seconds": round(alone.seconds), "wer_hindi": _wrong(ALONE, alone.text), "mixed_spoken_seconds": round(mixed.seconds),
        "wer_mixed": _wrong(MIXED, mixed.text), "hindi_stretches_count": sum(languages.values()),
        "hindi_taken_for": ", ".join(f"{name} {count}" for name, count in languages.most_common()),
        "hindi_numbers_count": len(items), "hindi_numbers_heard": heard, "hindi_numbers_left": left,
    }  # fmt: skip


def _of(command: list[str], book: Book, texts: Sequence[str]) -> Hearing:
    return _heard.conversation(book, "hindi", texts, _heard.spoken(command, texts, "hi"))


def _wrong(said: Sequence[str], text: str) -> float:
    from rapidfuzz.distance import Levenshtein

    wanted, got = (
        re.findall(r"[a-z]+|\d+|[\u0900-\u0963\u0970-\u097f]+", one.lower()) for one in (" ".join(said), text)
    )
    return round(Levenshtein.distance(wanted, got) / len(wanted), 4)
