"""HTTP as bytes: what a client library would put right or refuse to send; and the binary that is asked."""
import os
import pathlib
import socket

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = str(pathlib.Path(os.environ.get("SCHEDULER_BINARY", ROOT / "build/release/mini-scheduler")).resolve())


class Wire:
    def __init__(self, port, timeout=20, address="127.0.0.1", source=None):
        self.where = (address, port)
        self.timeout = timeout
        self.source = source
        self.socket = None
        self.rest = b""

    def connect(self):
        self.close()
        self.socket = socket.create_connection(self.where, self.timeout, self.source)
        self.rest = b""
        return self

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """More bytes; none at the end."""
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, TimeoutError, socket.timeout):
            data = b""
        self.rest += data
        return data

    def head(self):
        """Status and fields (names in lower case) of the next answer; (0, {}) where the connection ended."""
        while b"\r\n\r\n" not in self.rest:
            if not self.receive():
                return 0, {}
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            fields[name.lower()] = value.strip()
        return int(lines[0].split(" ")[1]), fields

    def body(self, fields):
        length = int(fields.get("content-length", 0))
        while len(self.rest) < length:
            if not self.receive():
                break
        body, self.rest = self.rest[:length], self.rest[length:]
        return body

    def at_end(self):
        return not self.rest and not self.receive()

    def ask(self, method, target, headers=None, body=b"", host="localhost"):
        """One request on a connection that is kept; gives status, fields and body."""
        fields = {} if host is None else {"Host": host}
        fields.update(headers or {})
        if body or method in ("POST", "PUT", "PATCH"):
            fields.setdefault("Content-Length", str(len(body)))
        lines = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        request = lines.encode("utf-8", "surrogateescape") + b"\r\n" + body
        for attempt in range(2):
            fresh = self.socket is None
            if fresh:
                self.connect()
            try:
                self.send(request)
                status, answered = self.head()
            except ConnectionError:
                status, answered = 0, {}
            if status or fresh:
                break
            self.close()  # it had ended between two requests
        text = b"" if method == "HEAD" or status in (0, 204, 304) else self.body(answered)
        if status == 0 or answered.get("connection") == "close" or "content-length" not in answered and status not in (204, 304):
            self.close()
        return status, answered, text


def bearer(token):
    return {"Authorization": "Bearer " + token} if token else {}
