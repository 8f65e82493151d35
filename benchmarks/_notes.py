"""Notes drafted from scripted consultations, beside notes that were written of them by hand.

The consultations and their notes are invented and kept here, by the same hand that wrote the drafter's cues: real speech
scores lower, and compares only with itself.
"""

# ruff: noqa: E501  (sentences read better on their lines)

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

Figures = dict[str, float | int | str]


@dataclass(frozen=True)
class Script:
    """What was said, the note that a person wrote of it, and the facts in it."""

    said: str
    note: str
    medicines: tuple[tuple[str, str, str, int | None], ...] = ()  # new ones: name, strength, frequency, days
    not_given: tuple[str, ...] = ()
    allergies: tuple[tuple[str, bool], ...] = ()
    days: int | None = None


SCRIPTS = (
    Script(
        "Good afternoon, please have a seat. What can I do for you? I have had dark patches on both my cheeks for about two years and they get worse in the sun. "
        "Did anything start it? It began after my second pregnancy. Have you used any creams? I used a steroid cream from the chemist for six months but I stopped it. "
        "Are you pregnant now? No. Do you have any allergies? No. Do you use sunscreen? Not every day. Let me have a look. "
        "On examination there are brown patches over both cheeks and the bridge of the nose with no redness. The skin is type four. I think this is melasma, mixed type. "
        "We will start with a cream and three sessions of peeling, four weeks apart. Apply hydroquinone at night for eight weeks. Use sunscreen every morning, even indoors. "
        "Do not use the steroid cream again. There is a risk of darkening if you go into the sun after the peel. Come back in four weeks.",
        "Dark patches on both cheeks for two years, worse in the sun. Began after second pregnancy. Used a steroid cream for six months, stopped. Not pregnant. No allergies. Does not use sunscreen every day.\n"
        "Brown patches over both cheeks and bridge of nose, no redness. Skin type four.\nMelasma, mixed type.\n"
        "Hydroquinone at night for eight weeks. Three sessions of peeling, four weeks apart. Sunscreen every morning. No steroid cream. Risk of darkening in the sun explained. Review in four weeks.",
        (("Hydroquinone", "", "HS", 56), ("Sunscreen", "", "OD", None)), (), (("", True),), 28,
    ),
    Script(
        "Hello, how are you today? I am fine doctor. I want to talk about my nose. I have had a bump since I was a teenager and I cannot breathe through the left side. "
        "Any injury? I broke it playing cricket ten years ago. Do you smoke? No, never. Are you taking any blood thinners? I take aspirin 75 mg once a day. "
        "Are you allergic to anything? Yes, penicillin, it gave me a rash as a child. Okay. I can see a dorsal hump and the tip is a bit droopy. The septum is deviated to the left. Skin is thick. "
        "This is a deviated septum with a dorsal hump. We will do an open septorhinoplasty under general anaesthesia. Stop the aspirin ten days before surgery. "
        "We need blood tests and an anaesthetist's fitness. The swelling settles over a year. The risks are bleeding, infection and a revision. I will see you in two weeks with the reports. Thank you doctor.",
        "Bump on the nose since teenage, cannot breathe through the left side. Broke nose playing cricket ten years ago. Never smoked. Takes aspirin 75 mg once a day. Allergic to penicillin, rash as a child.\n"
        "Dorsal hump, droopy tip, septum deviated to the left, thick skin.\nDeviated septum with dorsal hump.\n"
        "Open septorhinoplasty under general anaesthesia. Stop aspirin ten days before surgery. Blood tests and anaesthetist's fitness. Swelling settles over a year. Risks of bleeding, infection and revision explained. See in two weeks with reports.",
        (), ("Acetylsalicylic acid",), (("penicillin", False),), 14,
    ),
    Script(
        "Come in. It is one week since your tummy tuck, how do you feel? The pain is much better but I feel tight when I stand. Any fever? No. Any discharge from the wound? No, it is dry. "
        "Are you passing urine normally? Yes. Let me examine you. The wound is clean and dry and the stitches are in place. There is mild swelling on the left side, no redness and no collection. "
        "Temperature is 98.4 and pulse is 76. This is normal for one week, you are healing well. Continue the garment for five more weeks. "
        "Take paracetamol 650 mg twice daily for three days. Take pantoprazole 40 mg once a day for three days. You can stop the antibiotics. "
        "Do not lift anything heavy for six weeks. Walk every day. Call us if there is fever or a sudden swelling. Come back after seven days for the stitches.",
        "One week since tummy tuck. Pain much better, feels tight when standing. No fever. No discharge from the wound.\n"
        "Wound clean and dry, stitches in place. Mild swelling on the left side, no redness, no collection. Temperature 98.4, pulse 76.\nNormal for one week, healing well.\n"
        "Garment for five more weeks. Paracetamol 650 mg twice daily for three days. Pantoprazole 40 mg once a day for three days. Stop antibiotics. No heavy lifting for six weeks. Walk every day. Call if fever or sudden swelling. Back after seven days for the stitches.",
        (("Paracetamol", "650 mg", "BD", 3), ("Pantoprazole", "40 mg", "OD", 3)), (), (), 7,
    ),
    Script(
        "Good morning. So what is bothering you? My hair has been falling for eight months and the front is thinner. My father is bald. Have you had any illness? I had dengue in March. "
        "Do you have thyroid trouble? No. Any medicines? I take vitamin tablets. On examination there is thinning at the crown and the hairline is receding at the temples. The scalp is clean with no scaling. "
        "It looks like androgenetic alopecia, grade three, with some shedding after the fever. We should do a blood test for iron, vitamin D and thyroid. "
        "Apply minoxidil 5 percent twice a day. Start finasteride 1 mg once a day for three months. I will explain the side effects: in a few men it lowers the desire, and it goes when you stop. "
        "We can do six sessions of PRP, one each month. The results take at least four months. Review after three months.",
        "Hair falling for eight months, front thinner. Father bald. Dengue in March. No thyroid trouble. Takes vitamin tablets.\n"
        "Thinning at the crown, hairline receding at the temples. Scalp clean, no scaling.\nAndrogenetic alopecia, grade three, with shedding after fever.\n"
        "Blood test for iron, vitamin D and thyroid. Minoxidil 5 percent twice a day. Finasteride 1 mg once a day for three months. Side effects explained. Six sessions of PRP, one each month. Results take four months. Review after three months.",
        (("Minoxidil", "5 %", "BD", None), ("Finasteride", "1 mg", "OD", 90)), (), (), 90,
    ),
    Script(
        "Hi, nice to see you again. I would like something for the lines on my forehead and between my eyebrows. I look angry in photographs. Have you had botulinum before? Yes, last year, it lasted four months. "
        "Any problems with it? No. Are you breastfeeding? No. Do you have any muscle disease? No. Raise your eyebrows for me. There are deep frown lines and moderate forehead lines, the brows are symmetrical. "
        "These are dynamic lines, you are a good candidate. We will inject twenty units into the glabella and ten units into the forehead. The effect starts after four days and lasts three to four months. "
        "You may get a small bruise or a headache. Don't lie down for four hours and don't rub the area. No gym today. I'll see you after two weeks for a touch up.",
        "Lines on the forehead and between the eyebrows, looks angry in photographs. Botulinum last year, lasted four months, no problems. Not breastfeeding. No muscle disease.\n"
        "Deep frown lines, moderate forehead lines, brows symmetrical.\nDynamic lines, good candidate.\n"
        "Twenty units into the glabella and ten units into the forehead. Effect starts after four days and lasts three to four months. Small bruise or headache possible. Do not lie down for four hours, do not rub the area. No gym today. Touch up after two weeks.",
        (), (), (), 14,
    ),
    Script(
        "Hello. I have pimples on my face and back since college and now they leave marks. They are painful before my periods. Have you taken anything? I was taking doxycycline last year but it upset my stomach. "
        "Are your periods regular? Yes. Are you planning a pregnancy? No. Any drug allergy? I am allergic to sulfa drugs. On examination there are papules and pustules on the cheeks and the chin, and red scars on both cheeks. No cysts. "
        "This is moderate acne with post inflammatory marks. I will prescribe azithromycin 500 mg once daily for three days. Apply benzoyl peroxide in the morning and adapalene at night for twelve weeks. "
        "It can dry the skin at first. Do not squeeze them. Wash the face twice with a mild wash. Come back after six weeks.",
        "Pimples on face and back since college, now leave marks. Painful before periods. Doxycycline last year upset stomach. Periods regular. Not planning a pregnancy. Allergic to sulfa drugs.\n"
        "Papules and pustules on cheeks and chin, red scars on both cheeks. No cysts.\nModerate acne with post inflammatory marks.\n"
        "Azithromycin 500 mg once daily for three days. Benzoyl peroxide in the morning and adapalene at night for twelve weeks. May dry the skin at first. Do not squeeze. Wash face twice with a mild wash. Back after six weeks.",
        (("Azithromycin", "500 mg", "OD", 3), ("Benzoyl peroxide", "", "OD", None), ("Adapalene", "", "HS", 84)),
        ("Doxycycline",), (("sulfa drugs", False),), 42,
    ),
)  # fmt: skip


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def rouge_1(made: str, wanted: str) -> float:
    """F1 of the words that both have, as often as both have them."""
    left, right = Counter(words_of(made)), Counter(words_of(wanted))
    return _f1(sum((left & right).values()), sum(left.values()), sum(right.values()))


def rouge_lsum(made: str, wanted: str) -> float:
    """F1 of the union of the longest common subsequences of each wanted sentence with the made ones."""
    mine = [words_of(part) for part in re.split(r"[.\n]+", made) if words_of(part)]
    theirs = [words_of(part) for part in re.split(r"[.\n]+", wanted) if words_of(part)]
    left, right = Counter(word for part in mine for word in part), Counter(word for part in theirs for word in part)
    hits = 0
    for sentence in theirs:
        places = sorted({at for part in mine for at in _common(sentence, part)})
        for at in places:
            word = sentence[at]
            if left[word] > 0 and right[word] > 0:
                hits, left[word], right[word] = hits + 1, left[word] - 1, right[word] - 1
    return _f1(hits, sum(map(len, mine)), sum(map(len, theirs)))


def _common(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """The places of the left side that stand in the longest common subsequence."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row, one in enumerate(left, 1):
        for column, other in enumerate(right, 1):
            table[row][column] = (
                table[row - 1][column - 1] + 1 if one == other else max(table[row - 1][column], table[row][column - 1])
            )
    row, column, places = len(left), len(right), []
    while row and column:
        if left[row - 1] == right[column - 1]:
            places.append(row - 1)
            row, column = row - 1, column - 1
        elif table[row - 1][column] >= table[row][column - 1]:
            row -= 1
        else:
            column -= 1
    return places


def _f1(hits: int, made: int, wanted: int) -> float:
    return 2 * hits / (made + wanted) if hits else 0.0


def figures() -> Figures:
    """Draft each consultation, compare it with its note and its facts, and have faults of a model found."""
    from kalon.voice.actions.drafting import vocabulary
    from kalon.voice.rules.drafting import drafted
    from kalon.voice.rules.lines import Line

    known = vocabulary()
    firsts, longest, kept, sourced, statements = [], [], 0, 0, 0
    right, asked, invented = 0, 0, 0
    for script in SCRIPTS:
        lines = _spoken(script.said, Line)
        body = drafted(lines, known)
        texts = [line for section in body["sections"].values() for line in section]
        made = "\n".join(line["text"] for line in texts)
        firsts.append(rouge_1(made, script.note))
        longest.append(rouge_lsum(made, script.note))
        statements += len(texts)
        sourced += sum(bool(line["sources"]) for line in texts)
        kept += sum(line["text"].lower() in script.said.lower() for line in texts)
        hits, of, more = _facts(body, script)
        right, asked, invented = right + hits, asked + of, invented + more
    seconds, words = _ten_minutes(known, drafted, Line)
    caught, planted, false = _faults(known, Line)
    return {
        "notes_count": len(SCRIPTS), "statements_count": statements, "rouge1": round(100 * mean(firsts), 1),
        "rougeLsum": round(100 * mean(longest), 1), "statements_with_source": round(sourced / statements, 4),
        "statements_word_for_word": round(kept / statements, 4), "facts_count": asked, "facts_right": round(right / asked, 4),
        "facts_invented": invented, "draft_words_10min": words, "draft_seconds_10min": round(seconds, 3),
        "faults_count": planted, "faults_flagged": round(caught / planted, 4), "faithful_flagged": false,
    }  # fmt: skip


def _spoken(text: str, line: Any) -> list[Any]:
    """A consultation as a listener writes it down: lines of some twenty words, 150 words a minute."""
    words, lines = text.split(), []
    for at in range(0, len(words), 20):
        part = words[at : at + 20]
        lines.append(line(at * 400, (at + len(part)) * 400, " ".join(part)))
    return lines


def _facts(body: dict[str, Any], script: Script) -> tuple[int, int, int]:
    """How many facts are there as they should be, of how many; and new medicines that nobody prescribed."""
    new = {
        (one["name"], one["strength"], one["frequency"], one["days"]) for one in body["medicines"]
        if not (one["negated"] or one["stopped"] or one["current"] or one["flags"])
    }  # fmt: skip
    off = {one["name"] for one in body["medicines"] if one["negated"] or one["stopped"] or one["current"]}
    told = {(one["substance"].lower(), one["negated"]) for one in body["allergies"]}
    days = body["follow_up"]["in_days"] if body["follow_up"] else None
    hits = len(new & set(script.medicines)) + len(off & set(script.not_given)) + len(told & set(script.allergies))
    asked = len(script.medicines) + len(script.not_given) + len(script.allergies) + 1
    return hits + (days == script.days), asked, len({one[0] for one in new} - {one[0] for one in script.medicines})


def _ten_minutes(known: Any, drafted: Any, line: Any) -> tuple[float, int]:
    text = " ".join(script.said for script in SCRIPTS)
    while len(text.split()) < 1_500:
        text = f"{text} {text}"
    words = text.split()[:1_500]
    lines = _spoken(" ".join(words), line)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        drafted(lines, known)
        took.append(time.perf_counter() - began)
    return median(took), len(words)


def _faults(known: Any, line: Any) -> tuple[int, int, int]:
    """A model's answers with one fault each: how many are flagged, of how many; and flags on the faithful ones."""
    from kalon.voice.rules.drafting import checked

    blank = dict.fromkeys(
        ("chief_complaint", "history_of_present_illness", "subjective", "objective", "assessment", "plan"), ""
    )
    caught = planted = false = 0
    for script in SCRIPTS:
        lines = _spoken(script.said, line)
        faithful = [
            _medicine(name, strength, {"OD": "once a day", "BD": "twice a day", "HS": "at night"}[often], f"{days} days" if days else "")
            for name, strength, often, days in script.medicines
        ]  # fmt: skip

        def flags(lines: Any = lines, **parts: Any) -> list[str]:
            answer = {**blank, "prescriptions": [], "allergies_mentioned": [], "follow_up_days": None, **parts}
            body = checked(answer, lines, known)
            shown = [one for section in body["sections"].values() for one in section]
            items = [*body["medicines"], *body["allergies"], *([body["follow_up"]] if body["follow_up"] else [])]
            return [flag for one in (*shown, *items) for flag in one["flags"] if flag != "SAID_DIFFERENTLY"]

        false += len(flags(prescriptions=faithful, follow_up_days=script.days))
        faults: list[dict[str, Any]] = [
            {"prescriptions": [_medicine("Tramadol", "50 mg", "twice a day", "5 days")]},
            {"plan": "Start ciprofloxacin 500 mg twice daily."}, {"subjective": "She denies chest pain."},
            {"follow_up_days": (script.days or 0) + 3}, {"allergies_mentioned": ["Latex"]},
            *({"prescriptions": [{**one, "dosage": "975 mg"}]} for one in faithful),
            *({"prescriptions": [{**one, "frequency": "four times a day"}]} for one in faithful),
            *({"plan": f"Do not take {one['medicine_name']}."} for one in faithful),
            *({"prescriptions": [_medicine(name, "10 mg", "once a day", "")]} for name in script.not_given),
        ]  # fmt: skip
        planted += len(faults)
        caught += sum(bool(flags(**fault)) for fault in faults)
    return caught, planted, false


def _medicine(name: str, dosage: str, frequency: str, duration: str) -> dict[str, str]:
    return {"medicine_name": name, "dosage": dosage, "frequency": frequency, "duration": duration, "instructions": ""}
