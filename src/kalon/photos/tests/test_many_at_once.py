"""Eight tablets keep photographs in the same moment; one loses its power in the middle of it."""

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from kalon.kernel import clock
from kalon.kernel.errors import Clash
from kalon.kernel.tenancy import acting_as
from kalon.photos import queries, tasks
from kalon.photos.models import Photo, Piece
from kalon.photos.tests.conftest import Studio, _studio, face
from kalon.scheduling.tests.clinic import EIGHT

TOGETHER = 8

TAKE = """
import sys, time
from io import BytesIO
from uuid import UUID
import django; django.setup()
from kalon.kernel import actors
from kalon.photos import actions
from kalon.photos.actions import keeping
from kalon.photos.tests.conftest import face
real = keeping._piece
def slow(photo):
    make = real(photo)
    def one(number, sealed):
        make(number, sealed)
        if number == 2:
            print("half", flush=True)
            time.sleep(60)
    return one
keeping._piece = slow
by = actors.system("test", UUID(sys.argv[1]))
actions.take(UUID(sys.argv[2]), BytesIO(face(0.9)), actions.PhotoDetails(view="FRONT", stage="BEFORE"), by=by)
"""


def _together(studio: Studio, files: list[bytes], unblock: Any) -> Counter[str]:
    start = Barrier(len(files))

    def tablet(content: bytes) -> str:
        with unblock(), clock.at(EIGHT):
            try:
                start.wait()
                studio.taken(content)
            except Clash:
                return "there already"
            finally:
                connections.close_all()
            return "kept"

    with ThreadPoolExecutor(len(files)) as tablets:
        return Counter(tablets.map(tablet, files))


def test_eight_at_once_and_one_that_loses_its_power(own_database: str, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), clock.at(EIGHT):
        studio = _studio()
        connection.close()
        different = [face(number / 10) for number in range(TOGETHER)]
        assert _together(studio, different, django_db_blocker.unblock) == {"kept": TOGETHER}
        same = [face(0.85)] * TOGETHER
        assert _together(studio, same, django_db_blocker.unblock) == {"kept": 1, "there already": TOGETHER - 1}
        before = _kept(studio)
        assert before[0] == TOGETHER + 1
        _killed(studio)
        assert _kept(studio) == before, "nothing of it is there: no row, no piece, no file"
        tasks.all_whole(organization_id=studio.patient.organization_id)
        studio.taken(face(0.9))
        connection.close()


def _kept(studio: Studio) -> tuple[int, int]:
    with acting_as(studio.office.clinic.system):
        return Photo.objects.count(), Piece.objects.count()


def _killed(studio: Studio) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ids = [str(studio.patient.organization_id), str(studio.patient.pk)]
    worker = subprocess.Popen([sys.executable, "-c", TAKE, *ids], env=environment, stdout=subprocess.PIPE)
    assert worker.stdout and worker.stdout.readline() == b"half\n", "it stands in the middle of writing"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(timeout=10)


def test_the_nightly_look_finds_a_photograph_without_its_pieces(studio: Studio):
    photo = studio.taken()
    tasks.all_whole(organization_id=photo.organization_id)
    with acting_as(studio.office.clinic.system), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO photos_photo SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), "
            "'received_sha256', repeat('a', 64)))).* FROM photos_photo p LIMIT 1"
        )
        found = list(queries.incomplete(seen_by=studio.office.clinic.system))
    assert len(found) == 1 and found[0].pk != photo.pk
    with pytest.raises(tasks.IncompleteError, match=str(found[0].pk)):
        tasks.all_whole(organization_id=photo.organization_id)
