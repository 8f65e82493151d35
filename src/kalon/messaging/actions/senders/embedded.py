"""The sender that needs no account: nothing leaves the building."""

from kalon.messaging.actions.senders.port import Fate, Finding, Outgoing, Receipt


class Embedded:
    """Carries nothing out: the message itself is what `/inbox` shows in the demonstration."""

    name = "embedded"
    arrives = True

    def send(self, message: Outgoing) -> Receipt:
        return Receipt(f"inbox:{message.id}")

    def reconcile(self, message: Outgoing) -> Finding:
        return Finding(Fate.NEVER_TAKEN)  # nothing leaves the building, so nothing can have left it
