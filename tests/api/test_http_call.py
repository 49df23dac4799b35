"""What the client makes of a server that answers oddly: the same code calls the API and runs HTTP tasks."""
import contextlib
import json
import socket
import subprocess
import threading

import pytest
from conftest import BINARY

LONG = 1_500_000
CASES = {
    "by length": ((b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 10\r\n\r\nhello", b"world"), 0, "helloworld", "status 200"),
    "in chunks": ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", b"lo\r\n5", b"\r\nworld\r\n0\r\n", b"\r\n"), 0, "helloworld", "status 200"),
    "to the end": ((b"HTTP/1.1 200 OK\r\n\r\nhello", b"world"), 0, "helloworld", "status 200"),
    "without a body": ((b"HTTP/1.1 204 No Content\r\n\r\n",), 0, "", "status 204"),
    "a failure": ((b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno",), 1, "no", "status 500"),
    "long": ((b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (2 * LONG) + b"x" * LONG, b"x" * LONG), 0, "x" * 2 * LONG, "status 200"),
    "broken off": ((b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",), 1, "hello", "partial message"),
    "nothing": ((), 1, "", "end of stream"),
    "no HTTP": ((b"SSH-2.0-hello\r\n",), 1, "", "bad version"),
}


@contextlib.contextmanager
def answering(parts):
    """A server for one request; each part is sent when what stood before it has gone, then the connection ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(65536)
                for part in parts:
                    connection.sendall(part)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("case", CASES)
def test_an_answer_in_pieces_is_whole_and_a_broken_one_is_named(case):
    parts, code, output, said = CASES[case]
    with answering(parts) as port:
        call = json.dumps({"url": f"http://127.0.0.1:{port}/x"})
        done = subprocess.run([BINARY, "http-call"], input=call, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (code, output)
    assert said in done.stderr, done.stderr
