"""What a message is, before anybody words it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A message that the clinic can send: what it is, and which names its wording may use."""

    code: str
    name: str
    sample: Mapping[str, str]
    subject: str
    body: str
    sms: str
    is_secret: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.sample)
