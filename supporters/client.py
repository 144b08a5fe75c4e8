"""Who is asking: the client's address, and the keyed hash that is all we keep of it."""

import datetime as dt
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from supporters.keyed_hashes import keyed_hash

# By version of the protocol: what a signature's network is, and what can be blocked.
NETWORK_PREFIXES = {4: 24, 6: 48}
BLOCK_PREFIXES = {4: (16, 20, 22, 24, 28, 32), 6: (32, 40, 48, 56, 64, 128)}
IPV6_PREFIX = 64  # what one household or phone is given; within it, addresses are free to change


def client_address(request: HttpRequest) -> str:
    """Return the address of the nearest machine that is none of our own proxies.

    Every proxy appends the address that it was called from to X-Forwarded-For. So it is read from
    the right, as long as PETITIONS_TRUSTED_PROXIES vouches for the reader; what stands further
    left may be invented. An entry that is no address makes the header worthless: REMOTE_ADDR.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    trusted = _networks(tuple(settings.PETITIONS_TRUSTED_PROXIES))
    address = _parse(peer)
    if address is None:
        return peer
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    while forwarded.strip() and any(address in network for network in trusted):
        forwarded, _, hop = forwarded.rpartition(",")
        nearer = _parse(hop)
        if nearer is None:
            return peer
        address = nearer
    return str(address)


def is_trusted_proxy(request: HttpRequest) -> bool:
    """Whether the machine that called us is one of PETITIONS_TRUSTED_PROXIES."""
    peer = _parse(str(request.META.get("REMOTE_ADDR", "")))
    networks = _networks(tuple(settings.PETITIONS_TRUSTED_PROXIES))
    return peer is not None and any(peer in network for network in networks)


def client_hash(request: HttpRequest, *, today: dt.date | None = None) -> str:
    """Return 32 hexadecimal digits, another for the same client each day (UTC).

    The key is made of SECRET_KEY and the day; an IPv6 client is known by its /64.
    """
    day = today or timezone.now().astimezone(dt.UTC).date()
    address = client_address(request)
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        address = str(IPv6Network((parsed.packed, IPV6_PREFIX), strict=False))
    return _hash(f"supporters.client.{day}", address)[:32]


def network_hash(address: str, *, today: dt.date | None = None) -> str:
    """16 hexadecimal digits for the network of a client, others each day; '' when it is no address.

    What a signature keeps: who signs from the same network on the same day has the same, and no
    more can be told from it. With the same key as client_hash().
    """
    parsed = _parse(address)
    if parsed is None:
        return ""
    day = today or timezone.now().astimezone(dt.UTC).date()
    network = _around(parsed, NETWORK_PREFIXES[parsed.version])
    return _hash(f"supporters.network.{day}", network)[:16]


def _hash(salt: str, value: str) -> str:
    return keyed_hash(salt, value, secret=settings.SECRET_KEY).hexdigest()


def networks_around(address: str) -> tuple[str, ...]:
    """The networks, of the lengths that can be blocked, that an address lies in."""
    parsed = _parse(address)
    if parsed is None:
        return ()
    return tuple(_around(parsed, length) for length in BLOCK_PREFIXES[parsed.version])


def _around(address: IPv4Address | IPv6Address, length: int) -> str:
    """As str(ip_network(…)), in a fraction of its time: each signing asks for seven."""
    rest = address.max_prefixlen - length
    return f"{type(address)(int(address) >> rest << rest)}/{length}"


@lru_cache(maxsize=4)
def _networks(proxies: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(proxy, strict=False) for proxy in proxies)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Some proxies add a port: 192.0.2.1:4711 or [2001:db8::1]:4711."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both protocols reports IPv4 clients as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address
