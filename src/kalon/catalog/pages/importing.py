"""Procedures or codes from a table: sent, looked at line by line, then taken over."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from kalon.catalog import actions
from kalon.catalog.pages.lists import tabs
from kalon.catalog.rules import tables
from kalon.kernel.errors import DomainError
from kalon.web.fronts import actor_of, render, staff_page

KINDS = (("procedures", "Procedures"), ("codes", "Codes of a coding system"))


class ImportForm(forms.Form):
    """A file, or the table as it was read from one."""

    kind = forms.ChoiceField(choices=KINDS, initial="procedures", label="What it holds", widget=forms.RadioSelect)
    file = forms.FileField(
        required=False, label="File (CSV or XLSX)",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,text/csv,.xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )  # fmt: skip
    table = forms.CharField(
        required=False, max_length=tables.LARGEST, strip=False, label="The table",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip
    licence = forms.CharField(
        required=False, max_length=200, label="Licence",
        help_text="Needed for CPT and SNOMED CT: under which licence the clinic uses them. No licensed text comes "
        "with Kalon.",
    )  # fmt: skip

    def content(self) -> bytes:
        """What was sent, or what stands in the table."""
        sent = self.cleaned_data.get("file")
        content: bytes = sent.read(tables.LARGEST + 1) if sent else self.cleaned_data["table"].encode()
        return content


@staff_page("catalog.manage")
def importing(request: HttpRequest) -> HttpResponse:
    """Look at a table before it is taken over; what is refused stays in the table with its sentence."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "tabs": tabs("catalog:procedures")}
    if request.method != "POST" or not form.is_valid():
        return render(request, "catalog/import.html", context, status=422 if form.errors else 200)
    by, kind, content = actor_of(request), form.cleaned_data["kind"], form.content()
    taken = "take" in request.POST
    verb: Any = getattr(actions, f"{'import' if taken else 'check'}_{kind}")
    try:
        found = verb(content, licence=form.cleaned_data["licence"], by=by)
        left = found.refused if taken else tables.read(content)
    except DomainError as refusal:
        form.add_error("file", refusal.detail)
        return render(request, "catalog/import.html", context, status=422)
    initial = {"kind": kind, "table": tables.written(left) if left else "", "licence": form.cleaned_data["licence"]}
    context |= {"form": ImportForm(initial=initial), "found": found, "taken": taken,
                "counts": [(word, found.count(does)) for does, word in WORDS]}  # fmt: skip
    return render(request, "catalog/import.html", context)


WORDS = (("ADD", "new"), ("CHANGE", "changed"), ("SAME", "as they are"), ("REFUSED", "refused"))
