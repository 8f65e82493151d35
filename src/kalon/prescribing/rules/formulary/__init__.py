"""The formulary: medicines, their limits and the rules of safety, as tables with a source for every row.

REVIEW BEFORE CLINICAL USE. The tables were written for this product from public labels, WHO lists and guidelines, in
our own words; a clinic's pharmacist reads them before anybody prescribes by them. They are a limited list: what is
not found is not thereby safe. Columns are split by "|", terms inside a column by ", ", a source is "key § section"
and the key is one of sources.csv. A row without its source, with a number that has no unit or with a class that
no medicine has is refused, and then nothing loads.
"""

from kalon.prescribing.rules.formulary.loading import Unfit, load
from kalon.prescribing.rules.formulary.tables import CrossRule, Flag, Formulary, Interaction, Medicine, Source

__all__ = ["CrossRule", "Flag", "Formulary", "Interaction", "Medicine", "Source", "Unfit", "load"]
