"""Tables of classifications: the same for every clinic, written by whoever installs, read by all."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from kalon.kernel.rows import Shared


class System(models.TextChoices):
    ICD10 = "ICD-10", "ICD-10 (WHO)"
    ICD10CM = "ICD-10-CM", "ICD-10-CM"


class Level(models.TextChoices):
    CHAPTER = "CHAPTER", "Chapter"
    BLOCK = "BLOCK", "Block"
    CATEGORY = "CATEGORY", "Category"
    CODE = "CODE", "Code"
    EXTENSION = "EXTENSION", "Seventh character"


SAID = (Level.CATEGORY, Level.CODE)  # what is found by its words


class Code(models.Model):
    """One node of a classification. `words` are the folded words of title and synonyms; see `rules.folded`."""

    system = models.CharField(max_length=10, choices=System.choices)
    code = models.CharField(max_length=10)
    title = models.CharField(max_length=400)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.CharField(max_length=10, blank=True)
    is_leaf = models.BooleanField()
    synonyms = ArrayField(models.CharField(max_length=400), default=list)
    words = SearchVectorField()

    class Meta:
        db_table = "codes_code"
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="codes_code_once"),
            Shared(name="codes_code_shared"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="codes_code_words", fastupdate=False),
            GinIndex(
                fields=["title"],
                opclasses=["gin_trgm_ops"],
                condition=models.Q(level__in=SAID),
                name="codes_code_alike",
                fastupdate=False,
            ),
            models.Index(fields=["system", "parent"], name="codes_code_children"),
            models.Index(fields=["code"], opclasses=["text_pattern_ops"], name="codes_code_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Edition(models.Model):
    """Which edition of a classification is loaded."""

    system = models.CharField(max_length=10, choices=System.choices, primary_key=True)
    name = models.CharField(max_length=60)
    nodes = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "codes_edition"
        constraints = [Shared(name="codes_edition_shared")]
