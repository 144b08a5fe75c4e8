"""Real rows for tests. The cast: Ana organizes, Mo moderates, Sam and Noor sign."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from petitions.models import ActionStep, Petition, Target, Update, User
from supporters.models import Signature


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("user{}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    first_name = "Ana"
    last_name = "Ferreira"


class PetitionFactory(DjangoModelFactory):
    """A draft. Traits: is_open, is_closed, in_review."""

    class Meta:
        model = Petition

    class Params:
        is_open = factory.Trait(status="open", opened_at=factory.LazyFunction(timezone.now))
        is_closed = factory.Trait(
            status="closed",
            opened_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=30)),
            closed_at=factory.LazyFunction(timezone.now),
        )
        in_review = factory.Trait(
            status="in_review", submitted_at=factory.LazyFunction(timezone.now)
        )

    title = factory.Sequence("Mend the bridge on Weir Lane {}".format)
    summary = "The bridge has been shut since May."
    body = "It was shut after the flood.\n\n## What it costs\n\nNinety children walk round it."
    ask = "Mend the bridge before winter."
    organizer = factory.SubFactory(UserFactory)


class SignatureFactory(DjangoModelFactory):
    """Pending. Trait: is_confirmed."""

    class Meta:
        model = Signature

    class Params:
        is_confirmed = factory.Trait(status="confirmed")

    petition = factory.SubFactory(PetitionFactory, is_open=True)
    given_name = "Sam"
    family_name = "Okoye"
    email = factory.Sequence("sam{}@example.org".format)


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    name = factory.Sequence("Bridges Board {}".format)
    slug = factory.Sequence("bridges-board-{}".format)


class ActionStepFactory(DjangoModelFactory):
    class Meta:
        model = ActionStep

    petition = factory.SubFactory(PetitionFactory, is_open=True)
    contact = "Bridges Board"
    phone = "01632 960 147"


class UpdateFactory(DjangoModelFactory):
    class Meta:
        model = Update

    petition = factory.SubFactory(PetitionFactory, is_open=True)
    title = "The board answered"
    body = "It will decide in **March**."
    published_at = factory.LazyFunction(timezone.now)


def typed(**changes: Any) -> dict[str, Any]:
    """What Noor types into the form of a petition."""
    return {
        "given_name": "Noor",
        "family_name": "Haddad",
        "email": "noor@example.org",
        "country": "IE",
        "postal_code": "",
        "reason": "",
        "display": "initial",
        **changes,
    }
