"""A million people who never existed: names as frequent as they are, the same ones at every run.

Common names follow a power law of their rank, as surnames do; a fifth of the names come from a long tail built
of syllables, so that a million people do not share two hundred names.
"""

# ruff: noqa: SIM905  (names read better as a text than as a list)

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

GIVEN = """Mohammed Priya Rahul Lakshmi Anjali Arun Fatima Deepa Suresh Meera Rajesh Sunita Vijay Kavya Amit Pooja Anil
Divya Sanjay Sneha Ramesh Anita Manoj Neha Joseph Mary Abdul Aisha Ravi Geetha Krishna Radha Ajay Swati Vikram Asha
Thomas Maria John Sarah Kiran Nisha Ganesh Usha Sandeep Rekha Ashok Shanti Dinesh Kavita Mahesh Jyoti Prakash Seema
Vinod Shobha Gopal Lata Mohan Padma Harish Latha Naveen Sudha Nikhil Bindu Arjun Leela David Elizabeth Michael Anna
James Catherine Robert Susan William Margaret George Linda Peter Emma Daniel Olivia Imran Zainab Yusuf Khadija Salman
Nasreen Farhan Shabana Gurpreet Harpreet Manpreet Simran Jaswinder Balwinder Karthik Revathi Senthil Kamala Murugan
Valli Balasubramanian Parvathi Venkatesh Saraswati Srinivas Padmavathi Siddharth Ishita Rohan Tanvi Aarav Saanvi Vihaan
Ananya Aditya Diya Ishaan Myra Dhruv Kiara Oommen Annamma Varkey Mariamma Kuriakose Aleyamma Eapen Rosamma""".split()

FAMILY = """Kumar Singh Devi Sharma Khan Nair Das Patel Reddy Rao Gupta Thomas Joseph Menon Pillai Iyer Verma Yadav
Mishra Pandey Shaikh Ansari Begum Kaur Gill Sandhu Chauhan Rathore Jain Shah Mehta Desai Joshi Kulkarni Deshpande Patil
Shinde Jadhav Pawar More Naidu Chowdhury Banerjee Chatterjee Mukherjee Ghosh Bose Dutta Sen Roy Sarkar Mondal Biswas
Saha Paul Varghese Mathew George Kurian Chacko Philip Jacob Abraham John Cherian Kurup Nambiar Namboothiri Warrier
Krishnan Subramanian Venkataraman Srinivasan Raghavan Natarajan Sundaram Murthy Hegde Shetty Kamath Pai Bhat Gowda
Fernandes Pereira DSouza Rodrigues Pinto Smith Johnson Williams Brown Jones Miller Davis Wilson Taylor Clark Walker
Wright Robinson Thompson White Harris Martin Rahman Hussain Ahmed Ali Syed Qureshi Siddiqui Pathan Kapoor Malhotra
Khanna Chopra Bhatia Arora Sethi Mehra Agarwal Goel Bansal Mittal Singhania Tiwari Dubey Trivedi Shukla
Chaturvedi""".split()

HEADS = """Aru Bala Chin Deva Ela Gopa Hari Indu Jaya Kala Kuru Lali Mani Madhu Nanda Nila Pala Puru Raja Rama Sita Siva
Suka Thiru Tara Uma Vasu Veera Yada Mar Bren Ed Har Win Ash Brad""".split()
MIDDLES = ["", "na", "ku", "man", "li", "ve", "ra", "dha", "shi", "mo", "gna", "ppa", "tha", "nge"]
TAILS_GIVEN = "n ni sh mathi priya mol kanth rajan vathi selvi deep jit preet kumari nath ya lyn".split()
TAILS_FAMILY = "nathan kar wal mani varma rajan patti palli ngal than swamy kutty ppan dasan ton ley ford son".split()

ONE_IN = 5  # names of the long tail
LETTERS = "aeiou"


def _weights(names: list[str]) -> list[float]:
    return list(accumulate(1 / rank**0.85 for rank in range(1, len(names) + 1)))


GIVEN_WEIGHTS, FAMILY_WEIGHTS = _weights(GIVEN), _weights(FAMILY)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented."""

    number: int
    given: str
    family: str
    born: date
    phone: str

    @property
    def mrn(self) -> str:
        return f"SK-{self.number:06d}"


def person(number: int) -> Person:
    """The person of that number, always the same one."""
    dice = random.Random(number)
    return Person(
        number,
        _name(dice, GIVEN, GIVEN_WEIGHTS, TAILS_GIVEN),
        _name(dice, FAMILY, FAMILY_WEIGHTS, TAILS_FAMILY),
        date(1936, 1, 1) + timedelta(days=dice.randrange(32_500)),
        f"+91{dice.choice('6789')}{dice.randrange(10**9):09d}",
    )


def misspelt(word: str, dice: random.Random) -> str:
    """One slip of the pen behind the first letter: two letters swapped, one lost, a vowel changed, one doubled."""
    at = dice.randrange(1, max(2, len(word) - 1))
    slip = dice.choice(("swap", "drop", "vowel", "double"))
    if slip == "swap" and len(word) > 3 and word[at] != word[at + 1 : at + 2]:
        return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    if slip == "drop" and len(word) > 4:
        return word[:at] + word[at + 1 :]
    places = [index for index, letter in enumerate(word) if index and letter in LETTERS]
    if slip != "double" and places:
        at = dice.choice(places)
        return word[:at] + dice.choice([vowel for vowel in LETTERS if vowel != word[at]]) + word[at + 1 :]
    return word[:at] + word[at] + word[at:]


def _name(dice: random.Random, common: list[str], weights: list[float], tails: list[str]) -> str:
    if dice.randrange(ONE_IN) == 0:
        return dice.choice(HEADS) + dice.choice(MIDDLES) + dice.choice(tails)
    return common[bisect(weights, dice.random() * weights[-1])]
