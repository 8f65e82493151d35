# ruff: noqa: E501  (tables read better unbroken)
"""The checks are never silent, and what they say of real medicines is what a clinician expects."""

from decimal import Decimal
from time import perf_counter

import pytest

from kalon.prescribing.rules import Course, Line, Person, Step, check, load

F = load()
ADULT = Person(age=30, may_be_pregnant=False, allergy_state="NONE_KNOWN", weight_kg=Decimal(70), kidneys="NORMAL")


def line(code: str, dose: str = "1", unit: str = "tablet", frequency: str = "OD", strength: str = "", **more) -> Line:
    medicine = F.medicines[code]
    return Line(medicine.name, medicine, strength, Course(Decimal(dose), unit, frequency, **more))


def found(lines: list[Line], person: Person = ADULT) -> dict[str, str]:
    return {one.key: one.severity for one in check(lines, person)}


def person(**more) -> Person:
    from dataclasses import replace

    return replace(ADULT, **more)


def test_every_answer_says_that_the_list_is_limited():
    for lines in ([], [line("cetirizine")], [Line("Zorblax")]):
        assert check(lines, ADULT)[-1].title == "Limited list: not finding is not safe"


def test_what_is_not_known_is_said_and_never_passed_over():
    said = found(
        [Line("Zorblax forte")], person(allergy_state="KNOWN", allergies=["house dust"], taking=["the white ones"])
    )
    assert said["unchecked:medicine:zorblax-forte"] == "warn"
    assert said["unchecked:allergy:house-dust"] == "warn"
    assert said["unchecked:taken:the-white-ones"] == "warn"


@pytest.mark.parametrize(("state", "severity"), [("NOT_RECORDED", "stop"), ("UNAVAILABLE", "warn"), ("KNOWN", "warn")])
def test_allergies_that_nobody_knows_are_no_silence(state: str, severity: str):
    assert found([line("cetirizine")], person(allergy_state=state))["unchecked:allergies"] == severity


@pytest.mark.parametrize(
    ("allergy", "given", "severity"),
    [
        ("Penicillin", "amoxicillin", "stop"),
        ("penicillin", "cefalexin", "warn"),
        ("penicillin", "cefazolin", "note"),
        ("Amoxicillin", "cefadroxil", "stop"),
        ("ampicillin", "cefalexin", "stop"),
        ("ceftriaxone", "cefotaxime", "stop"),
        ("Ceftazidime", "aztreonam", "stop"),
        ("sulfa drugs", "co-trimoxazole", "stop"),
        ("sulfa drugs", "furosemide", "note"),
        ("sulfa drugs", "dapsone", "warn"),
        ("Aspirin", "ibuprofen", "stop"),
        ("Ibuprofen", "celecoxib", "warn"),
        ("NSAIDs", "paracetamol", "note"),
        ("lidocaine", "bupivacaine", "stop"),
        ("procaine", "lidocaine", "note"),
        ("Latex", "cetirizine", "note"),
        ("egg", "propofol", "note"),
        ("soya", "isotretinoin", "warn"),
        ("contrast", "povidone-iodine", "note"),
        ("povidone-iodine", "povidone-iodine", "stop"),
        ("cow's milk", "abobotulinumtoxin-a", "stop"),
        ("sulphite", "lidocaine-with-adrenaline", "warn"),
        ("Terbinafine", "terbinafine-topical", "stop"),
    ],
)
def test_an_allergy_is_seen_through_its_class(allergy: str, given: str, severity: str):
    said = [
        severity
        for key, severity in found([line(given)], person(allergy_state="KNOWN", allergies=[allergy])).items()
        if key.startswith("allergy:")
    ]
    assert said == [severity]


def test_an_allergy_to_a_free_text_medicine_stops_that_text():
    said = found([Line("Zorblax forte")], person(allergy_state="KNOWN", allergies=["zorblax"]))
    assert said["allergy:zorblax:zorblax-forte"] == "stop"


@pytest.mark.parametrize(
    ("lines", "who", "key", "severity"),
    [
        ([line("paracetamol", "2", frequency="QDS", strength="500 mg")], ADULT, "dose:paracetamol:daily", None),
        ([line("paracetamol", "3", frequency="OD", strength="500 mg")], ADULT, "dose:paracetamol:once", "stop"),
        ([line("paracetamol", "1", frequency="EVERY", strength="1000 mg", every_hours=5)], ADULT, "dose:paracetamol:daily", "stop"),
        ([line("paracetamol", "1", frequency="SOS", strength="1000 mg", most_a_day=4)], ADULT, "dose:paracetamol:daily", None),
        ([line("tramadol", "10", "mL", "OD", "50 mg/mL")], ADULT, "dose:tramadol:once", "stop"),
        ([line("lidocaine", "30", "mL", "STAT", "1 %")], person(weight_kg=Decimal(70)), "dose:lidocaine:once", None),
        ([line("lidocaine", "31", "mL", "STAT", "1 %")], person(weight_kg=Decimal(90)), "dose:lidocaine:once", "stop"),
        ([line("lidocaine", "25", "mL", "STAT", "1 %")], person(weight_kg=Decimal(50)), "dose:lidocaine:once", "stop"),
        ([line("lidocaine-with-adrenaline", "35", "mL", "STAT", "1 %")], person(weight_kg=Decimal(50)), "dose:lidocaine-with-adrenaline:once", None),
        ([line("lidocaine-with-adrenaline", "51", "mL", "STAT", "1 %")], person(weight_kg=Decimal(100)), "dose:lidocaine-with-adrenaline:once", "stop"),
        ([line("isotretinoin", "7", "capsule", "OD", "20 mg")], person(weight_kg=Decimal(70)), "dose:isotretinoin:daily", None),
        ([line("isotretinoin", "71", "mg", "BD")], person(weight_kg=Decimal(70)), "dose:isotretinoin:daily", "stop"),
        ([line("lidocaine", "5", "mL", "STAT", "1 %")], person(weight_kg=None), "weight:lidocaine:once", "warn"),
        ([line("lidocaine", "31", "mL", "STAT", "1 %")], person(weight_kg=None), "dose:lidocaine:once", "stop"),
        ([line("paracetamol", "1", strength="one")], ADULT, "unchecked:dose:paracetamol", "warn"),
        ([line("amoxicillin", "1", "capsule", strength="500 mg")], ADULT, "unchecked:maximum", "note"),
    ],
)  # fmt: skip
def test_a_dose_is_compared_with_its_maximum(lines, who: Person, key: str, severity: str | None):
    assert found(lines, who).get(key) == severity


def test_the_largest_step_of_a_taper_counts():
    steps = (Step(Decimal(2), "BD", 3), Step(Decimal(5), "QDS", 2))
    assert found([line("paracetamol", strength="500 mg", steps=steps)])["dose:paracetamol:once"] == "stop"


def test_what_is_taken_already_counts_from_any_words():
    said = check(
        [line("isotretinoin", unit="capsule", strength="20 mg")],
        person(taking=["Doxycycline 100 mg daily, from another clinic"]),
    )
    stop = next(one for one in said if one.key == "interaction:doxycycline:isotretinoin")
    assert (stop.severity, stop.mechanism) == ("stop", "Raised pressure in the skull.")
    assert "taken already" in stop.title


def test_two_that_are_both_taken_already_are_not_this_prescription():
    said = found([line("cetirizine")], person(taking=["warfarin", "ibuprofen"]))
    assert "interaction:ibuprofen:warfarin" not in said


@pytest.mark.parametrize("words", ["none", "Nil.", "no regular medicines"])
def test_nothing_taken_is_not_an_unknown_medicine(words: str):
    assert not [key for key in found([line("cetirizine")], person(taking=[words])) if "taken" in key]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ibuprofen", "diclofenac"),
        ("cetirizine", "loratadine"),
        ("omeprazole", "pantoprazole"),
        ("diazepam", "lorazepam"),
    ],
)
def test_two_that_do_the_same_are_said(one: str, other: str):
    assert found([line(one), line(other)])[f"double:{':'.join(sorted((one, other)))}"] == "warn"


def test_the_same_medicine_twice_is_said():
    assert found([line("cetirizine"), line("cetirizine")])["double:cetirizine:cetirizine"] == "warn"


def test_pregnancy_that_nobody_asked_about_is_said_where_it_matters():
    woman = person(may_be_pregnant=True, pregnancy="")
    assert found([line("isotretinoin")], woman)["pregnancy:isotretinoin"] == "warn"
    assert (
        found([line("isotretinoin")], person(may_be_pregnant=True, pregnancy="YES"))["pregnancy:isotretinoin"] == "stop"
    )
    assert "pregnancy:isotretinoin" not in found([line("isotretinoin")], person(may_be_pregnant=True, pregnancy="NO"))
    assert "pregnancy:isotretinoin" not in found([line("isotretinoin")], person(may_be_pregnant=True, age=70))


def test_stops_come_before_warnings_before_notes():
    said = check([line("isotretinoin"), line("doxycycline"), line("cetirizine"), Line("Zorblax")], ADULT)
    ranks = [["stop", "warn", "note"].index(one.severity) for one in said]
    assert ranks == sorted(ranks) and ranks[0] == 0


def test_twenty_medicines_and_fifteen_allergies_take_milliseconds():
    words = ["penicillin", "sulfa", "latex", "egg", "soy", "iodine", "dust", "nsaids", "lidocaine", "morphine", "macrolides",
             "quinolones", "bee", "milk", "steroids"]  # fmt: skip
    lines = [
        Line(one.name, one, "500 mg", Course(Decimal(1), "tablet", "TDS", 5)) for one in list(F.medicines.values())[:20]
    ]
    check(lines, ADULT)
    begun = perf_counter()
    check(lines, person(allergy_state="KNOWN", allergies=words))
    assert perf_counter() - begun < 1  # two hundred times what it takes: it only fails when something is badly wrong


@pytest.mark.parametrize(("strength", "words"), [("", "“1 tablet” has no strength beside it"), ("two", "of “two”")])
def test_a_dose_that_cannot_be_compared_says_what_is_missing(strength: str, words: str):
    said = {one.key: one.mechanism for one in check([line("paracetamol", strength=strength)], ADULT)}
    assert words in said["unchecked:dose:paracetamol"]
    assert "“”" not in said["unchecked:dose:paracetamol"]


def test_a_filler_is_not_for_looks_before_22_and_never_with_another_toxin_unsaid():
    assert found([line("hyaluronic-acid", "1", "mL")], person(age=21))["age_under:hyaluronic-acid"] == "warn"
    assert "age_under:hyaluronic-acid" not in found([line("hyaluronic-acid", "1", "mL")], person(age=22))
    two = found([line("botulinum-toxin-a", "20", "unit"), line("abobotulinumtoxin-a", "50", "unit")])
    assert two["interaction:abobotulinumtoxin-a:botulinum-toxin-a"] == "warn"
