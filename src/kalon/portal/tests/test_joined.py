"""Two records of one person in the portal: either account reads both, a third patient's nothing, and apart again."""

from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from kalon.billing import actions as billing
from kalon.billing.actions import LineDetails
from kalon.billing.models import Bill
from kalon.documents import actions as documents
from kalon.documents.actions import DocumentDetails
from kalon.documents.tests import samples
from kalon.kernel import actors
from kalon.kernel.errors import Clash, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions as messaging
from kalon.messaging import queries as wishes
from kalon.patients import actions as patients
from kalon.patients.models import Allergy, Merge, Patient
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.portal.tests.conftest import Portal, queries
from kalon.scheduling import actions as scheduling

LISTS = ("health", "documents", "visits", "bills", "prescriptions", "results")


def joined(portal: Portal) -> Merge:
    assert portal.zoya.patient_id and portal.rahul.patient_id
    return patients.join_records(
        portal.zoya.patient_id, portal.rahul.patient_id, (), "Same identity card", by=portal.story.desk
    )


def sent_by(who: Any, content: bytes) -> Any:
    return documents.upload(who.patient_id, BytesIO(content), DocumentDetails(kind="LAB_REPORT"), by=who)


def test_what_was_refused_under_either_record_stays_refused(portal: Portal) -> None:
    zoya, rahul = portal.zoya.patient_id, portal.rahul.patient_id
    assert zoya and rahul
    system = actors.system("messaging", portal.story.desk.organization_id)
    messaging.change_preference(zoya, channels=["SMS"], by=portal.zoya)
    messaging.stop(rahul, "SMS", by=system)
    messaging.change_preference(rahul, channels=["SMS"], declined=["REMINDER"], by=portal.rahul)
    joined(portal)
    with acting_as(system):
        wish = wishes.preference(zoya, seen_by=system)
    assert wish.patient_id == zoya
    assert (wish.stopped, wish.declined, wish.channels) == (["SMS"], ["REMINDER"], ["SMS"])


def test_either_account_reads_both_histories_and_apart_again_each_reads_its_own(portal: Portal) -> None:
    patients.add_own_allergy(AllergyDetails(substance="Latex", kind="LATEX"), by=portal.zoya)
    patients.add_own_allergy(AllergyDetails(substance="Iodine", kind="OTHER"), by=portal.rahul)
    hers, his = sent_by(portal.zoya, samples.pdf()), sent_by(portal.rahul, samples.picture())
    merge = joined(portal)
    for phone in (portal.as_zoya, portal.as_rahul):
        health = phone.get(reverse("portal:health")).content.decode()
        assert "Latex" in health and "Iodine" in health
        listed = {row["id"] for row in phone.get("/api/patient/documents").json()["items"]}
        assert listed == {str(hers.pk), str(his.pk)}
        for document in (hers, his):
            assert b"".join(phone.get(reverse("portal:document_content", args=[document.pk])).streaming_content)
    patients.undo_merge(merge.pk, "Two people", by=portal.story.desk)
    for phone, own, word, foreign in (
        (portal.as_zoya, hers, "Latex", "Iodine"),
        (portal.as_rahul, his, "Iodine", "Latex"),
    ):
        health = phone.get(reverse("portal:health")).content.decode()
        assert word in health and foreign not in health
        assert [row["id"] for row in phone.get("/api/patient/documents").json()["items"]] == [str(own.pk)]
    assert portal.as_zoya.get(reverse("portal:document", args=[his.pk])).status_code == 404


def test_what_the_patient_adds_from_either_account_stands_on_the_kept_record(portal: Portal) -> None:
    joined(portal)
    there = reverse("portal:add_allergy")
    assert portal.as_rahul.post(there, {"substance": "Iodine", "kind": "OTHER"}).status_code == 303
    with acting_as(portal.story.place.system):
        assert Allergy.objects.get(substance="Iodine").patient_id == portal.zoya.patient_id


def test_smuggled_sql_reaches_the_two_records_and_no_third(portal: Portal) -> None:
    meera = portal.story.registered("Meera", "Nair", "+919847055218")
    joined(portal)
    mine = {portal.zoya.patient_id, portal.rahul.patient_id}
    with acting_as(portal.zoya), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM patients_patient")
        assert {row[0] for row in cursor.fetchall()} == mine
        cursor.execute("SELECT id FROM patients_patient WHERE id = ANY (kalon_records_of(%s))", [meera.patient_id])
        assert cursor.fetchall() == []
        made = "INSERT INTO patients_merge (id, survivor_id) VALUES (gen_random_uuid(), %s)"
        for statement, value in (
            (made, meera.patient_id),
            ("UPDATE patients_merge SET survivor_id = %s", meera.patient_id),
            ("SELECT set_config('kalon.context', replace(current_setting('kalon.context'), %s, '') , true), "
             "(SELECT count(*) FROM patients_patient)", str(portal.zoya.patient_id)),
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement, [value])


def test_a_patient_cannot_write_on_the_joined_record_by_sql_either(portal: Portal) -> None:
    joined(portal)
    with acting_as(portal.zoya), pytest.raises(DatabaseError) as refused, transaction.atomic():
        Allergy.objects.create(
            organization_id=portal.zoya.organization_id,
            patient=Patient.objects.get(pk=portal.rahul.patient_id),
            substance="Iodine",
            source="SELF_REPORTED",
            noted_by="Zoya",
        )
    assert "joined into" in str(refused.value)


def test_a_visit_a_bill_and_money_stand_in_the_way_until_they_are_settled(portal: Portal) -> None:
    story, place = portal.story, portal.story.place
    visit = scheduling.book(portal.wish(portal.rahul, "11:00"), by=story.desk)
    with story.refused(NotReady, f"Visit {visit.number} is not over yet"):
        joined(portal)
    scheduling.cancel(visit.pk, "Booked twice", by=story.desk)
    bill = billing.draft_bill(portal.rahul.patient_id, place.branch.pk, by=story.desk)
    with story.refused(NotReady, "is not settled"):
        joined(portal)
    billing.add_line(bill.pk, LineDetails(service_id=place.services["CONSULT"].pk), by=story.desk)
    billing.finalize(bill.pk, by=story.desk)
    with story.refused(NotReady, "is not settled"):
        joined(portal)
    with acting_as(place.system):
        unpaid = list(Bill.objects.filter(patient_id=portal.rahul.patient_id, status="FINALIZED"))
    for one in unpaid:  # the cancelled visit has left one too
        billing.take_payment(one.pk, "CASH", one.owed, by=story.desk)
    joined(portal)
    listed = {row["id"] for row in portal.as_zoya.get("/api/patient/bills").json()["items"]}
    assert listed == {str(one.pk) for one in unpaid} and str(bill.pk) in listed
    mrn = story.now(Patient(pk=portal.zoya.patient_id)).mrn
    for new in (
        lambda: scheduling.book(portal.wish(portal.rahul, "12:00"), by=story.desk),
        lambda: billing.draft_bill(portal.rahul.patient_id, place.branch.pk, by=story.desk),
        lambda: documents.upload(
            portal.rahul.patient_id, BytesIO(samples.pdf()), DocumentDetails(kind="LAB_REPORT"), by=story.desk
        ),
    ):
        with story.refused(Clash, f"joined into {mrn}"):
            new()


@pytest.mark.parametrize("page", ["/my/health", "/api/patient/documents", "/my/records"])
def test_much_of_both_asks_the_database_no_more(portal: Portal, page: str) -> None:
    def write(times: int) -> None:
        for number in range(times):
            for who in (portal.zoya.patient_id, portal.rahul.patient_id):
                assert who is not None
                patients.add_history(who, HistoryDetails(kind="SURGERY", text=f"{number}"), by=portal.story.nurse)

    write(1)
    merge = joined(portal)
    queries(portal.as_zoya, page)
    few = queries(portal.as_zoya, page)
    patients.undo_merge(merge.pk, "To write more", by=portal.story.desk)
    write(15)
    joined(portal)
    assert queries(portal.as_zoya, page) == few
