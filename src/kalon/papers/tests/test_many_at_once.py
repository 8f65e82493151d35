"""The clinic's first papers, signed in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections

from kalon.kernel.tenancy import acting_as
from kalon.papers.models import Certificate, Issuer
from kalon.papers.tests.conftest import letter
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import clinic

TOGETHER = 6


def test_six_first_papers_at_once_are_all_signed_with_one_certificate(
    own_database: str, django_db_blocker: Any
) -> None:
    start = Barrier(TOGETHER)

    def doctor(_: int) -> Any:
        with django_db_blocker.unblock():
            try:
                start.wait()
                return letter(here, meera).certificate_id
            finally:
                connections.close_all()

    with django_db_blocker.unblock():
        here = clinic(roles=["owner", "doctor"])
        meera = patient(here.system)
        connection.close()
        with ThreadPoolExecutor(TOGETHER) as doctors:
            used = set(doctors.map(doctor, range(TOGETHER)))
        with acting_as(here.system):
            assert used == set(Certificate.objects.values_list("pk", flat=True))
            assert Issuer.objects.count() == 1
        connection.close()
