"""Consent: whether signers are asked to give the organizer their address, and in which words.

The box is a second one, apart from "email me when there is news" (mails through this site), and
nothing is ticked in it. What was agreed to is kept with the signature as the very words.
"""

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from petitions.models import Petition
from supporters.models import Consent

# Whoever changes these words makes another Consent row with the next signature.
WORDING = gettext_lazy(
    "Give the organizer my email address, country and postcode, so that they may write to me"
)


def asks(petition: Petition) -> bool:
    """Whether this petition's form asks for it: the site lets it, and there is an organizer."""
    return bool(settings.PETITIONS_ASK_TO_SHARE) and petition.organizer_id is not None


def wording() -> str:
    """The words beside the box, in the present language; '' where the site never asks."""
    return str(WORDING) if settings.PETITIONS_ASK_TO_SHARE else ""


def consent_id(text: str) -> int:
    """The row that holds these words in the present language; made if there is none."""
    found, _new = Consent.objects.get_or_create(
        purpose=Consent.Purpose.ORGANIZER_WRITES, language=get_language() or "", wording=text
    )
    return found.pk
