"""Voice: how much of what names a person is found in what was said, and how much else is taken with it.

The items are made here, from lists, spellings and templates of their own: nothing is shared with the redactor.
"""

# ruff: noqa: E501  (sentences and names read better on their lines)

import random
import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from benchmarks import _heard

SCALE = 1500

Figures = dict[str, float | int | str]

# fmt: off
FIRST = ["Aarohi", "Bhaskar", "Chandrika", "Devika", "Eklavya", "Falguni", "Girish", "Hemlata", "Indrajit", "Jayashree", "Kaushalya", "Lalita", "Madhuri", "Narendra", "Omkar", "Prerna", "Ruksana", "Sharad", "Tejaswini", "Ujwala", "Vasudha", "Yashwant", "Zubeida", "Zulfikar", "Shalini", "Mehrunissa", "Gurmeet", "Savita", "Rukmini", "Balaji", "Damodar", "Padmini", "Sulochana", "Trupti", "Waheeda", "Kamlesh", "Bhavesh", "Ashwin", "Meenakshi", "Raghunath"]
LAST = ["Wagle", "Kelkar", "Bhosale", "Gaikwad", "Thakkar", "Solanki", "Zaveri", "Merchant", "Contractor", "Vaidya", "Ranade", "Phadke", "Sawant", "Kadam", "Tendulkar", "Shaikh", "Momin", "Inamdar", "Mulla", "Ahuja", "Bajwa", "Dhillon", "Grewal", "Nambisan", "Panicker", "Eappen", "Kurien", "Lobo", "DMello", "Almeida", "Venkataramanan", "Chidambaram", "Ramaswamy", "Muthuswamy", "Annadurai", "Karunanidhi", "Bhattacharjee", "Chakraborty", "Sengupta", "Majumdar"]
UNKNOWN_FIRST = ["Snehal", "Pranali", "Tushar", "Nilofer", "Harshad", "Kunal", "Vaishnavi", "Ketki", "Mrunal", "Shantanu", "Rohini", "Yogita", "Parag", "Asmita", "Farida"]
UNKNOWN_LAST = ["Barve", "Lokhande", "Mistry", "Sonawane", "Bagchi", "Tripathi", "Rastogi", "Dalvi", "Khot", "Upadhyay", "Moghe", "Naik"]
STAFF = ("Leena Castelino", "Pratap Hattangadi", "Nusrat Bohra", "Edwin Tauro", "Sarojini Ammal", "Hrishikesh Nene")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HINDI = ("shunya", "ek", "do", "teen", "chaar", "paanch", "chhe", "saat", "aath", "nau")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
DAYS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NAMED = (
    "Good morning, I am {x} and I have come about my nose.", "So {x}, how has the swelling been since last week?",
    "{x} says the scar still itches at night.", "Namaste doctor, mera naam {x} hai, mujhe naak ka operation karna hai.",
    "We reviewed {x} today after the liposuction.", "Please tell {x} to stop smoking for four weeks.",
    "{x} ko subah se dard hai.", "I spoke with {x} about the implants.", "The consent was explained to {x} in Hindi.",
    "{x} ji, aap kal aa jaiye.", "This was discussed with {x} and she agreed.", "Did {x} take the tablets after food?",
)
STRANGER = (
    "My friend {x} had the same surgery here.", "Doctor {x} did my first operation in another city.",
    "My sister {x} will stay with me that night.", "I was sent by Mr {x} from the gym.", "Mera naam {x} hai.",
    "Mrs {x} recommended this clinic to me.", "Dr. {x} had prescribed the cream earlier.", "My husband {x} is waiting outside.",
    "We met {x} at the other hospital.", "My name is {x} and I want fillers.",
)
FRAMES = {
    "phone": ("You can reach me on {x} after six.", "Mera mobile number {x} hai.", "My number is {x}, call in the evening.",
              "Whatsapp {x} par bhej dijiye."),
    "aadhaar": ("My Aadhaar is {x} if you need it.", "Aadhaar number {x} hai mera.", "The card says {x}."),
    "email": ("Send the reports to {x} please.", "My email is {x}.", "{x} par mail kar dena."),
    "pan": ("My PAN is {x} for the bill.", "PAN number {x} likh lijiye."),
    "mrn": ("The file number is {x}.", "Open {x} please.", "Her record is {x} in the system."),
    "abha": ("My ABHA number is {x}.", "ABHA {x} hai."),
    "birth_date": ("I was born on {x} in a village.", "Date of birth is {x}.", "Her birthday is {x}."),
    "card": ("Please charge card {x} for the deposit.", "The credit card number is {x}."),
    "address": ("I live at {x} now.", "The address is {x}.", "Send the bill to {x}."),
}
PLAIN = (
    "Take paracetamol 650 mg three times a day after food for five days.", "We injected twenty units of botulinum toxin into the glabella.",
    "Two hundred and ninety five cc on the left and three hundred ten cc on the right.", "Blood pressure is one twenty over eighty, pulse seventy two.",
    "The swelling goes down in two to three weeks, and the final shape shows after a year.", "Subah ek goli aur raat ko do goli, khane ke baad.",
    "Sternal notch to nipple is 21.5 on the right and 22 on the left.", "She is thirty four years old, weighs 62 kg, and has no allergies.",
    "Surgery was on 12/03/2024 and the stitches came out at ten thirty on 19 March.", "No fever, no bleeding, no pain on the calf.",
    "Review after 14 days, then at 6 weeks, and stop aspirin ten days before.", "Dard kam hai, sujan thodi si hai, khana theek kha rahi hoon.",
    "One ml of hyaluronic filler in each nasolabial fold with a 27 gauge cannula.", "Hemoglobin 12.4, platelets 250000, sugar 98, creatinine 0.8.",
    "We plan an open rhinoplasty with a septal graft under general anaesthesia.", "Apply the ointment twice daily, one zero one, and keep it dry.",
    "Levels were 20, 30, 40 and 50 in the last four visits, 2021 to 2024.", "Her BMI is 23.4 and the neck looks tight after the lift.",
    "He smokes ten cigarettes a day and drinks on weekends.", "The scar is 4 cm long, pale and flat, a bit wider at the end.",
)
# fmt: on


@dataclass(frozen=True)
class Item:
    """One sentence; `marks` must not survive in it."""

    text: str
    kind: str
    form: str
    marks: tuple[str, ...] = ()


@dataclass
class Score:
    found: dict[str, list[int]] = field(default_factory=dict)

    def add(self, key: str, right: bool) -> None:
        self.found.setdefault(key, []).append(right)

    def of(self, key: str) -> float:
        return round(sum(self.found[key]) / len(self.found[key]), 4) if self.found.get(key) else 0.0


def spoken(digits: str, dice: random.Random, *, hindi: bool) -> str:
    """Digits as they are said: one by one, with doubles, now and then a pair; in English or Hindi."""
    if not hindi and dice.random() < 0.15 and len(digits) % 2 == 0 and "0" not in digits[::2]:
        return " ".join(_pair(int(digits[at : at + 2])) for at in range(0, len(digits), 2))
    said, at = [], 0
    while at < len(digits):
        same = 1
        while at + same < len(digits) and digits[at + same] == digits[at] and same < 3:
            same += 1
        word = (HINDI if hindi else WORDS)[int(digits[at])]
        if digits[at] == "0" and not hindi and dice.random() < 0.5:
            word = "oh"
        if same > 1 and dice.random() < 0.7:
            said.append(f"{'double' if same == 2 else 'triple'} {word}")
            at += same
        else:
            said.append(word)
            at += 1
    return (", " if dice.random() < 0.15 else " ").join(said)


def _pair(value: int) -> str:
    if value < 10:
        return f"zero {WORDS[value]}"
    if value < 20:
        return TEENS[value - 10]
    return TENS[value // 10] + (f" {WORDS[value % 10]}" if value % 10 else "")


def _digits(dice: random.Random, size: int, first: str = "123456789") -> str:
    return dice.choice(first) + "".join(dice.choice("0123456789") for _ in range(size - 1))


def _turned(left: int, right: int) -> int:
    """Two turns or flips of a pentagon, one after the other."""
    if left < 5:
        return (left + right) % 5 if right < 5 else (left + right - 5) % 5 + 5
    return (left - 5 - right) % 5 + 5 if right < 5 else (left - right) % 5


def _aadhaar(dice: random.Random) -> str:
    """Twelve digits whose last one makes the pentagon end where it began."""
    body = _digits(dice, 11, "23456789")
    swap = {0: 1, 1: 5, 2: 7, 3: 6, 4: 2, 5: 8, 6: 3, 7: 0, 8: 9, 9: 4}
    for last in "0123456789":
        state = 0
        for place, digit in enumerate(reversed(body + last)):
            value = int(digit)
            for _ in range(place % 8):
                value = swap[value]
            state = _turned(state, value)
        if state == 0:
            return body + last
    raise AssertionError("one of ten fits")


def _card(dice: random.Random) -> str:
    body = "4" + _digits(dice, 14)
    total = 0
    for place, one in enumerate(reversed(body)):
        value = int(one) * (1 if place % 2 else 2)
        total += value // 10 + value % 10
    return body + str(-total % 10)


def _grouped(text: str, sizes: tuple[int, ...], gap: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return gap.join(part for part in (*parts, text[at:]) if part)


def _letters(text: str) -> str:
    return " ".join(text.lower())


def secret(kind: str, form: str, dice: random.Random, *, hindi: bool | None = None) -> str:
    """An identifier of a kind, written or spoken; in Hindi or not, by chance where nobody says."""
    hindi = dice.random() < 0.4 if hindi is None else hindi
    if kind == "phone":
        number = _digits(dice, 10, "6789")
        if form == "spoken":
            return spoken(number, dice, hindi=hindi)
        ways = (
            number,
            _grouped(number, (5,), " "),
            "+91 " + number,
            _grouped(number, (3, 3), "-"),
            "0" + number,
            ", ".join(number),
        )
        return dice.choice(ways)
    if kind in ("aadhaar", "card", "abha"):
        number = {"aadhaar": _aadhaar, "card": _card}.get(kind, lambda d: _digits(d, 14))(dice)
        if form == "spoken":
            return spoken(number, dice, hindi=hindi)
        groups = (2, 4, 4) if kind == "abha" else (4, 4, 4)
        return dice.choice((number, _grouped(number, groups, " "), _grouped(number, groups, "-")))
    if kind == "email":
        local, host = dice.choice(UNKNOWN_FIRST).lower(), dice.choice(("gmail", "yahoo", "rediffmail", "outlook"))
        number = _digits(dice, 2)
        if form == "spoken":
            return (
                f"{local} dot {dice.choice(UNKNOWN_LAST).lower()} {spoken(number, dice, hindi=False)} at {host} dot com"
            )
        return f"{local}.{dice.choice(UNKNOWN_LAST).lower()}{number}@{host}.com"
    if kind == "pan":
        letters = "".join(dice.choice("ABCFGHJKLMNPRSTVWXYZ") for _ in range(6))
        digits = _digits(dice, 4)
        if form == "spoken":
            return f"{_letters(letters[:5])} {spoken(digits, dice, hindi=False).replace(',', '')} {letters[5].lower()}"
        return dice.choice((f"{letters[:5]}{digits}{letters[5]}", f"{letters[:5]} {digits} {letters[5]}"))
    if kind == "mrn":
        digits = "000" + _digits(dice, 3)
        return (
            f"s k {spoken(digits, dice, hindi=False)}"
            if form == "spoken"
            else dice.choice((f"SK-{digits}", f"SK {digits}"))
        )
    if kind == "birth_date":
        return _born(form, dice)
    place = f"{dice.choice(('Shivaji', 'Gandhi', 'Laxmi', 'Tilak', 'Nehru'))} {dice.choice(('Nagar', 'Road', 'Marg', 'Colony'))}"
    city = dice.choice(("Pune", "Mumbai", "Nagpur", "Kochi", "Nashik"))
    number = str(dice.randint(2, 98))
    said = _pair(int(number)) if form == "spoken" else number
    text = f"flat {'number ' if form == 'spoken' else 'no. '}{said} {place} {city}"
    return text.lower() if form == "spoken" else text


def _born(form: str, dice: random.Random) -> str:
    day = date(1950, 1, 1) + timedelta(days=dice.randrange(20000))
    if form == "written":
        return dice.choice(
            (day.strftime("%d/%m/%Y"), day.strftime("%d-%m-%Y"), f"{day.day} {MONTHS[day.month - 1]} {day.year}")
        )
    number = DAYS[day.day - 1] if day.day <= len(DAYS) else _pair(day.day)
    return (
        f"{number} {MONTHS[day.month - 1].lower()} nineteen {_pair(day.year - 1900)}"
        if day.year < 2000
        else f"{number} of {MONTHS[day.month - 1]} two thousand {WORDS[max(1, day.year - 2000)]}"
    )


def _misheard(name: str, dice: random.Random) -> str:
    """A name as a hasty hand or ear puts it down."""
    swaps = (
        ("ee", "i"),
        ("sh", "s"),
        ("th", "t"),
        ("v", "w"),
        ("w", "v"),
        ("ph", "f"),
        ("a", "aa"),
        ("i", "ee"),
        ("u", "oo"),
        ("k", "c"),
    )
    fitting = [(old, new) for old, new in swaps if old in name[1:]]
    if fitting:
        old, new = dice.choice(fitting)
        return name[0] + name[1:].replace(old, new, 1)
    at = dice.randrange(1, len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def made(scale: int) -> tuple[list[Item], dict[int, tuple[str, str]]]:
    """The items, and whose session each one is."""
    dice = random.Random(11)
    items: list[Item] = []
    people: dict[int, tuple[str, str]] = {}
    kinds = list(FRAMES)
    for number in range(scale):
        part = number % 10
        if part < 4:
            given, family = dice.choice(FIRST), dice.choice(LAST)
            people[len(items)] = given, family
            form = ("written", "spoken", "misspelt", "written")[part]
            shown = dice.choice((f"{given} {family}", given))
            if form == "misspelt":
                shown = " ".join(_misheard(one, dice) for one in shown.split())
            text = dice.choice(NAMED).format(x=shown)
            items.append(Item(text.lower() if form == "spoken" else text, "known", form, tuple(shown.split())))
        elif part == 4:
            shown = f"{dice.choice(UNKNOWN_FIRST)} {dice.choice(UNKNOWN_LAST)}"
            text = dice.choice(STRANGER).format(x=shown)
            lower = dice.random() < 0.3
            items.append(
                Item(text.lower() if lower else text, "unknown", "spoken" if lower else "written", tuple(shown.split()))
            )
        else:
            kind, form = kinds[(number // 10) % len(kinds)], dice.choice(("written", "spoken"))
            said = secret(kind, form, dice)
            items.append(Item(dice.choice(FRAMES[kind]).format(x=said), kind, form, (said,)))
    return items, people


def _gone(text: str, item: Item) -> bool:
    """Whether nothing of the secret is left: no word of a name, no three words in a row of anything else."""
    low = text.lower()
    if item.kind in ("known", "unknown"):
        return not any(mark.lower() in low for mark in item.marks)
    words = item.marks[0].lower().split()
    rows = [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))]
    return not any(row in low for row in rows)


def number(kind: str, dice: random.Random) -> str:
    """The digits of an identifier that is all digits."""
    if kind in ("aadhaar", "card"):
        return _aadhaar(dice) if kind == "aadhaar" else _card(dice)
    return _digits(dice, 14) if kind == "abha" else _digits(dice, 10, "6789")


def run(scale: int) -> Figures:
    """Redact `scale` sentences, the plain ones and every medicine and procedure; then ask the gate about each.

    With an outside voice, as many are said aloud and heard first, and a consultation is recorded from end to end.
    """
    import django

    django.setup()
    from benchmarks._notes import figures
    from kalon.config.seed.procedures import OPERATIONS, TREATMENTS
    from kalon.prescribing.rules.formulary import load
    from kalon.voice.rules.redaction import Known, allowing

    told = (*OPERATIONS, *TREATMENTS)
    drugs = [name for medicine in load().medicines.values() for name in (medicine.name, *medicine.also)]
    names = [one.name for one in told]
    allowed = allowing([*drugs, *names])
    staff = tuple(Known(f"STAFF_AAAA{at:02}", (f"Dr. {name}",)) for at, name in enumerate(STAFF))
    written = _written(scale, staff, allowed)
    stays = _stays(staff, allowed, [*drugs, *names])
    command = _heard.talker()
    after: Figures = {}
    if command is None:
        print(
            "No outside voice: name a Python with hibari-tts in KALON_BENCH_VOICE, or install espeak-ng.",
            file=sys.stderr,
        )
    else:
        terms = sorted({*names, *(one.name for one in load().medicines.values())})
        after = _aloud_figures(command, scale, staff, allowed, terms)
    return {**written, **after, **stays, "drugs_count": len(drugs), "procedures_count": len(told), **figures()}


def _written(scale: int, staff: tuple[Any, ...], allowed: frozenset[str]) -> Figures:
    """Recall per kind in text, in English, in English mixed with Hindi and in Hindi, and what the gate let pass."""
    from benchmarks import _hindi
    from kalon.voice.actions.naming import name_finder
    from kalon.voice.rules.redaction import Known, Redactor, leaks

    items, people = made(scale)
    rows = [(item, people.get(at, ("Kashmira", "Vartak"))) for at, item in enumerate(items)]
    rows += _hindi.made(scale * 2 // 5, Item, number)
    score, outbound, refused, count, took = Score(), 0, 0, 0, 0.0
    finder = name_finder()
    missed: dict[str, list[str]] = {}
    for item, (given, family) in rows:
        everybody = (Known("PATIENT_AAAAAA", (f"{given} {family}",)), *staff)
        redactor = Redactor(everybody, allowed)
        if item.kind == "unknown" and finder is not None:
            score.add("unknown_with_model", _gone(Redactor(everybody, allowed, finder=finder)(item.text).text, item))
        begun = time.process_time()
        left = redactor(item.text).text
        took += time.process_time() - begun
        count += len(item.text.split())
        right = _gone(left, item)
        if not right:
            missed.setdefault(f"{item.kind} {item.form}", []).append(f"{item.text}  →  {left}")
        if item.form.startswith("hindi"):
            score.add("hindi", right)
            score.add(f"{item.kind}_hindi", right)
            score.add(item.form, right)
        else:
            score.add(item.kind if item.kind in ("known", "unknown") else "structured", right)
            score.add(f"{item.kind}_{item.form}", right)
        held = bool(leaks(left, everybody, allowed))
        refused += held
        outbound += not held and not right and item.kind in ("known", "phone", "aadhaar", "abha", "card", "email")
    for kind, texts in missed.items():
        print(f"{kind}: {len(texts)} missed, such as: {texts[0]}", file=sys.stderr)
    return {
        "items_count": len(items), "hindi_items_count": len(rows) - len(items),
        **{f"recall_{key}": score.of(key) for key in sorted(score.found)},
        "outbound_identifiers": outbound, "refused_at_the_gate": refused, "ms_per_1000_words": round(took * 1e6 / count, 1),
    }  # fmt: skip


def _stays(staff: tuple[Any, ...], allowed: frozenset[str], names: list[str]) -> Figures:
    """What is taken of sentences that name nobody, and of medicines and procedures."""
    from benchmarks import _hindi
    from kalon.voice.rules.redaction import Known, Redactor

    redactor = Redactor((Known("PATIENT_AAAAAA", ("Kashmira Vartak",)), *staff), allowed)
    hindi = (*_hindi.PLAIN, *_hindi.ALONE, *_hindi.MIXED)
    patients = [Redactor((Known("PATIENT_AAAAAA", (f"{one[0]} {one[1]}",)), *staff), allowed) for one in _hindi.PEOPLE]
    words, words_hindi = (sum(len(text.split()) for text in texts) for texts in (PLAIN, hindi))
    lost = [
        text for name in names
        for text in (f"Please use {name} tonight.", f"aaj {name.lower()} lena hai")
        if redactor(text).text != text
    ]  # fmt: skip
    taken = sum(len(redactor(text).spans) for text in PLAIN)
    taken_hindi = sum(len(one(text).spans) for text in hindi for one in patients)
    return {
        "false_positive_words": round(taken / words, 4), "plain_words_count": words,
        "false_positive_words_hindi": round(taken_hindi / words_hindi / len(patients), 4),
        "plain_words_hindi_count": words_hindi * len(patients), "drugs_redacted": len(lost),
    }  # fmt: skip


def _aloud_figures(
    command: list[str], scale: int, staff: tuple[Any, ...], allowed: frozenset[str], terms: list[str]
) -> Figures:
    """What the packaged model hears of it all, and what is taken out of that."""
    from benchmarks import _aloud, _hindi, _noise, _stop
    from benchmarks._kept import Book
    from kalon.voice.actions.naming import name_finder
    from kalon.voice.rules.redaction import Known, Redactor

    voices = _heard.voices(command)
    book = Book(voices["en"])
    redactor = Redactor((Known("PATIENT_AAAAAA", ("Kashmira Vartak",)), *staff), allowed)
    found, talk = _heard.recognition(command, terms, book)
    plain = redactor(talk)
    found |= {
        "false_positive_words_heard": round(len(plain.spans) / len(talk.split()), 4), "heard_words_count": len(talk.split()),
        **_noise.figures(command, book),
        **_aloud.figures(_aloud.listened(command, _aloud.visits(scale), book), staff, allowed, name_finder()),
    }  # fmt: skip
    if "hi" in voices:
        found |= _hindi.aloud(command, Book(voices["hi"]), Item, number, lambda text: redactor(text).text)
    return found | {"memory_mb": _heard.memory()} | _stop.figures(command)
