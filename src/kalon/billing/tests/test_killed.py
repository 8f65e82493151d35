"""A worker that is really killed, with the gateway's answer on its way: the money goes back once."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from kalon.billing import queries
from kalon.billing.actions import paying_back
from kalon.billing.lifecycles import RefundStatus
from kalon.billing.tests.clinic import open_clinic
from kalon.billing.tests.gateway_servers import FakeStripe, serving
from kalon.billing.tests.online import refunded, set_up
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as

WORK = (
    "import sys; from uuid import UUID; import django; django.setup();"
    "from kalon.billing.actions.paying_back import send_refund;"
    "send_refund(organization_id=UUID(sys.argv[1]), refund_id=UUID(sys.argv[2]))"
)


def test_a_worker_killed_between_the_gateway_and_our_books(
    own_database: str, django_db_blocker: Any, monkeypatch: Any
) -> None:
    with django_db_blocker.unblock(), serving(FakeStripe()) as outside:
        outside.name = "stripe"  # type: ignore[attr-defined]
        monkeypatch.setattr(settings, "KALON_STRIPE_API", outside.url)
        clinic = open_clinic()
        set_up(clinic, "stripe")
        refund = refunded(clinic, outside)
        made, killed = threading.Event(), threading.Event()

        def hold(method: str, path: str) -> None:
            if (method, path) == ("POST", "/v1/refunds"):
                made.set()
                killed.wait(30)

        outside.after = hold
        environment = {**os.environ, "KALON_STRIPE_API": outside.url}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        ids = [str(clinic.organization.pk), str(refund.pk)]
        worker = subprocess.Popen([sys.executable, "-c", WORK, *ids], env=environment)
        assert made.wait(60)  # the gateway has it, and the worker waits for the answer
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=10)
        killed.set()
        outside.after = lambda method, path: None
        with acting_as(clinic.system):
            assert [line.step for line in queries.refund_calls(refund)] == ["BEGAN"]
        assert clinic.again(refund).status == RefundStatus.APPROVED
        paying_back.send_refund(organization_id=clinic.organization.pk, refund_id=refund.pk)
        assert outside.count("GET", "/v1/refunds") == 0  # it may still be at work as far as anybody knows
        with clock.at(clock.now() + timedelta(minutes=2)):
            assert paying_back.ask_after_refunds(by=clinic.system) == 1
            paying_back.send_refund(organization_id=clinic.organization.pk, refund_id=refund.pk)
        assert (outside.count("GET", "/v1/refunds"), outside.count("POST", "/v1/refunds")) == (1, 1)
        assert len(outside.refunds()) == 1
        assert clinic.again(refund).status == RefundStatus.DONE
        connection.close()
