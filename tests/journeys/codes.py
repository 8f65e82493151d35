"""A few codes of ICD-10, as the installer loads them, in the database at hand."""

from django.db import connections

FEW = (
    ("L57.0", "Actinic keratosis"),
    ("L70.0", "Acne vulgaris"),
    ("L90.5", "Scar conditions and fibrosis of skin"),
    ("L98.8", "Other specified disorders of the skin and subcutaneous tissue"),
)


def load() -> None:
    """Enough of the classification to write with."""
    with connections["owner"].cursor() as cursor:
        for code, title in FEW:
            cursor.execute(
                "INSERT INTO codes_code (system, code, title, level, parent, is_leaf, synonyms, words) "
                "VALUES ('ICD-10', %s, %s, 'CODE', '', true, '{}', to_tsvector('simple', lower(%s))) "
                "ON CONFLICT DO NOTHING",
                [code, title, title],
            )
    connections["owner"].close()


def forget() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE codes_code")
    connections["owner"].close()
