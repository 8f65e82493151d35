"""The desk's pages of the till: checkout, cash drawers, the day's close."""
