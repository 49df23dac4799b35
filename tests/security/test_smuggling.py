"""A second request hidden in a first one: what the reader refuses must end the connection, so that the hidden one is never answered."""
import pytest
from wire import Wire

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
START = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\n"
SHAPES = {
    "length and chunked": START + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": START + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": START + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "two lengths alike": START + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "folded": START + b"X: a\r\n Content-Length: 44\r\n\r\n",
    "bare LF": START + b"X: a\nContent-Length: 44\r\n\r\n",
    "bare LF at the end": START + b"Content-Length: 0\r\n\n",
    "bare CR": START + b"X: a\rContent-Length: 44\r\n\r\n",
    "chunk extension": START + b"Transfer-Encoding: chunked\r\n\r\n0;x=y\r\n\r\n",
    "LF in a chunk": START + b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
    "space before the colon": START + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "xchunked": START + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked of HTTP/1.0": b"POST /auth/login HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "NUL": START + b"X: \0\r\nContent-Length: 0\r\n\r\n",
    "two hosts of a smuggler": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost : evil\r\n\r\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_request_that_hides_another_ends_the_connection(server, shape):
    wire = Wire(server.port).connect()
    wire.send(SHAPES[shape] + HIDDEN)
    wire.socket.shutdown(1)
    status, fields = wire.head()
    assert status == 400 and fields["connection"] == "close"
    wire.body(fields)
    assert wire.head()[0] == 0, "the hidden request was answered"
    wire.close()


def test_what_is_sent_behind_a_good_request_is_the_next_one(server):
    wire = Wire(server.port).connect()
    wire.send(START + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN)
    status, fields = wire.head()
    assert status == 422
    wire.body(fields)
    assert wire.head()[0] == 200
    wire.close()
