"""The formulary loads, refuses what is not fit, and each row of its safety tables speaks and names its source."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kalon.prescribing.rules import load
from kalon.prescribing.rules.formulary import CrossRule, Flag, Interaction, Medicine, Unfit, loading
from kalon.prescribing.rules.safety import Line, Person, check

F = load()


def _case(row: Interaction | CrossRule | Flag) -> str:
    names = {Interaction: ("a", "b"), CrossRule: ("allergic_to", "given"), Flag: ("of", "kind")}[type(row)]
    return ":".join(str(getattr(row, name)) for name in names)


def _medicine(name: str, **more: tuple[str, ...]) -> Medicine:
    return Medicine(code=name.lower(), name=name, group="test", **more)


def test_there_are_at_least_two_hundred_generics_each_with_a_source():
    assert len(F.medicines) >= 200
    assert all(medicine.usual_source and medicine.usual_source.section for medicine in F.medicines.values())
    assert all(medicine.max_source for medicine in F.medicines.values() if medicine.once or medicine.daily)


@pytest.mark.parametrize("rule", F.interactions, ids=_case)
def test_each_interaction_is_found_and_names_its_source(rule: Interaction):
    one, other = _medicine("Aaa", classes=(rule.a,)), _medicine("Bbb", classes=(rule.b,))
    found = {finding.key: finding for finding in check([Line("Aaa", one), Line("Bbb", other)], Person())}
    finding = found["interaction:aaa:bbb"]
    gravest = min(
        (row for row in F.interactions if {row.a, row.b} == {rule.a, rule.b}),
        key=lambda row: ["stop", "warn", "note"].index(row.severity),
    )
    assert (finding.severity, finding.mechanism, finding.action) == (
        gravest.severity,
        gravest.mechanism,
        gravest.action,
    )
    assert rule.source.title in finding.source and str(rule.source.year) in finding.source


@pytest.mark.parametrize("rule", F.cross, ids=_case)
def test_each_cross_reaction_is_found_and_names_its_source(rule: CrossRule):
    # a formulary in which the class is known by one invented word, so that no other rule of a real allergen answers
    invented = replace(F, allergens={rule.allergic_to: ("zzyzx",)})
    given = _medicine("Aaa", allergy=() if rule.given == "*" else (rule.given,))
    person = Person(allergy_state="KNOWN", allergies=("Zzyzx",))
    finding = next(one for one in check([Line("Aaa", given)], person, invented) if one.key.startswith("allergy:"))
    assert (finding.severity, finding.mechanism) == (rule.severity, rule.mechanism)
    assert rule.source.title in finding.source


@pytest.mark.parametrize("flag", F.flags, ids=_case)
def test_each_flag_is_found_where_it_holds_and_only_there(flag: Flag):
    medicine = _medicine("Aaa", classes=(flag.of,))
    years = flag.limit or 30
    holds = {
        "pregnancy": (Person(age=30, pregnancy="YES"), Person(age=30, pregnancy="NO")),
        "breastfeeding": (Person(age=30, pregnancy="BREASTFEEDING"), Person(age=30, pregnancy="NO")),
        "renal": (Person(age=30, kidneys="REDUCED"), Person(age=30, kidneys="NORMAL")),
        "age_under": (Person(age=years - 1), Person(age=years)),
        "age_over": (Person(age=years), Person(age=years - 1)),
    }[flag.kind]
    found, elsewhere = (
        [one for one in check([Line("Aaa", medicine)], person) if one.key == f"{flag.kind}:aaa"] for person in holds
    )
    assert [one.severity for one in found] == [flag.severity] and flag.source.title in found[0].source
    assert elsewhere == []


def test_the_fifteen_high_priority_pairs_are_there():
    pairs = [
        ("phentermine", "phenelzine"), ("atazanavir", "omeprazole"), ("febuxostat", "azathioprine"),
        ("fluoxetine", "phenelzine"), ("irinotecan", "ketoconazole"), ("pethidine", "phenelzine"),
        ("amitriptyline", "phenelzine"), ("haloperidol", "moxifloxacin"), ("ramelteon", "fluvoxamine"),
        ("ritonavir", "rifampicin"), ("simvastatin", "ritonavir"), ("ergotamine", "clarithromycin"),
        ("tizanidine", "ciprofloxacin"), ("tranylcypromine", "procarbazine"), ("sumatriptan", "phenelzine"),
    ]  # fmt: skip
    for one, other in pairs:
        found = check([Line(code, F.medicines[code]) for code in (one, other)], Person())
        finding = next(row for row in found if row.key.startswith("interaction:"))
        assert "High-priority drug–drug interactions" in finding.source, (one, other)


TABLES = ("skin.csv", "interactions.csv", "cross.csv", "flags.csv")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    for file in loading.HERE.glob("*.csv"):
        shutil.copy(file, tmp_path)
    assert len(loading.read(tmp_path).medicines) == len(F.medicines)
    return tmp_path


def _spoil(shelf: Path, table: str, old: str, new: str) -> None:
    text = (shelf / table).read_text()
    assert old in text
    (shelf / table).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        ("skin.csv", "|uslabel § Dosage and administration||2 mg/kg|", "|||2 mg/kg|", "the usual dose has no source"),
        ("skin.csv", "||2 mg/kg|uslabel § Dosage and administration|", "||2 mg/kg||", "the maximum has no source"),
        ("skin.csv", "||2 mg/kg|", "||2|", "is no amount"),
        ("skin.csv", "|D10BA01|", "|10BA01|", "is no ATC code"),
        ("skin.csv", "Isotretinoin|accutane", "Isotretinoin|paracetamol", "means both"),
        ("interactions.csv", "|uslabel § Warnings and precautions", "|", "the interaction has no source"),
        ("interactions.csv", "onc2012 §", "somebody §", "is not in sources.csv"),
        ("interactions.csv", "amphetamine|maoi|stop", "amphetamines|maoi|stop", "no medicine is amphetamines"),
        ("interactions.csv", "amphetamine|maoi|stop", "amphetamine|maoi|grave", "is no severity"),
        ("cross.csv", "|aaaai2022 § Penicillin allergy", "|", "the rule has no source"),
        ("cross.csv", "|Choose another class, or have the allergy tested first.|", "||", "say why, and what to do"),
        ("flags.csv", "|uslabel § Boxed warning", "|aadacne2024", "the flag has no source"),
        ("flags.csv", "tetracycline|age_under|8|", "tetracycline|age_under||", "an age needs its years"),
        (
            "sources.csv",
            "|World Health Organization|2008",
            "|World Health Organization|",
            "needs title, publisher and year",
        ),
    ],
)
def test_an_unfit_row_does_not_load(shelf: Path, table: str, old: str, new: str, says: str):
    _spoil(shelf, table, old, new)
    with pytest.raises(Unfit, match=says):
        loading.read(shelf)
