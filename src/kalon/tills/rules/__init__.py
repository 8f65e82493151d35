"""Pure arithmetic of cash: notes and coins, what a count comes to, what is given back."""

from kalon.tills.rules.cash import DENOMINATIONS, MOST_PIECES, SPARE, Piece, change_for, counted, pieces

__all__ = ["DENOMINATIONS", "MOST_PIECES", "SPARE", "Piece", "change_for", "counted", "pieces"]
