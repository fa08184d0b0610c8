"""A server on loopback for the tests: answers as it was told, keeps what it was given, checks no signature itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CLOSES, HANGS, HALF_A_REPLY = b"", b"hangs", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly half"
SAYS_NOTHING_WHOLE = b"HTTP/1.1 20"


def reply(status: int, body: str = "", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", body]).encode()


@dataclass
class Gateway:
    """`answer` is what goes over the wire, to the byte; a path in `by_path` has its own, each for one call and the last
    for all that follow."""

    answer: bytes = reply(200)
    by_path: dict[str, list[bytes]] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def answer_to(self, path: str) -> bytes:
        told = self.by_path.get(path)
        if told is None:
            return self.answer
        return told.pop(0) if len(told) > 1 else told[0]


@contextmanager
def a_gateway(answer: bytes = reply(200)) -> Iterator[Gateway]:
    listener = socket.create_server(("127.0.0.1", 0))
    gateway = Gateway(answer, port=int(listener.getsockname()[1]))
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as lines:
            gateway.lines.append(lines.readline().decode().strip())
            headers: dict[str, str] = {}
            while (line := lines.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            gateway.headers.append(headers)
            gateway.bodies.append(lines.read(int(headers.get("content-length", 0))))
            answer = gateway.answer_to(gateway.lines[-1].split(" ")[1].partition("?")[0])
            if answer == HANGS:
                over.wait()
            else:
                connection.sendall(answer)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield gateway
    finally:
        over.set()
        listener.close()
