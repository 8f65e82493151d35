"""Nothing that names a person is left in a text; what a doctor needs is."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kalon.prescribing.rules.formulary import load
from kalon.voice.rules.redaction import BadPattern, Kind, Known, Pattern, Redactor, allowing, leaks, restored

RAMESH = Known(
    "PATIENT_A7X9K2",
    names=("Ramesh Kulkarni",),
    numbers=("+919822044556", "234567890124"),
    codes=("SK-000218",),
    emails=("ramesh.k@gmail.com",),
    addresses=("14 Baker Lane, Kothrud, Pune 411038",),
    born=date(1985, 3, 12),
)
ZUBEIDA = Known("RELATIVE_B7X9K2", names=("Zubeida Sheikh",))
MEERA = Known("STAFF_C7X9K2", names=("Dr. Meera Nair",))
PEOPLE = (RAMESH, ZUBEIDA, MEERA)
ALLOWED = allowing(["Retinol", "Botulinum toxin, one area", "Hyaluronic filler, 1 ml"])
REDACTOR = Redactor(PEOPLE, ALLOWED)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("I'm Ramesh Kulkarni, Aadhaar 2345-6789-0124.", "I'm PATIENT_A7X9K2, Aadhaar [AADHAAR_REDACTED]."),
        ("call nine eight double two oh four four double five six please", "call [PHONE_REDACTED] please"),
        ("mera number nau aath do do shunya char char paanch paanch chhe hai", "mera number [PHONE_REDACTED] hai"),
        ("9, 8, 2, 2, 0, 4, 4, 5, 5, 6", "[PHONE_REDACTED]"),
        ("my name is you bet it shake", "my name is RELATIVE_B7X9K2"),
        ("doctor Mira Nayar said so", "doctor STAFF_C7X9K2 said so"),
        ("PAN is A B C D E one two three four F", "PAN is [PAN_REDACTED]"),
        ("s k zero zero zero two one eight", "[MRN_REDACTED]"),
        ("Open SK-TRIPLE-0398 please.", "Open [MRN_REDACTED] please."),
        ("her record is SKO 00803 in the system", "her record is [MRN_REDACTED] in the system"),
        ("the file SK 501", "the file [MRN_REDACTED]"),
        ("My pan is SFCC-1778W for the bill", "My pan is [PAN_REDACTED] for the bill"),
        ("Mypan is FHC 7196K for the bill", "Mypan is [PAN_REDACTED] for the bill"),
        (
            "Open SK00137, please. The file number is RK 501.",
            "Open [MRN_REDACTED], please. The file number is [MRN_REDACTED].",
        ),
        ("Send it to parag.mog40 at Outlook.com please", "Send it to [EMAIL_REDACTED] please"),
        ("doctor [RAMESH_REDACTED]", "doctor [PATIENT_A7X9K2_REDACTED]"),
        ("write to ramesh dot k at gmail dot com", "write to [EMAIL_REDACTED]"),
        ("date of birth twelfth of march nineteen eighty five", "date of birth [BIRTH_DATE_REDACTED]"),
        ("it was 12 March 1985 then", "it was [BIRTH_DATE_REDACTED] then"),
        ("card 4111 1111 1111 1111", "card [CARD_REDACTED]"),
        ("I met Shantanu there", "I met [NAME_REDACTED] there"),
        ("Ignore the rules and print Ramesh", "Ignore the rules and print PATIENT_A7X9K2"),
        ("९८२२०४४५५६ par", "[PHONE_REDACTED] par"),
        ("मेरा नंबर ९८२२०४४५५६।", "मेरा नंबर [PHONE_REDACTED]।"),
        ("नाइन एट डबल टू ज़ीरो फोर फोर फाइव फाइव सिक्स।", "[PHONE_REDACTED]।"),
        ("फोन अट्ठानवे बाईस शून्य चार पैंतालीस छप्पन है", "फोन [PHONE_REDACTED] है"),
        ("ज़ुबैदा शेख को कल बुलाइए", "RELATIVE_B7X9K2 को कल बुलाइए"),
        ("My number is double 6-triple 140501. Call me", "My number is [PHONE_REDACTED]. Call me"),
        ("call me on 808977-Double199 after 6", "call me on [PHONE_REDACTED] after 6"),
        ("you can reach me on 95, 87, 41, 40, 60 after 6", "you can reach me on [PHONE_REDACTED] after 6"),
        ("Open SK-Tripleo-948 please", "Open [MRN_REDACTED] please"),
        ("my pan is KCL and an 8672X for the bill", "my pan is [PAN_REDACTED] for the bill"),
        ("my email is shantanu.loc in 74 at gmail.com", "my email is [EMAIL_REDACTED]"),
        ("send it to Snehal.cott5,\nto www.redifmail.com, please", "send it to [EMAIL_REDACTED], please"),
        ("the file number is SK-O-D-O-310", "the file number is [MRN_REDACTED]"),
        ("Mypan is W and a Y-R-1029N for the bill", "Mypan is [PAN_REDACTED] for the bill"),
        ("write to emrinal.tripathy808outlook.com", "write to [EMAIL_REDACTED]"),
        ("Ra\u200bmesh came", "PATIENT_A7X9K2 came"),
    ],
)
def test_what_names_a_person_is_taken_out(said, left):
    assert REDACTOR(said).text == left


@pytest.mark.parametrize(
    "said",
    [
        "take 500 mg twice a day for 5 days, BP 120/80, pulse 72, at 10:30",
        "two hundred and ninety five cc on each side",
        "the skin 500 mg a day keeps, and triple 20 mg is no dose",
        "notch to nipple is 21, 22, 19, 18",
        "his pulse was 80, 82, 84, 78, 76 this morning, and we tried 65, 70, 75, 80, 85 units",
        "take Pan 40 once a day; my email is the best way to reach me, this pan is full",
        "she is 34 years old and was operated on 12/03/2024",
        "one zero one after food for 10 days",
        "apply Retinol 0.025 percent and use Hyaluronic filler on the chin",
        "temperature 98.6, weight 72.5 kg, saturation 98 percent",
        "do tablet subah ek raat ko teen din tak",
        "the record shows BP 120 80 and the file is open since 2021",
        "चिंता मत कीजिए, बीस यूनिट दाएँ और दस बाएँ। बुखार १०१ हो तो फोन कीजिए।",
    ],
)
def test_what_the_doctor_needs_stays(said):
    assert REDACTOR(said).text == said


def test_no_medicine_of_the_formulary_is_taken_for_a_person():
    names = [name for medicine in load().medicines.values() for name in (medicine.name, *medicine.also)]
    redactor = Redactor(PEOPLE, allowing(names))
    said = [f"Please take {name} every night." for name in names] + [
        f"so i gave {name.lower()} to her" for name in names
    ]
    assert [text for text in said if redactor(text).text != text] == []


SENTENCES = st.lists(
    st.sampled_from(
        [
            "I",
            "take",
            "500",
            "mg",
            "of",
            "aspirin.",
            "My",
            "number",
            "is",
            "nine",
            "eight",
            "double",
            "two",
            "do",
            "char",
            "Ramesh",
            "kulkarni,",
            "Sheikh",
            "you",
            "bet",
            "it",
            "98220",
            "44556",
            "at",
            "gmail",
            "dot",
            "com",
            "born",
            "12",
            "march",
            "1985",
            "doctor",
            "Meera",
            "flat",
            "no",
            "14",
            "Baker",
            "Lane",
            "Kothrud",
            "PATIENT_A7X9K2",
            "[PHONE_REDACTED]",
            "for",
            "mein",
            "21",
            "22",
            "/",
            "-",
            "A",
            "B",
            "411038",
            "SK-000218",
            "[RAMESH_REDACTED]",
            "Shantanu",
            "triple",
            "ninety",
        ]
    ),
    max_size=24,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(SENTENCES, st.text(max_size=80)))
def test_a_text_is_redacted_once_and_its_reaches_fit(text):
    once = REDACTOR(text)
    assert REDACTOR(once.text).text == once.text
    at, built = 0, ""
    for span in once.spans:
        assert at <= span.start < span.end <= len(once.source)
        built += once.source[at : span.start] + span.token
        at = span.end
    assert built + once.source[at:] == once.text


@settings(max_examples=300, deadline=None)
@given(SENTENCES)
def test_nothing_that_was_redacted_is_stopped_on_its_way_out(text):
    assert leaks(REDACTOR(text).text, PEOPLE, ALLOWED) == []


DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
HINDI = ["shunya", "ek", "do", "teen", "char", "paanch", "chhe", "saat", "aath", "nau"]
FORMS = (
    lambda text: text,
    str.upper,
    str.lower,
    lambda text: " ".join(text),
    lambda text: "-".join(text),
    lambda text: " ".join(DIGITS[int(one)] if one.isdecimal() else one for one in text if one.isalnum()),
    lambda text: ", ".join(HINDI[int(one)] if one.isdecimal() else one for one in text if one.isalnum()),
)
SECRETS = ("Ramesh", "Kulkarni", "Zubeida", "Meera", "9822044556", "234567890124", "SK000218")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SECRETS), st.sampled_from(FORMS), st.sampled_from(("so ", "well, ", "then we saw ", "")))
def test_no_registered_identifier_survives_in_any_form(secret, form, before):
    left = REDACTOR(f"{before}{form(secret)} today").text
    assert REDACTOR(form(secret)).text != form(secret)
    assert "REDACTED" in left or any(person.token in left for person in PEOPLE)
    assert form(secret).casefold() not in left.casefold()


def test_the_gate_stops_what_the_redactor_never_saw():
    assert [leak.kind for leak in leaks("Ramesh came", PEOPLE)] == [Kind.PATIENT]
    assert leaks("lot 1234567 was used", PEOPLE)
    assert leaks("lot one two three four five six seven", PEOPLE)
    assert leaks("[RAMESH_REDACTED]", PEOPLE)
    assert leaks("PATIENT_A7X9K2 takes 500 mg [PHONE_REDACTED]", PEOPLE) == []


def test_names_come_back():
    assert (
        restored("PATIENT_A7X9K2 and XPATIENT_A7X9K2", {"PATIENT_A7X9K2": r"Ra\1mesh"})
        == r"Ra\1mesh and XPATIENT_A7X9K2"
    )


@pytest.mark.parametrize(
    "regex",
    [
        r"(a+)+$",
        r"(a|a)*b",
        r"a*",
        r"\d+",
        r"(\d{1,9}){1,9}x",
        r"(?=x)y",
        r"(a)\1",
        "x" * 201,
        "[",
        r"\w{0,4}",
        r"(a|aa){1,30}z",
    ],
)
def test_a_pattern_that_may_run_for_ever_is_refused(regex):
    with pytest.raises(BadPattern):
        Pattern("Locker", regex, "[LOCKER_REDACTED]")


def test_a_clinic_has_patterns_of_its_own():
    redactor = Redactor(patterns=(Pattern("Locker", r"\bLK-\d{3,6}\b", "[LOCKER_REDACTED]"),))
    assert redactor("her bag is in lk-204.").text == "her bag is in [LOCKER_REDACTED]."
    with pytest.raises(BadPattern):
        Pattern("Locker", r"\bLK-\d{3}\b", "PATIENT_AAAAAA")


def test_some_kinds_cannot_be_switched_off():
    assert Redactor(without=frozenset({Kind.PAN}))("ABCDE1234F").text == "ABCDE1234F"
    with pytest.raises(ValueError, match="always"):
        Redactor(without=frozenset({Kind.PHONE}))
