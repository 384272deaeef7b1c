"""A webhook and a mail server of the tests' own, which keep what they are sent."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass
class Heard:
    """What a server was sent; `answer` is what it says to it."""

    port: int = 0
    answer: int = 200
    bodies: list = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [body["alarm"]["title"] for body in self.bodies]


@contextmanager
def webhook() -> Iterator[Heard]:
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(size))
            if heard.answer == 200:
                heard.bodies.append(body)
            self.send_response(heard.answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: a test reads what is heard."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        yield from serving(server, heard)


@contextmanager
def mail_server() -> Iterator[Heard]:
    heard = Heard()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            def say(text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

            say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.partition(" ")[0].upper()
                if verb == "EHLO":
                    say("250-here")
                    say("250 AUTH PLAIN")
                elif verb == "AUTH":
                    heard.bodies.append(line)
                    say("235 welcome")
                elif verb == "RCPT":
                    say("550 nobody" if "<nobody@" in line else "250 good")
                elif verb == "DATA":
                    say("354 go on")
                    lines = []
                    while (line := self.rfile.readline().decode()) != ".\r\n":
                        lines.append(line)
                    heard.bodies.append(
                        message_from_string("".join(lines), policy=policy.default)
                    )
                    say("250 taken")
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 good")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        yield from serving(server, heard)


def serving(server: socketserver.BaseServer, heard: Heard) -> Iterator[Heard]:
    heard.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
