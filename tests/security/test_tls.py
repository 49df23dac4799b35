"""HTTPS by tls.certificate and tls.key, with an authority made for the test."""
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess

import pytest
from wire import BINARY, Wire


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.certificate = str(folder / "ca.crt")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key", "-out", "ca.crt",
                     "-days", "2", "-subj", "/CN=Test authority", "-addext", "basicConstraints=critical,CA:TRUE")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def issue(self, name, hosts="DNS:localhost,IP:127.0.0.1"):
        """Gives the paths of certificate and key."""
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                     "-subj", f"/CN={name}")
        (self.folder / "ext").write_text("subjectAltName=" + hosts)
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", name + ".crt",
                     "-extfile", "ext")
        return str(self.folder / (name + ".crt")), str(self.folder / (name + ".key"))

    def trusting(self):
        return ssl.create_default_context(cafile=self.certificate)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def secure(authority, started):
    """A server with a certificate of its own, in files of its own."""
    certificate, key = authority.issue("server")
    return started(environment={"MINI_SCHEDULER_TLS_CERTIFICATE": certificate, "MINI_SCHEDULER_TLS_KEY": key}, tls=authority.trusting())


def name_of(server, context):
    with socket.create_connection(("127.0.0.1", server.port), 10) as plain, context.wrap_socket(plain, server_hostname="localhost") as wrapped:
        return dict(pair[0] for pair in wrapped.getpeercert()["subject"])["commonName"]


def client(server, *words, environment=None):
    os.makedirs(server.folder + "/home", exist_ok=True)
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60, cwd=server.folder,
                          env={"HOME": server.folder + "/home", "PATH": os.environ["PATH"], **(environment or {})})


def test_over_tls_the_cookie_and_the_fields_say_so(secure):
    status, headers, _ = secure.request("POST", "/auth/login", {"username": "admin", "password": "admin123"})
    assert status == 200
    assert headers["Set-Cookie"].startswith("__Host-mini_scheduler_session=") and "; Secure" in headers["Set-Cookie"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = headers["Set-Cookie"].split(";")[0]
    own = {"Authorization": None, "Cookie": cookie}
    assert secure.request("GET", "/auth/me", None, own)[0] == 200
    assert secure.request("GET", "/auth/me", None, {**own, "Cookie": cookie.replace("__Host-", "")})[0] == 401
    assert secure.request("POST", "/tasks", {"name": "a", "cron": "@yearly", "command": "true"}, {**own, "Origin": f"http://127.0.0.1:{secure.port}"})[0] == 403
    assert secure.request("POST", "/tasks", {"name": "a", "cron": "@yearly", "command": "true"}, {**own, "Origin": f"https://127.0.0.1:{secure.port}"})[0] == 201


def test_old_versions_and_weak_suites_are_refused(secure, authority):
    def connects(context):
        try:
            return name_of(secure, context) == "server"
        except (ssl.SSLError, ConnectionError):
            return False
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = authority.trusting()
        context.minimum_version = context.maximum_version = version
        assert connects(context), version
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = authority.trusting()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        assert not connects(context), version
    for suites in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "NULL:@SECLEVEL=0"):
        context = authority.trusting()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.set_ciphers(suites)
        except ssl.SSLError:
            continue
        assert not connects(context), suites


def test_plain_http_is_led_to_https_or_refused(secure):
    wire = Wire(secure.port)
    status, fields, _ = wire.ask("GET", "/ui/tasks?x=1", host=f"localhost:{secure.port}")
    assert status == 308 and fields["location"] == f"https://localhost:{secure.port}/ui/tasks?x=1"
    status, _, body = wire.ask("POST", "/auth/login", {"Content-Type": "application/json"}, b'{"username":"admin","password":"admin123"}')
    assert status == 403 and b"https" in body
    status, fields, _ = wire.ask("GET", "/", host="evil.example")
    assert status == 403 and "location" not in fields
    assert wire.ask("GET", "//evil.example/")[0] == 403
    wire.close()


@pytest.mark.parametrize("how", ["by itself", "on SIGHUP"])
def test_a_new_certificate_is_taken_without_a_restart(secure, authority, how):
    files = [secure.environment["MINI_SCHEDULER_TLS_CERTIFICATE"], secure.environment["MINI_SCHEDULER_TLS_KEY"]]
    context = authority.trusting()
    kept = ssl.create_default_context(cafile=authority.certificate).wrap_socket(
        socket.create_connection(("127.0.0.1", secure.port), 10), server_hostname="localhost")
    assert name_of(secure, context) == "server"
    fresh = authority.issue("renewed")
    shutil.copy(fresh[0], files[0])  # for a moment the two don't belong together: the old pair goes on
    assert name_of(secure, context) == "server"
    shutil.copy(fresh[1], files[1])
    if how == "on SIGHUP":
        secure.process.send_signal(signal.SIGHUP)
    secure.wait_until(lambda: name_of(secure, context) == "renewed", 20)
    kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"200 OK" in kept.recv(4096), "a connection that stands goes on"
    kept.close()
    # what can't be used changes nothing
    pathlib.Path(files[0]).write_text("nonsense")
    secure.process.send_signal(signal.SIGHUP)
    secure.wait_until(lambda: "certificate_not_reloaded" in open(secure.folder + "/stderr.log").read(), 20)
    assert name_of(secure, context) == "renewed"


def test_the_command_line_checks_the_certificate(secure, authority):
    listed = client(secure, "task", "list")
    assert listed.returncode == 0, listed.stderr  # on this machine it knows the certificate itself
    url = f"https://localhost:{secure.port}"
    token = {"MINI_SCHEDULER_TOKEN": secure.token}
    assert client(secure, "--server", url, "--ca-file", authority.certificate, "task", "list", environment=token).returncode == 0
    assert client(secure, "--server", url, "task", "list", environment={**token, "SSL_CERT_FILE": authority.certificate}).returncode == 0
    unknown = client(secure, "--server", url, "task", "list", environment=token)
    assert unknown.returncode == 5 and "certificate" in unknown.stderr, unknown.stderr
    missing = client(secure, "--server", url, "--ca-file", "/nowhere.pem", "task", "list", environment=token)
    assert missing.returncode == 5 and "/nowhere.pem" in missing.stderr


def test_the_command_line_refuses_a_name_that_is_not_the_certificates(authority, started):
    certificate, key = authority.issue("elsewhere", "DNS:elsewhere.example")
    server = started(environment={"MINI_SCHEDULER_TLS_CERTIFICATE": certificate, "MINI_SCHEDULER_TLS_KEY": key},
                     tls=ssl._create_unverified_context())
    refused = client(server, "--server", f"https://localhost:{server.port}", "--ca-file", authority.certificate, "task", "list",
                     environment={"MINI_SCHEDULER_TOKEN": server.token})
    assert refused.returncode == 5
    # the pin of this machine's own file holds whatever the name is, and only for that certificate
    assert client(server, "task", "list").returncode == 0
    other, _ = authority.issue("other")
    path = server.folder + "/data/cli.json"
    text = open(path).read()
    os.remove(path)
    pathlib.Path(path).write_text(text.replace(certificate, other))
    assert client(server, "task", "list").returncode == 5


@pytest.mark.parametrize("fault", ["half", "missing", "strange key", "nonsense"])
def test_what_can_not_be_used_stops_the_start(authority, tmp_path, fault):
    certificate, key = authority.issue("stopped")
    (tmp_path / "nonsense").write_text("nonsense")
    pairs = {"half": (certificate, ""), "missing": (certificate, "/nowhere.key"), "strange key": (certificate, authority.issue("strange")[1]),
             "nonsense": (str(tmp_path / "nonsense"), key)}
    environment = {**os.environ, "MINI_SCHEDULER_TLS_CERTIFICATE": pairs[fault][0], "MINI_SCHEDULER_TLS_KEY": pairs[fault][1]}
    refused = subprocess.run([BINARY, "serve", "--port", "0", "--data-dir", str(tmp_path / "data")], capture_output=True, text=True, timeout=60,
                             cwd=tmp_path, env=environment)
    assert refused.returncode in (1, 2) and "tls." in refused.stderr, refused.stderr
