"""A GSTIN is checked character by character."""

import pytest

from kalon.kernel.gstin import EXAMPLE, STATES, check_character, problem_of, state_name


@pytest.mark.parametrize("right", ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4", EXAMPLE])
def test_a_right_one_passes(right: str):
    assert problem_of(right) == ""
    assert problem_of(right, state=right[:2]) == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("", "15 letters and digits"),
        ("27AAPFU0939F1Z", "15 letters and digits"),
        ("27aapfu0939f1zv", "15 letters and digits"),
        ("27AAPFU0939F1ZVX", "15 letters and digits"),
        ("27AAPFU0939F1ZV\n", "15 letters and digits"),
        ("28AAPFU0939F1ZT", "28 is none"),
        ("27AAPFU0939F1ZW", "mistyped"),
        ("27AAPFU0993F1ZV", "mistyped"),  # two digits changed places
    ],
)
def test_a_wrong_one_says_what_to_do(wrong: str, says: str):
    assert says in problem_of(wrong)


def test_it_is_of_the_state_that_was_given():
    assert "Maharashtra" in problem_of("27AAPFU0939F1ZV", state="32")
    assert "Kerala" in problem_of("27AAPFU0939F1ZV", state="32")


def test_any_one_changed_character_is_noticed():
    right = "27AAPFU0939F1ZV"
    for place in range(14):
        for symbol in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if symbol != right[place]:
                changed = right[:place] + symbol + right[place + 1 : 14]
                assert check_character(changed) != right[14], changed


def test_states_have_names():
    assert state_name("32") == "Kerala"
    assert state_name("28") == "28"
    assert len(STATES) == 37
