"""How many an update would reach now."""

from dataclasses import dataclass

from supporters.models import Signature
from supporters.suppression import suppressed

LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    number: int
    is_exact: bool  # else at most so many: some addresses may get no mailings


def reach(petition_id: int) -> Reach:
    """Up to LOOKED_AT supporters each address is looked at. Beyond them they are counted alone:
    suppressed addresses are kept as keyed hashes, which no database can compare with a million."""
    wanting = Signature.objects.wanting_updates().filter(petition_id=petition_id).order_by("pk")
    addresses = list(wanting.values_list("email", flat=True)[: LOOKED_AT + 1])
    if len(addresses) > LOOKED_AT:
        return Reach(number=wanting.order_by().count(), is_exact=False)
    left_out = suppressed(addresses)
    reached = sum(address not in left_out for address in addresses)
    return Reach(number=reached, is_exact=True)
