"""The mail about what is unusual: how many and where. No domain, no name, no address."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from petitions.groups import may_moderate
from petitions.models import User
from supporters.models import OutgoingMail, Suspicion

from .watching import LETTER

MOST = 20  # that are told one by one


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what fills it; None when there is nothing to say, or nobody who may
    know."""
    payload = mail.payload
    if payload.get("letter") != LETTER:
        return None
    user = User.objects.filter(pk=payload.get("to", 0), is_active=True).first()
    found = Suspicion.objects.filter(pk__in=payload.get("suspicions", []))
    suspicions = list(found.select_related("petition").order_by("-number"))
    if user is None or not may_moderate(user) or not suspicions:
        return None
    told = [
        {
            "kind": each.get_kind_display(),
            "number": each.number,
            "looked_at": each.looked_at,
            "petition": each.petition.title,
            "url": settings.SITE_URL
            + reverse("admin:petitions_petition_fraud", args=[each.petition_id]),
        }
        for each in suspicions[:MOST]
    ]
    return "suspicions", {
        "name": user.first_name,
        "number": len(suspicions),
        "suspicions": told,
        "more": len(suspicions) - len(told),
        "list_url": settings.SITE_URL + reverse("admin:supporters_suspicion_changelist"),
    }
