"""Shapes that several tables of the catalogue share."""

CODE = r"^[A-Z0-9][A-Z0-9_-]{0,39}$"
HSN_SAC = r"^[0-9]{4,8}$"
# A visitor sees what can be booked online; a patient also what their past visits and bills name.
OFFERED = "(is_active AND {}) OR (SELECT kalon_patient()) IS NOT NULL"
