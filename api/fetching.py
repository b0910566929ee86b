"""Fetches a recording by its URL, without being led into the inside of the network (server-side request forgery).

Every host, also that of every redirect, is resolved here; each address is checked and the connection goes to an address
that was checked, so that a name cannot resolve to something else a moment later (DNS rebinding). TLS still verifies the
certificate against the name. The libraries for this on the index were looked at: those that pin the address rely on
private parts of httpx, or open a connection before they check; httpx's transports and its ``sni_hostname`` extension
are public and do the work.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

import certifi
import httpx

from api.problems import ContentTooLarge, FetchFailed, FetchRefused

MAX_REDIRECTS: Final = 5
CONNECT_SECONDS: Final = 15.0
READ_SECONDS: Final = 60.0
CHUNK_BYTES: Final = 256 * 1024

# Reachable from the inside of a cloud though the address itself is public (Azure's WireServer and metadata).
_INTERNAL_SERVICES: Final = frozenset({IPv4Address("168.63.129.16")})
# IANA IPv6 special-purpose registry: what is_global of Python 3.11 lets through or that hides another address.
_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE: Final = IPv6Network("::/96")
_SPECIAL_V4: Final = tuple(IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` is an ordinary address of the public internet, and no other address is hidden in it.

    Refused are private, loopback, link-local (the metadata services of clouds), carrier-grade NAT, multicast,
    reserved and unspecified addresses, and IPv6 forms that carry such an IPv4 address: mapped, compatible, 6to4,
    Teredo, NAT64 (RFC 6890, RFC 4291, RFC 3056, RFC 4380, RFC 6052).
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None or address in _IPV4_COMPATIBLE:
            return False
        if any(address in network for network in _NAT64):
            return address in _NAT64[0] and is_public(IPv4Address(address.packed[-4:]))
        if address.is_site_local:
            return False
    elif address in _INTERNAL_SERVICES or any(address in network for network in _SPECIAL_V4):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_unspecified or address.is_loopback or address.is_link_local
    )


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves and checks the host of each request and connects to the address that was checked.

    With ``allow_private`` addresses of any network are taken (``HOTLINE_FETCH_ALLOW_PRIVATE``).
    """

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        # A connection must not serve a second name on the same address: each request has its own.
        self._direct = httpx.AsyncHTTPTransport(
            verify=_trusted(), trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` to a checked address of its host; raises :class:`FetchRefused` where there is none."""
        if request.url.scheme not in {"http", "https"}:
            raise FetchRefused("Only http and https URLs are fetched.")
        host = request.url.host
        port = request.url.port or {"http": 80, "https": 443}[request.url.scheme]
        addresses = await self._checked_addresses(host, port)
        failure: httpx.ConnectError | httpx.ConnectTimeout | None = None
        for address in addresses:
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await self._direct.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        assert failure is not None  # noqa: S101 -- there is at least one address
        raise failure

    async def _checked_addresses(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchFailed("The host of the URL has no address.") from error
        addresses = list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
        if not self._allow_private and not all(is_public(address) for address in addresses):
            # One inner address among public ones is refused too: it is how rebinding starts.
            raise FetchRefused(
                "The host of the URL is a private, loopback, link-local or otherwise internal address. "
                "Upload the file instead, or let the administrator set HOTLINE_FETCH_ALLOW_PRIVATE."
            )
        if not addresses:
            raise FetchFailed("The host of the URL has no address.")
        return addresses

    async def aclose(self) -> None:
        """Close all connections."""
        await self._direct.aclose()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    # What this machine trusts, so that a city's own certificate authority counts; the public ones where it has no list.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True, slots=True)
class FetchedRecording:
    """A recording on its way: its file name where one is given, its media type, its bytes as they come."""

    filename: str | None
    content_type: str | None
    chunks: AsyncIterator[bytes]


@asynccontextmanager
async def fetch_recording(
    url: str, *, max_bytes: int, timeout: timedelta, allow_private: bool
) -> AsyncIterator[FetchedRecording]:
    """Open ``url``; its bytes are read while the context lasts, all within ``timeout``.

    Raises :class:`FetchRefused` for a URL that leads to the inside, :class:`FetchFailed` where the other side does
    not give the recording, :class:`ContentTooLarge` beyond ``max_bytes``. The URL itself, often a secret, is in none.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchRefused("This is not a URL.") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise FetchRefused("Only http and https URLs are fetched.")
    try:
        async with (
            asyncio.timeout(timeout.total_seconds()),
            httpx.AsyncClient(
                transport=CheckedTransport(allow_private),
                trust_env=False,
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                # A compressed body could unfold to any size; audio gains nothing by it.
                headers={"Accept": "audio/*, application/octet-stream, */*;q=0.5", "Accept-Encoding": "identity"},
            ) as client,
            client.stream("GET", parsed) as response,
        ):
            _check_answer(response, max_bytes)
            yield FetchedRecording(
                _filename(response), response.headers.get("content-type"), _limited(response, max_bytes)
            )
    except TimeoutError as error:
        raise FetchFailed(f"The recording did not come within {timeout.total_seconds():.0f} seconds.") from error
    except httpx.TooManyRedirects as error:
        raise FetchFailed(f"The URL redirects more than {MAX_REDIRECTS} times.") from error
    except httpx.TimeoutException as error:
        raise FetchFailed("The host of the URL does not answer.") from error
    except httpx.UnsupportedProtocol as error:
        raise FetchRefused("Only http and https URLs are fetched, and redirects to them.") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise FetchFailed(f"The connection to the host of the URL failed ({type(error).__name__}).") from error


def _check_answer(response: httpx.Response, max_bytes: int) -> None:
    if response.status_code != httpx.codes.OK:
        raise FetchFailed(f"The host of the URL answered {response.status_code}; it may have expired.")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchFailed("The host of the URL sends the recording compressed, though it was asked not to.")
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > max_bytes:
        raise ContentTooLarge(f"The recording has {declared} bytes; at most {max_bytes} are accepted.")


async def _limited(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    received = 0
    async for chunk in response.aiter_raw(CHUNK_BYTES):
        received += len(chunk)
        if received > max_bytes:
            raise ContentTooLarge(f"The recording has more than the {max_bytes} bytes that are accepted.")
        yield chunk


def _filename(response: httpx.Response) -> str | None:
    name = PurePosixPath(unquote(response.url.path)).name
    return name or None
