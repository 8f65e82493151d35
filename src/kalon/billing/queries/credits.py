"""What a credit note takes back, line by line: the return and the paper ask for it by code and rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kalon.billing.models import BillLine, CreditNote
from kalon.kernel.money import ZERO

AMOUNTS = ("taxable", "cgst", "sgst", "igst", "total")


NO_UNIT, PIECES = "NA", "NOS"  # unit quantity codes of the return: a service has none, goods are counted
SERVICES = "99"  # what codes of services begin with (SAC)


def unit_of(line: BillLine) -> str:
    """The unit quantity code of a line: its own, else none for a service and pieces for goods."""
    return line.unit or (PIECES if line.hsn_sac and not line.hsn_sac.startswith(SERVICES) else NO_UNIT)


@dataclass(frozen=True, slots=True)
class Credited:
    """So much of one line, and what that comes to."""

    line: BillLine
    quantity: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal


def credited_lines(note: CreditNote, lines: Iterable[BillLine], notes: Iterable[CreditNote]) -> list[Credited]:
    """The parts of a credit note. `lines` and `notes` are those of its bill.

    A note over one line is that part of it; a note over the whole bill is what the notes over lines left of each.
    """
    if note.line_id is not None:
        (line,) = (line for line in lines if line.pk == note.line_id)
        assert note.quantity is not None
        return [Credited(line, note.quantity, *(getattr(note, name) for name in AMOUNTS))]
    earlier = [other for other in notes if other.line_id is not None]
    parts = []
    for line in lines:
        of_line = [other for other in earlier if other.line_id == line.pk]
        amounts = [getattr(line, name) - sum((getattr(other, name) for other in of_line), ZERO) for name in AMOUNTS]
        quantity = line.quantity - sum((other.quantity or ZERO for other in of_line), Decimal(0))
        if quantity > 0:
            parts.append(Credited(line, quantity, *amounts))
    return parts
