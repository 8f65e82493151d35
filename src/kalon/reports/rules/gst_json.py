"""The return as the JSON that the GSTN's offline tool imports."""

from decimal import Decimal
from itertools import groupby
from typing import Any

from kalon.reports.rules.gst import Return

_NIL = {(False, True): "INTRAB2B", (True, True): "INTRB2B", (False, False): "INTRAB2C", (True, False): "INTRB2C"}
_KINDS = {"bill": (1, "Invoices for outward supply"), "credit": (5, "Credit Note")}


def as_json(made: Return) -> dict[str, Any]:
    """The whole return; tables without rows are left out, as the tool does."""
    t = made.tables
    whole = {
        "gstin": made.gstin,
        "fp": f"{made.month:%m%Y}",
        "b2b": [
            {"ctin": buyer, "inv": [_document(rows, "inum", "idt") for rows in _each(of_buyer)]}
            for buyer, of_buyer in _grouped(t["b2b"], "buyer")
        ],
        "b2cl": [
            {"pos": place, "inv": [_invoice_of_place(rows) for rows in _each(of_place)]}
            for place, of_place in _grouped(t["b2cl"], "place")
        ],
        "b2cs": [
            {
                "sply_ty": "INTER" if row["crosses"] else "INTRA", "pos": row["place"], "typ": "OE", **_taxes(row)
            }
            for row in t["b2cs"]
        ],
        "cdnr": [
            {"ctin": buyer, "nt": [{"ntty": "C", **_document(rows, "nt_num", "nt_dt")} for rows in _each(of_buyer)]}
            for buyer, of_buyer in _grouped(t["cdnr"], "buyer")
        ],
        "cdnur": [
            {"typ": "B2CL", "ntty": "C", "nt_num": rows[0]["number"], "nt_dt": _day(rows[0]),
             "val": _number(rows[0]["value"]), "pos": rows[0]["place"], "itms": _items(rows)}
            for rows in _each(t["cdnur"])
        ],
        "nil": {"inv": _nil(t["nil"])},
        "hsn": {
            name: [_hsn(at, row) for at, row in enumerate(rows, start=1)]
            for name, rows in (("hsn_b2b", [row for row in t["hsn"] if row["registered"]]),
                               ("hsn_b2c", [row for row in t["hsn"] if not row["registered"]]))
            if rows
        },
        "doc_issue": {"doc_det": _series(made)},
    }  # fmt: skip
    if not whole["nil"]["inv"]:  # type: ignore[index]
        del whole["nil"]
    return {name: value for name, value in whole.items() if value not in ([], {}, {"doc_det": []})}


def _grouped(rows: list[dict[str, Any]], name: str) -> list[tuple[str, list[dict[str, Any]]]]:
    ordered = sorted(rows, key=lambda row: (row[name], row["number"]))
    return [(key, list(some)) for key, some in groupby(ordered, key=lambda row: str(row[name]))]


def _each(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [some for _, some in _grouped(rows, "number")]


def _document(rows: list[dict[str, Any]], number: str, day: str) -> dict[str, Any]:
    first = rows[0]
    return {
        number: first["number"], day: _day(first), "val": _number(first["value"]), "pos": first["place"], "rchrg": "N",
        "inv_typ": "R", "itms": _items(rows),
    }  # fmt: skip


def _invoice_of_place(rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    return {"inum": first["number"], "idt": _day(first), "val": _number(first["value"]), "itms": _items(rows)}


def _items(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"num": at, "itm_det": _taxes(row)} for at, row in enumerate(rows, start=1)]


def _taxes(row: dict[str, Any]) -> dict[str, Any]:
    made = {"rt": _number(row["rate"]), "txval": _number(row["taxable"])}
    if row["igst"]:
        return {**made, "iamt": _number(row["igst"]), "csamt": 0}
    return {**made, "camt": _number(row["cgst"]), "samt": _number(row["sgst"]), "csamt": 0}


def _nil(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        kind = _NIL[row["crosses"], row["registered"]]
        entry = sums.setdefault(kind, {"sply_ty": kind, "expt_amt": Decimal(0), "nil_amt": 0, "ngsup_amt": Decimal(0)})
        entry["expt_amt" if row["exempt"] else "ngsup_amt"] += row["taxable"]
    return [
        {**entry, "expt_amt": _number(entry["expt_amt"]), "ngsup_amt": _number(entry["ngsup_amt"])}
        for entry in sums.values()
    ]


def _hsn(at: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "num": at, "hsn_sc": row["hsn"], "uqc": row["unit"], "qty": _number(row["quantity"]),
        "rt": _number(row["rate"]), "txval": _number(row["taxable"]), "iamt": _number(row["igst"]),
        "camt": _number(row["cgst"]), "samt": _number(row["sgst"]), "csamt": 0,
    }  # fmt: skip


def _series(made: Return) -> list[dict[str, Any]]:
    details = []
    for kind, (number, words) in _KINDS.items():
        docs = [
            {"num": at, "from": one.first, "to": one.last, "totnum": one.numbers, "cancel": one.missing,
             "net_issue": one.found}
            for at, one in enumerate((one for one in made.series if one.kind == kind), start=1)
        ]  # fmt: skip
        if docs:
            details.append({"doc_num": number, "doc_typ": words, "docs": docs})
    return details


def _day(row: dict[str, Any]) -> str:
    return f"{row['date']:%d-%m-%Y}"


def _number(amount: Decimal) -> float | int:
    """JSON's number: amounts to the paisa are written exactly."""
    return int(amount) if amount == int(amount) else float(amount)
