"""Invented people of the demonstration; any likeness is chance."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from kalon.patients.rules import PatientDetails

WOMEN = [
    "Ananya",
    "Aparna",
    "Divya",
    "Farah",
    "Geetha",
    "Kiran",
    "Lakshmi",
    "Leela",
    "Maria",
    "Neha",
    "Nisha",
    "Parvathy",
    "Priya",
    "Radhika",
    "Rhea",
    "Sana",
    "Sunita",
    "Tanvi",
    "Zoya",
    "Ameena",
    "Bhavna",
    "Chitra",
    "Deepa",
    "Esther",
]
MEN = [
    "Arjun",
    "Vikram",
    "Nikhil",
    "Imran",
    "Rahul",
    "Sameer",
    "Joel",
    "Kiran",
    "Abdul",
    "Basil",
    "Cyril",
    "Dev",
    "Eapen",
    "Faisal",
    "Gokul",
    "Hari",
    "Ishaan",
    "Jacob",
]
FAMILIES = [
    "Iyer",
    "Rao",
    "Pillai",
    "Joseph",
    "Khan",
    "Nair",
    "Mathew",
    "Kapoor",
    "Joshi",
    "Krishnan",
    "Fernandes",
    "Sheikh",
    "Kulkarni",
    "Bhat",
    "Varma",
    "Das",
    "Mirza",
    "Abraham",
    "Thomas",
    "George",
    "Reddy",
    "Menon",
    "Kurup",
    "Warrier",
    "Philip",
    "Zachariah",
]
SOURCES = ("A friend", "Instagram", "Google", "Walk-in", "Another doctor", "")

complaints = (
    "Acne scars on both cheeks",
    "Dark patches after pregnancy",
    "Wants to talk about the nose",
    "Hair thinning for a year",
    "Fine lines around the eyes",
    "A mole that grew",
    "Heavy upper eyelids",
    "Stretch marks on the abdomen",
)


def patients(dice: random.Random, count: int, today: date) -> Iterator[PatientDetails]:
    """Adults of every age, each with a phone number of their own."""
    for index in range(count):
        woman = dice.random() < 0.72
        yield PatientDetails(
            given_name=dice.choice(WOMEN if woman else MEN),
            family_name=dice.choice(FAMILIES),
            birth_date=today - timedelta(days=dice.randrange(21 * 365, 66 * 365)),
            gender="female" if woman else "male",
            phone=f"+9198460{20000 + index * 37:05d}",
            language=dice.choice(("en", "en", "ml", "hi")),
            referral_source=dice.choice(SOURCES),
            address={
                "line1": f"{dice.randrange(1, 90)} Church Road",
                "city": "Kochi",
                "state": "Kerala",
                "postal_code": "682036",
                "country": "IN",
            },
        )
