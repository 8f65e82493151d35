"""A mail server for tests that speaks SMTP (RFC 5321) as far as a submission needs it, and misbehaves on demand."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    """What arrived, and what the server answers: a reply to RCPT, to the end of the text, or a hang-up after it."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    to_recipient: str = "250 OK"
    to_text: str = "250 taken"
    hang_up_after_text: bool = False


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """The server, on a free port of this machine, for the length of a block."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _talk(self, box)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Session) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()


def _talk(session: socketserver.StreamRequestHandler, box: Mailbox) -> None:
    def say(line: str) -> None:
        session.wfile.write(line.encode() + b"\r\n")

    say("220 mail.example ESMTP")
    recipient = ""
    while line := session.rfile.readline().decode().strip():
        verb = line.split(":")[0].split()[0].upper()
        if verb in ("EHLO", "HELO"):
            say("250 mail.example")
        elif verb == "RCPT":
            recipient = line.partition(":")[2].strip("<> ")
            say(box.to_recipient)
        elif verb == "DATA":
            say("354 go on")
            text = b""
            while (part := session.rfile.readline()) != b".\r\n":
                text += part[1:] if part.startswith(b"..") else part
            parsed = message_from_bytes(text, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            if box.to_text.startswith("2"):
                box.mails.append((recipient, parsed))
            if box.hang_up_after_text:
                return
            say(box.to_text)
        elif verb == "QUIT":
            say("221 bye")
            return
        else:
            say("250 OK")
