"""On what labels are printed, and how many."""

from django import forms

from kalon.inventory.rules.labels import MOST, STOCKS


class LabelsForm(forms.Form):
    """The paper in the printer, how many of each, and where a sheet begins."""

    size = forms.ChoiceField(label="Paper in the printer", choices=[(one.code, one.word) for one in STOCKS.values()])
    copies = forms.IntegerField(label="Of each", min_value=1, max_value=MOST, initial=1)
    first = forms.IntegerField(
        label="First free label of the sheet", min_value=1, max_value=65, initial=1,
        help_text="Counted from the upper left, row by row. 1 for a new sheet or a roll.",
    )  # fmt: skip
