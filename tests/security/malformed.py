#!/usr/bin/env python3
"""malformed.py --port PORT [--requests N] [--seed S] [--pid PID]: sends malformed requests to a server on this machine and looks
at what it makes of them. Each must be answered with 4xx or have its connection closed; after each thousand a good request
must be answered. With --pid the process's memory is looked at too. Exit code 0 when all held."""
import argparse
import pathlib
import random
import sys
import time

from wire import Wire

GOOD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
METHODS = (b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS")
PATHS = (b"/tasks", b"/tasks/1", b"/tasks/1/run", b"/auth/login", b"/executions", b"/ui/tasks/create", b"/healthz", b"/users")
JUNK = (b"\0", b"\r", b"\n", b"\r\n", b" ", b"\t", b"\x7f", b"\xff", b"\xc0\xaf", b":", b";", b"%", b"%00", b"..", b"//", b"\\", b"\x0b",
        b"\x16\x03\x01", b"A" * 300, b"%2e%2e", b"\xe2\x80\xae")


def broken_line(random_):
    return random_.choice((
        b"GET /", b"GET", b"GET  / HTTP/1.1", b"GET / HTTP/1.1 ", b" GET / HTTP/1.1", b"GET / HTTP/2.0", b"GET / HTTP/9.9", b"GET / http/1.1",
        b"GET / HTTP/1.1.1", b"GET /a b HTTP/1.1", b"GET\t/\tHTTP/1.1", b"G@T / HTTP/1.1", b"GET /\x00 HTTP/1.1", b"GET /\xff HTTP/1.1",
        b"/ GET HTTP/1.1", b"HTTP/1.1 200 OK", b"GET /" + b"a" * random_.randint(8200, 20000) + b" HTTP/1.1", b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\x00", b"GET ../../etc/passwd HTTP/1.1", b"M" * 60 + b" / HTTP/1.1"))


def broken_field(random_):
    return random_.choice((
        b"Content-Length: x", b"Content-Length: -1", b"Content-Length: 1\r\nContent-Length: 2", b"Content-Length: 1, 1", b"Content-Length: 0x10",
        b"Content-Length: 99999999999999999999", b"Content-Length: +3", b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding: xchunked", b"Transfer-Encoding : chunked",
        b"Transfer-Encoding:\x0bchunked", b"X : y", b"X\r\n y", b" folded: y", b"no colon", b": no name", b"X: \x00", b"X: a\rb", b"X: a\nY: b",
        b"X\xff: y", b"X(: y", b"X: " + b"y" * random_.randint(16400, 40000), b"\r\n".join(b"X%d: y" % n for n in range(150))))


def broken_chunks(random_):
    return random_.choice((b"zz\r\n", b"3;a=b\r\nabc\r\n0\r\n\r\n", b"3\nabc\n0\n\n", b"-1\r\n", b"3 \r\nabc\r\n0\r\n\r\n", b"2\r\nabc\r\n0\r\n\r\n",
                           b"ffffffffffffffffff\r\n", b"7fffffffffffffff\r\n", b"0" * 3000, b"0\r\nbad trailer\r\n\r\n", b"\r\n", b"3\r\nab\0\r\n\r\n"))


def bodies(random_):
    """Bodies that are well framed and can't be read, or hold what may not be."""
    return random_.choice((b"{", b"[" * 5000, b"{\"a\":" * 40 + b"1" + b"}" * 40, b"nul", b"\"\xff\"", b"{\"name\":\"a\",\"name\":\"b\"}", b"1e999999",
                           b"{\"name\":\"\xed\xa0\x80\"}", b"\xef\xbb\xbf{}", b"{}{}", b"[]", b"-", b"{\"cron\":[[[[]]]]}", b"\0", b"{'a':1}",
                           bytes(random_.randbytes(random_.randint(1, 400)))))


def make(random_):
    """One malformed request."""
    kind = random_.randrange(7)
    line = random_.choice(METHODS) + b" " + random_.choice(PATHS) + b" HTTP/1.1"
    host = b"Host: localhost"
    if kind == 0:
        return broken_line(random_) + b"\r\n" + host + b"\r\n\r\n"
    if kind == 1:
        return line + b"\r\n" + host + b"\r\n" + broken_field(random_) + b"\r\n\r\n"
    if kind == 2:
        return b"POST " + random_.choice(PATHS) + b" HTTP/1.1\r\n" + host + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + broken_chunks(random_)
    if kind == 3:
        return random_.choice((b"", b"\r\n")) + random_.randbytes(random_.randint(1, 600)) + b"\r\n\r\n"
    if kind == 4:
        path = random_.choice(PATHS) + b"".join(random_.choice(JUNK) for _ in range(random_.randint(1, 3)))
        path = bytes(byte for byte in path if 0x20 < byte < 0x7F) + random_.choice((b"%", b"%zz", b"//", b"/../", b"%00", b"%2f", b"/."))
        return random_.choice(METHODS[:5]) + b" " + path + b" HTTP/1.1\r\n" + host + b"\r\nContent-Length: 0\r\n\r\n"
    if kind == 5:
        # no credentials: 401 before the body is read by anybody, or 400/415/422 of a log-in
        body = bodies(random_)
        path = random_.choice((b"/auth/login", b"/auth/register", b"/tasks"))
        media = random_.choice((b"application/json", b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"\xff/\xff"))
        return b"POST %b HTTP/1.1\r\n%b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (path, host, media, len(body), body)
    good = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    at = random_.randrange(len(good) - 2)
    return good[:at] + random_.choice(JUNK) + good[at + random_.randint(0, 2):]


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def send(port, data, random_):
    """The statuses that one connection got for these bytes."""
    wire = Wire(port, timeout=15).connect()
    statuses = []
    try:
        cut = random_.randrange(len(data)) if random_.random() < 0.2 else len(data)
        wire.send(data[:cut])
        if cut < len(data):
            wire.send(data[cut:])
        wire.socket.shutdown(1)  # whatever is not whole by now never will be
        while True:
            status, fields = wire.head()
            if status == 0:
                break
            statuses.append(status)
            wire.body(fields)
    except ConnectionError:
        pass
    finally:
        wire.close()
    return statuses


def is_healthy(port):
    return send(port, GOOD, random.Random(0)) == [200]


def attack(port, requests, seed=1, pid=None, say=lambda text: None):
    """Gives {status or 'closed': how often}, what was wrong, and [(requests, KiB)]."""
    random_ = random.Random(seed)
    counted, wrong, memory = {}, [], []
    for number in range(requests):
        data = make(random_)
        statuses = send(port, data, random_)
        for status in statuses or ["closed"]:
            counted[status] = counted.get(status, 0) + 1
            # junk may leave a request well-formed, and a well-formed one may be answered
            if status != "closed" and not 400 <= status < 500 and not (status in (200, 204, 303, 308) and b"HTTP/1.1" in data):
                wrong.append((seed, number, status, data[:300]))
        if (number + 1) % 1000 == 0 or number + 1 == requests:
            if not is_healthy(port):
                wrong.append((seed, number, "not healthy", b""))
                break
            if pid:
                memory.append((number + 1, resident_kib(pid)))
                say(f"{number + 1} requests, {memory[-1][1]} KiB, {counted}")
    return counted, wrong, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pid", type=int)
    options = parser.parse_args()
    began = time.monotonic()
    counted, wrong, memory = attack(options.port, options.requests, options.seed, options.pid, print)
    print(f"{sum(counted.values())} answers in {time.monotonic() - began:.0f} s: {counted}")
    for entry in wrong[:20]:
        print("WRONG", entry)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
