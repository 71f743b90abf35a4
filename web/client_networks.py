"""Whose requests count together: those of an address of IPv4, of a network of IPv6, or of a site of such networks.

Source:
    RFC 6177: sites are given a /48 or a little less, and every network in them is a /64.
"""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_NETWORK_BITS: Final = 64
_SITE_BITS: Final = 48
_LONGEST: Final = 128


def network_of(host: str) -> str:
    """The address of a client; of IPv6 the network, whose other addresses are the same client's."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:_LONGEST]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((address, _NETWORK_BITS), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


@lru_cache(maxsize=4096)
def site_of(network: str) -> str:
    """The site of what `network_of` gives, which has 65,536 networks of IPv6; of anything else itself."""
    try:
        return str(IPv6Network(network).supernet(new_prefix=_SITE_BITS))
    except ValueError:
        return network
