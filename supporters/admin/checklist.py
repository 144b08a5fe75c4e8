"""What an organizer has still to do, shown above their petition."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from petitions.models import Petition
from petitions.roles import Role
from petitions.states import Status
from supporters import tokens
from supporters.access import owns, role_of

from .appeal_page import appeal_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`url`: where it is done, or ''. `hint`: how, or when."""

    text: str
    is_done: bool
    hint: str = ""
    url: str = ""


def checklist(user: Any, petition: Petition) -> list[Item]:
    """For who works on the text, until all is done or the petition is closed."""
    works = owns(user, petition) or role_of(user, petition) == Role.EDIT
    if not works or petition.status not in (
        Status.DRAFT,
        Status.IN_REVIEW,
        Status.OPEN,
    ):
        return []
    items = [
        _password(user),
        _in_form(petition, gettext("A picture with words beside it"), "picture",
                 is_done=bool(petition.picture and petition.picture_alt)),
        _in_form(petition, gettext("A goal that can be reached"), "goal",
                 is_done=petition.goal is not None),
        _targets(petition),
        _update(petition),
        _share(petition),
    ]  # fmt: skip
    return [] if all(item.is_done for item in items) else items


def review_note(petition: Petition) -> str:
    """When an answer is to be expected, or how an appeal stands, or ''."""
    if petition.status != Status.IN_REVIEW:
        return appeal_note(petition)
    days = settings.PETITIONS_REVIEW_DAYS
    return ngettext(
        "Moderators read it within %(days)s day. A mail tells you what they decided.",
        "Moderators read it within %(days)s days. A mail tells you what they decided.",
        days,
    ) % {"days": days}


def _password(user: Any) -> Item:
    return Item(
        text=gettext("A password, to log in again"),
        is_done=user.has_usable_password(),
        url=reverse("account_set_password"),
    )


def _in_form(petition: Petition, text: str, field: str, *, is_done: bool) -> Item:
    if petition.status == Status.IN_REVIEW:
        return Item(text=text, is_done=is_done, hint=_once_open())
    return Item(text=text, is_done=is_done, url=f"#id_{field}")


def _targets(petition: Petition) -> Item:
    done = petition.target_links.exists()
    text = gettext("Who it is addressed to")
    if petition.status == Status.DRAFT:
        return Item(text=text, is_done=done, url="#target_links-group")
    return Item(text=text, is_done=done, hint=gettext("Ask a moderator to add who is missing."))


def _update(petition: Petition) -> Item:
    done = petition.updates.exclude(published_at=None).exists()
    text = gettext("A first update, with what happens next")
    if petition.status != Status.OPEN:
        return Item(text=text, is_done=done, hint=_once_open())
    page = reverse("admin:petitions_petition_updates", args=[petition.pk])
    return Item(text=text, is_done=done, url=page)


def _share(petition: Petition) -> Item:
    """Done once somebody beside the organizer has come."""
    text = gettext("Share it with the first ten people")
    if petition.status != Status.OPEN:
        token = tokens.make(tokens.Purpose.PREVIEW, petition.pk)
        preview = reverse("preview", args=[token])
        return Item(
            text=text,
            is_done=False,
            hint=gettext("Once it is open. Until then, this is its preview."),
            url=preview,
        )
    live = int(getattr(petition, "live_count", petition.supporter_count))
    return Item(text=text, is_done=live > 1, url=f"{petition.get_absolute_url()}#share-title")


def _once_open() -> str:
    return gettext("Once it is open.")
