"""HTTP to other systems: only to public addresses, without redirects, one attempt at a time.

A host name is resolved once, and the connection goes to an address that was checked. So no name
server can lead the hub into its own network (DNS rebinding).
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    SSLError,
)

from hub.delivery.domain.connector.http_message import HttpRequest, HttpResponse
from hub.kernel.errors import Rejected, Unavailable, Uncertain

LONGEST_RESPONSE = 256 * 1024
CHUNK = 16 * 1024
CONNECT_SECONDS = 3

_NOT_CONNECTED = (ConnectTimeoutError, NewConnectionError)
_UNICAST, _NAT64 = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Sequence[str]]


class RequestTarget(NamedTuple):
    """Where a request goes. `target` is the path with the query."""

    secure: bool
    host: str
    port: int
    target: str
    host_header: str


class OutboundHttp:
    """`hub.delivery.ports.OutboundHttp`.

    With `local` it connects to any address, also without TLS. The emulator needs that, since its
    systems are on the same machine.
    """

    def __init__(self, resolve: Resolve | None = None, *, local: bool = False) -> None:
        self._resolve = resolve or resolve_host
        self._local = local

    def send(self, request: HttpRequest, seconds: float) -> HttpResponse:
        """Opens a new connection for each request, because a broken idle connection would look like
        an interrupted request. Tries the next address only if the one before did not connect."""
        target, deadline = self._parse_url(request.url), time.monotonic() + seconds
        for address in self._resolve_allowed(target):
            try:
                return _exchange(target, address, request, deadline)
            except _NOT_CONNECTED as error:
                last_error: HTTPError = error
            except SSLError as error:
                raise _translate_tls_error(error) from error
            except HTTPError as error:
                raise Uncertain(type(error).__name__) from error
        raise Unavailable(type(last_error).__name__) from last_error

    def _parse_url(self, url: str) -> RequestTarget:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise Rejected("its address is no URL", "url") from error
        secure = parts.scheme == "https"
        if not host or parts.username is not None or not (secure or self._local):
            raise Rejected("its address is not https://host", "url")
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        return RequestTarget(secure, host, port or (443 if secure else 80), target, parts.netloc)

    def _resolve_allowed(self, target: RequestTarget) -> Sequence[str]:
        """Resolves the host. Raises `Rejected` if one of its addresses is not public."""
        addresses = self._resolve(target.host, target.port)
        if not addresses:
            raise Unavailable("its name has no address")
        if not self._local and not all(map(is_public, addresses)):
            raise Rejected("its address is not a public one", "url")
        return addresses


def resolve_host(host: str, port: int) -> list[str]:
    """Returns the IP addresses of a host name, each once. Raises `Unavailable` if there is none."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable("its name is not known") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet.

    For an IPv6 address that holds an IPv4 address (mapped, NAT64), that one counts. Addresses of
    tunnels (6to4, Teredo) are not public, since a tunnel may lead into a private network.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        if inner := address.ipv4_mapped or nat64:
            return is_public(str(inner))
        if address not in _UNICAST or address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast


def _exchange(
    target: RequestTarget, address: str, request: HttpRequest, deadline: float
) -> HttpResponse:
    remaining = max(deadline - time.monotonic(), 0.001)
    timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, remaining), read=remaining)
    with _build_pool(target, address, timeout) as pool:
        response = pool.urlopen(
            request.method,
            target.target,
            body=request.body or None,
            headers={**request.headers, "Host": target.host_header, "Connection": "close"},
            assert_same_host=False,
            decode_content=False,
            preload_content=False,
            redirect=False,
            retries=False,
        )
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return HttpResponse(response.status, headers, _read_body(response, deadline))
        finally:
            response.close()


def _build_pool(
    target: RequestTarget, address: str, timeout: urllib3.Timeout
) -> urllib3.HTTPConnectionPool:
    """Builds a pool of one connection to the address. The certificate must be that of the host:
    https://urllib3.readthedocs.io/en/stable/advanced-usage.html#custom-sni-hostname"""
    if not target.secure:
        return urllib3.HTTPConnectionPool(address, target.port, timeout=timeout, maxsize=1)
    return urllib3.HTTPSConnectionPool(
        address,
        target.port,
        timeout=timeout,
        maxsize=1,
        cert_reqs="CERT_REQUIRED",
        server_hostname=target.host,
    )


def _read_body(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """Reads at most `LONGEST_RESPONSE` bytes. Raises `Uncertain` after the deadline."""
    body = b""
    while len(body) < LONGEST_RESPONSE and (chunk := response.read1(CHUNK)):
        body += chunk
        if time.monotonic() > deadline:
            raise Uncertain("the answer took too long")
    return body[:LONGEST_RESPONSE]


def _translate_tls_error(error: SSLError) -> Unavailable | Uncertain:
    if error.args and isinstance(error.args[0], ssl.SSLCertVerificationError):
        return Unavailable("its certificate is not valid")
    return Uncertain("SSLError")
