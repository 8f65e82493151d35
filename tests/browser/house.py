"""The clinic under test: where it answers, what time it is there, and what lies in its inbox."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from kalon.kernel import clock, outbox
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from tests.journeys.story import Story


@dataclass
class House:
    """One running clinic."""

    story: Story
    time: datetime
    address: str
    _asked: int = field(default=0, repr=False)

    def tick(self) -> datetime:
        """The time of the next request: a second after the last one."""
        self._asked += 1
        return self.time + timedelta(seconds=self._asked % 600)

    def at(self, time: datetime) -> None:
        """Go on to another time of the story."""
        self.time, self._asked = time, 0

    def carry_out(self) -> int:
        """What the worker would do now."""
        with clock.at(self.tick()):
            return outbox.run_due()

    def session_of(self, email: str) -> dict[str, Any]:
        """A cookie of somebody who has signed in."""
        with acting_as(self.story.place.system):
            user = User.objects.get(email=email)
        client = Client(HTTP_USER_AGENT="the browser tests")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}
