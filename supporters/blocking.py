"""Who cannot sign: addresses whose owner said "this was not me" about a petition, and what the
site's moderators blocked everywhere. Both act silently: the same page, nothing stored, no mail."""

from ipaddress import ip_network

from django.conf import settings

from supporters.addresses import InvalidAddress, check_address, email_key
from supporters.client import BLOCK_PREFIXES
from supporters.keyed_hashes import keyed_hash
from supporters.models import BlockedAddress, SiteBlock

_SALT = "supporters.blocked_address"
_SITE_SALT = "supporters.site_block"
_MOST_LABELS = 8  # of a domain that are looked up; mail hosts have two to four

Kind = SiteBlock.Kind


def key_hashes(petition_id: int, email_key: str) -> list[str]:
    """The hash under the present SECRET_KEY first, then under each of its fallbacks."""
    return _hashes(_SALT, f"{petition_id}:{email_key}")


def block(petition_id: int, email_key: str) -> None:
    BlockedAddress.objects.get_or_create(
        petition_id=petition_id, key_hash=key_hashes(petition_id, email_key)[0]
    )


# The whole site


def site_keys(email_key: str, networks: tuple[str, ...]) -> list[str]:
    """Every key of a SiteBlock that would keep this signer out."""
    labels = email_key.rpartition("@")[2].split(".")[-_MOST_LABELS:]
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return [
        *(key_of(Kind.ADDRESS, each) for each in address_values(email_key)),
        *(key_of(Kind.DOMAIN, each) for each in domains),
        *(key_of(Kind.NETWORK, each) for each in networks),
    ]


def key_of(kind: str, value: str) -> str:
    return f"{kind}:{value}"


def address_values(email_key: str) -> list[str]:
    """What a block of this address holds: under the present SECRET_KEY, then its fallbacks."""
    return _hashes(_SITE_SALT, email_key)


def domain_value(typed: str) -> str:
    """The domain as addresses have it. Raises ValueError for what is none, or a whole ending."""
    domain = typed.strip().lower().removeprefix("@").removeprefix("*.").rstrip(".")
    try:
        found = email_key(check_address(f"postmaster@{domain}")).rpartition("@")[2]
    except InvalidAddress as error:
        raise ValueError(str(error)) from error
    if "." not in found:
        raise ValueError("a whole ending")
    return found


def network_value(typed: str) -> str:
    """The network in CIDR's way; one address stands for itself. Raises ValueError for what is no
    network, and LookupError for one of a length that is not looked up."""
    network = ip_network(typed.strip(), strict=False)
    if network.prefixlen not in BLOCK_PREFIXES[network.version]:
        raise LookupError(network.version)
    return str(network)


def _hashes(salt: str, value: str) -> list[str]:
    return [
        keyed_hash(salt, value, secret=secret).hexdigest()
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]
