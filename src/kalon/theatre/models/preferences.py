"""How a surgeon likes a procedure prepared: the preference card, in versions."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.theatre.lifecycles import Anaesthesia
from kalon.theatre.models.guards import REFUSED, said_by_who_acts

TABLE = "theatre_preferencecard"
LONGEST = 1000


def _team_here() -> Trigger:
    """The usual team is of this clinic."""
    body = f"""
    IF (SELECT count(*) FROM people_staff who WHERE who.organization_id = NEW.organization_id
        AND who.id = ANY (NEW.team)) = cardinality(NEW.team) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the team of a card is of this clinic' {REFUSED} = '{TABLE}_team';"""
    return Trigger(name=f"{TABLE}_team", events="BEFORE INSERT", body=body)


class PreferenceCard(OrganizationRecord):
    """One version of a card, written once; the newest counts. Without a surgeon it is the house's own.

    `team`: the staff who usually come. `is_active` false ends a card: the house's counts again.
    """

    procedure = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, related_name="+")
    surgeon = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    anaesthesia = models.CharField(max_length=10, choices=Anaesthesia.choices, blank=True, default="")
    team: "ArrayField[list[UUID], list[UUID]]" = ArrayField(models.UUIDField(), default=list, blank=True, size=12)
    position = models.CharField("Position and padding", max_length=LONGEST, blank=True, default="")
    room_setup = models.CharField("Room and equipment", max_length=LONGEST, blank=True, default="")
    instruments = models.CharField("Instruments", max_length=LONGEST, blank=True, default="")
    sutures = models.CharField("Sutures", max_length=LONGEST, blank=True, default="")
    drugs = models.CharField("Medicines and solutions", max_length=LONGEST, blank=True, default="")
    implants = models.CharField("Implants and sizers", max_length=LONGEST, blank=True, default="")
    dressing = models.CharField("Dressing and garment", max_length=LONGEST, blank=True, default="")
    notes = models.CharField("Notes", max_length=LONGEST, blank=True, default="")
    written_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    procedure_id: UUID
    surgeon_id: UUID | None
    written_by_id: UUID

    class Meta:
        db_table = TABLE
        ordering = ["procedure", "-version"]
        constraints = [
            *append_only(TABLE, name=f"{TABLE}_stays"),
            said_by_who_acts(TABLE, "written_by_id"),
            _team_here(),
            models.UniqueConstraint(
                fields=["procedure", "surgeon", "version"], nulls_distinct=False, name=f"{TABLE}_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1)
                & (Q(minutes=None) | Q(minutes__range=(5, 1440)))
                & Q(anaesthesia__in=["", *Anaesthesia.values]),
                name=f"{TABLE}_said",
            ),
            SameOrganization(name=f"{TABLE}_procedure_here", field="procedure_id", to="catalog.Procedure"),
            SameOrganization(name=f"{TABLE}_surgeon_here", field="surgeon_id", to="people.Staff"),
            SameOrganization(name=f"{TABLE}_by_here", field="written_by_id", to="people.Staff"),
            RowSecurity(name=f"{TABLE}_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure.name}, {self.surgeon.name if self.surgeon else 'everybody'}"
