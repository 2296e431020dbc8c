"""The way out: to public addresses only, whatever a name stands for; TLS; no redirects."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.delivery.adapters.outbound_http import (
    LONGEST_RESPONSE,
    OutboundHttp,
    is_public,
    resolve_host,
)
from hub.delivery.domain.connector.http_message import HttpRequest
from hub.kernel.errors import Rejected, Unavailable, Uncertain

INSIDE = [
    "0.0.0.0",  # noqa: S104 nobody binds to it
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


def asking(url: str, method: str = "GET") -> HttpRequest:
    return HttpRequest(method, url)


@pytest.mark.parametrize("address", INSIDE)
def test_nobody_leads_the_hub_into_its_own_network(address: str) -> None:
    """As by DNS rebinding: the name is a stranger's, and so is what it stands for."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [address]

    with pytest.raises(Rejected, match="not a public one"):
        OutboundHttp(resolve).send(asking("https://innocent.example/x"), 1)
    assert asked == ["innocent.example"]


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_internet_at_large_is_public(address: str) -> None:
    assert is_public(address)


def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    with pytest.raises(Rejected):
        OutboundHttp(lambda *_: ["8.8.8.8", "10.0.0.1"]).send(asking("https://two.example"), 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "ftp://example.com",
        "https://",
        "https://user:pw@example.com",
        "file:///etc/passwd",
        "https://example.com:x",
        "https://[::1",
    ],
)
def test_only_https_to_a_host_is_an_address(url: str) -> None:
    with pytest.raises(Rejected):
        OutboundHttp(lambda *_: ["8.8.8.8"]).send(asking(url), 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "localhost"])
def test_an_address_spelled_in_the_url_is_looked_at_too(host: str) -> None:
    with pytest.raises(Rejected, match="not a public one"):
        OutboundHttp().send(asking(f"https://{host}/"), 1)


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    with pytest.raises(Unavailable, match="name is not known"):
        resolve_host("nowhere.invalid", 443)
    with pytest.raises(Unavailable):
        OutboundHttp(lambda *_: []).send(asking("https://nowhere.example"), 1)


class Page(BaseHTTPRequestHandler):
    release = threading.Event()

    def do_GET(self) -> None:
        match self.path:
            case "/moved":
                self.send_response(302)
                self.send_header("Location", "/")
                self.end_headers()
            case "/long":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"x" * (3 * LONGEST_RESPONSE))
            case "/drips":
                self.send_response(200)
                self.end_headers()
                for _ in range(50):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    if self.release.wait(0.05):
                        return
            case "/cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"half")
            case _:
                host = self.headers["Host"].encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(host)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Tests are quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def get(server: ThreadingHTTPServer) -> Callable[..., object]:
    def get(path: str, seconds: float = 2) -> object:
        url = f"http://vendor.example:{server.server_port}{path}"
        return OutboundHttp(lambda *_: ["127.0.0.1"], local=True).send(asking(url), seconds)

    return get


def test_the_connection_goes_to_what_was_looked_up_and_the_host_is_the_name(
    server: ThreadingHTTPServer,
) -> None:
    url = f"http://vendor.example:{server.server_port}/"
    answer = OutboundHttp(lambda *_: ["127.0.0.1"], local=True).send(asking(url), 2)
    assert answer.body.decode() == f"vendor.example:{server.server_port}"


def test_the_next_address_is_tried_only_where_the_first_took_no_connection(
    server: ThreadingHTTPServer,
) -> None:
    url = f"http://vendor.example:{server.server_port}/"
    both = OutboundHttp(lambda *_: ["127.9.9.9", "127.0.0.1"], local=True)
    assert both.send(asking(url), 2).status == 200
    with pytest.raises(Unavailable):
        OutboundHttp(lambda *_: ["127.9.9.9"], local=True).send(asking(url), 2)


def test_redirects_are_answers_and_not_followed(server: ThreadingHTTPServer) -> None:
    url = f"http://vendor.example:{server.server_port}/moved"
    answer = OutboundHttp(lambda *_: ["127.0.0.1"], local=True).send(asking(url), 2)
    assert (answer.status, answer.headers["location"]) == (302, "/")


def test_an_answer_is_read_as_far_as_it_may_be_long(server: ThreadingHTTPServer) -> None:
    url = f"http://vendor.example:{server.server_port}/long"
    answer = OutboundHttp(lambda *_: ["127.0.0.1"], local=True).send(asking(url), 5)
    assert len(answer.body) == LONGEST_RESPONSE


@pytest.mark.parametrize("path", ["/drips", "/cut"])
def test_an_answer_that_never_ends_or_ends_too_soon_tells_nothing(
    get: Callable[..., object], path: str
) -> None:
    with pytest.raises(Uncertain):
        get(path, 0.3)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of `vendor.example`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vendor.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("vendor.example")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "vendor.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(server: ThreadingHTTPServer, certificate: Path) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server.server_port


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure: int) -> None:
    with pytest.raises(Unavailable, match="certificate"):
        OutboundHttp(lambda *_: ["127.0.0.1"], local=True).send(
            asking(f"https://vendor.example:{secure}/"), 2
        )


def test_a_certificate_is_held_against_the_name_and_not_the_address(
    secure: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    http = OutboundHttp(lambda *_: ["127.0.0.1"], local=True)
    assert http.send(asking(f"https://vendor.example:{secure}/"), 2).status == 200
    with pytest.raises(Unavailable, match="certificate"):
        http.send(asking(f"https://other.example:{secure}/"), 2)
