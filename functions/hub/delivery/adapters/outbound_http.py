"""HTTP to systems outside: to public addresses only, without redirects, one attempt at a time.

A name is looked up once, and the connection goes to an address that was looked at: nobody who
answers for a name leads the hub into its own network (DNS rebinding).
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

LONGEST_ANSWER = 256 * 1024
CHUNK = 16 * 1024
CONNECT_SECONDS = 3

_NOT_CONNECTED = (ConnectTimeoutError, NewConnectionError)
_UNICAST, _NAT64 = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Sequence[str]]


class RequestTarget(NamedTuple):
    """Where a request goes: `target` is the path with the query."""

    secure: bool
    host: str
    port: int
    target: str
    host_header: str


class OutboundHttp:
    """`hub.delivery.ports.Http`. With `local` it goes to any address, also without TLS: for the
    emulator, where the systems are on the same machine."""

    def __init__(self, resolve: Resolve | None = None, *, local: bool = False) -> None:
        self._resolve = resolve or resolve_host
        self._local = local

    def send(self, request: HttpRequest, seconds: float) -> HttpResponse:
        """A connection of its own for each, so that one that died idle is never taken for a call
        that was cut off; to the next address only where the one before took no connection."""
        place, deadline = self._parse_url(request.url), time.monotonic() + seconds
        for address in self._resolve_allowed(place):
            try:
                return _exchange(place, address, request, deadline)
            except _NOT_CONNECTED as failed:
                refused: HTTPError = failed
            except SSLError as failed:
                raise _translate_tls_error(failed) from failed
            except HTTPError as failed:
                raise Uncertain(type(failed).__name__) from failed
        raise Unavailable(type(refused).__name__) from refused

    def _parse_url(self, url: str) -> RequestTarget:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as wrong:
            raise Rejected("its address is none", "url") from wrong
        secure = parts.scheme == "https"
        if not host or parts.username is not None or not (secure or self._local):
            raise Rejected("its address is not https://host", "url")
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        named = parts.netloc
        return RequestTarget(secure, host, port or (443 if secure else 80), target, named)

    def _resolve_allowed(self, place: RequestTarget) -> Sequence[str]:
        """All that the name stands for, if nothing of it is inside."""
        found = self._resolve(place.host, place.port)
        if not found:
            raise Unavailable("its name has no address")
        if not self._local and not all(map(is_public, found)):
            raise Rejected("its address is not a public one", "url")
        return found


def resolve_host(host: str, port: int) -> list[str]:
    """What a name stands for. Raises `Unavailable` where nobody knows it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise Unavailable("its name is not known") from unknown
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(text: str) -> bool:
    """Whether an address is of the internet at large. One that holds an IPv4 address (mapped,
    NAT64) is what that one is; tunnels into private networks (6to4, Teredo) are not."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        if inner := address.ipv4_mapped or nat64:
            return is_public(str(inner))
        if address not in _UNICAST or address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast


def _exchange(
    place: RequestTarget, address: str, request: HttpRequest, deadline: float
) -> HttpResponse:
    left = max(deadline - time.monotonic(), 0.001)
    timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=left)
    with _pool(place, address, timeout) as pool:
        answer = pool.urlopen(
            request.method,
            place.target,
            body=request.body or None,
            headers={**request.headers, "Host": place.host_header, "Connection": "close"},
            assert_same_host=False,
            decode_content=False,
            preload_content=False,
            redirect=False,
            retries=False,
        )
        try:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return HttpResponse(answer.status, headers, _read_body(answer, deadline))
        finally:
            answer.close()


def _pool(
    place: RequestTarget, address: str, timeout: urllib3.Timeout
) -> urllib3.HTTPConnectionPool:
    """Of one connection to that address. The certificate has to be the name's all the same:
    https://urllib3.readthedocs.io/en/stable/advanced-usage.html#custom-sni-hostname"""
    if not place.secure:
        return urllib3.HTTPConnectionPool(address, place.port, timeout=timeout, maxsize=1)
    return urllib3.HTTPSConnectionPool(
        address,
        place.port,
        timeout=timeout,
        maxsize=1,
        cert_reqs="CERT_REQUIRED",
        server_hostname=place.host,
    )


def _read_body(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """As much as an answer may have, in the time it may take."""
    body = b""
    while len(body) < LONGEST_ANSWER and (chunk := answer.read1(CHUNK)):
        body += chunk
        if time.monotonic() > deadline:
            raise Uncertain("the answer took too long")
    return body[:LONGEST_ANSWER]


def _translate_tls_error(failed: SSLError) -> Unavailable | Uncertain:
    if failed.args and isinstance(failed.args[0], ssl.SSLCertVerificationError):
        return Unavailable("its certificate is not to be trusted")
    return Uncertain("SSLError")
