"""The chart of accounts is whole."""

from kalon.ledger.rules import KINDS, Account


def test_every_account_says_what_it_is():
    assert set(KINDS) == set(Account)
