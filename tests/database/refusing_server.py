"""A server that speaks just enough of PostgreSQL's protocol to refuse every connection."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_SSL_REQUEST = 80877103
_GSS_REQUEST = 80877104


@dataclass(slots=True)
class RefusingServer:
    port: int
    connections: int = 0


@contextmanager
def refusing_server(
    sqlstate: str, message: str, severity: str = "FATAL"
) -> Iterator[RefusingServer]:
    """Ask each client for its password, then refuse it with this error."""
    fields = {b"S": severity, b"V": "FATAL", b"C": sqlstate, b"M": message}
    body = b"".join(name + text.encode() + b"\0" for name, text in fields.items()) + b"\0"
    refusal = b"E" + struct.pack("!i", len(body) + 4) + body
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RefusingServer(listener.getsockname()[1])

        def serve() -> None:
            with suppress(OSError):  # the listener is closed at the end
                while True:
                    client, _ = listener.accept()
                    with client, suppress(OSError, struct.error):
                        _converse(client, refusal)
                    server.connections += 1

        thread = threading.Thread(target=serve)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _converse(client: socket.socket, refusal: bytes) -> None:
    while True:
        length, code = struct.unpack("!ii", client.recv(8))
        if code not in (_SSL_REQUEST, _GSS_REQUEST):
            break
        client.sendall(b"N")
    client.recv(length - 8)
    client.sendall(b"R" + struct.pack("!ii", 8, 3))
    client.recv(1024)
    client.sendall(refusal)
