"""Ten thousand things done with money at random, in whatever order: the books sum to nothing after each of them.

Bills, discounts, payments and the same payment again, advances, the gateway's word once and twice and late, credit
notes, write-offs, refunds asked for, approved, done and refused. After each the new entries are summed; after every
hundredth, and at the end, everything is counted again. A clinic is left after a thousand for a new one.

    ./kalon bench money [--scale OPERATIONS] [--json FILE]
"""

import random
import time
from collections import Counter

from benchmarks import _servers
from benchmarks._scratch import median, p99, progress

SCALE = 10_000
SEED = 20_261_121
WHOLE_EVERY, CLINIC_EVERY = 100, 1_000
BILLS = ("bill",) * 5  # most other things need a bill that is open

Figures = dict[str, float | int | str]


def run(scale: int = SCALE) -> Figures:
    """Walk, in a database of its own that is dropped afterwards."""
    with _servers.database("kalon_bench_money"):
        return _walk(scale)


def _walk(scale: int) -> Figures:
    from tests.journeys.teller import MOVES, Teller

    from kalon.billing.tests.clinic import open_clinic

    dice, seconds = random.Random(SEED), []
    done: Counter[str] = Counter()
    refused = whole = postings = 0
    for number in range(scale):
        if number % CLINIC_EVERY == 0:
            teller = Teller(open_clinic(code=f"K{number // CLINIC_EVERY:02d}"))
            before = (dict(teller.done), 0)
        move = dice.choice((*MOVES, *BILLS))
        begun = time.perf_counter()
        teller.do(move, dice.randrange(10), dice.choice((1, 99, 33_333, dice.randrange(1, 200_000))))
        seconds.append(time.perf_counter() - begun)
        postings += teller.balanced()
        if (number + 1) % WHOLE_EVERY == 0 or number + 1 == scale:
            teller.agree()
            whole += 1
            done.update({name: count - before[0].get(name, 0) for name, count in teller.done.items()})
            refused += teller.refused - before[1]
            before = (dict(teller.done), teller.refused)
        progress(number + 1, scale, "things done with money")
    return {
        "operations_count": scale, "refused_count": refused, "sums_to_zero_count": scale, "counted_again_count": whole,
        "postings_count": postings, "operation_median_ms": median(seconds), "operation_p99_ms": p99(seconds),
        **{f"{name}_count": count for name, count in sorted(done.items())},
    }  # fmt: skip
