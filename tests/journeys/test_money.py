"""Whatever is done with money, in whatever order and however often: the books agree after every step."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kalon.billing.tests.clinic import open_clinic
from tests.journeys.teller import MOVES, Teller

pytestmark = pytest.mark.django_db
OFTEN = ("bill",) * 4  # what most other things need, and four things end
ROUNDS = 20  # most moves need what another one made


def test_money_in_any_order() -> None:
    """One rule for each move, so that none is drawn less often than it fails."""
    clinic = open_clinic()

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.teller = Teller(clinic)

        @invariant()
        def books_agree(self) -> None:
            self.teller.agree()

    for number, name in enumerate((*MOVES, *OFTEN)):
        setattr(Machine, f"{name}_{number}", _rule(name))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes of database work
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_each_move_is_possible() -> None:
    """A move that is always refused would prove nothing above."""
    teller, dice = Teller(open_clinic()), Random(10)
    for _ in range(ROUNDS):
        for name in dice.sample((*MOVES, *OFTEN), len(MOVES) + len(OFTEN)):
            teller.do(name, dice.randrange(10), dice.randrange(1, 50_000))
        if len(teller.done) == len(MOVES):
            break
    teller.agree()
    assert set(MOVES) - set(teller.done) == set()


def _rule(name: str) -> Any:
    def step(self: Any, a: int, b: int) -> None:
        self.teller.do(name, a, b)

    step.__name__ = name
    return rule(a=st.integers(0, 9), b=st.integers(1, 200_000))(step)
