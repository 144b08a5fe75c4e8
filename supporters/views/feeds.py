"""Atom feeds (RFC 4287): new petitions, of all, of a topic or to a target; updates of one."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.html import format_html, linebreaks
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from petitions.models import Petition, Target, Topic, Update
from petitions.states import Status
from supporters import browse
from supporters.caching import public

from .petition_lookup import with_petition

ENTRIES = 30
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)  # before anything; the year that ids name

# Everything but the characters of XML 1.0 (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@require_safe
@public(reads=())
def petitions_feed(request: HttpRequest) -> HttpResponse:
    """What was opened last, also if it is closed by now."""
    return _new_petitions(
        Petition.objects.all(),
        title=_("New petitions on {site}").format(site=settings.SITE_NAME),
        link=reverse("petition_list"),
        feed_url=reverse("petitions_feed"),
        tag="petitions",
    )


@require_safe
@public(reads=())
def topic_feed(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    return _new_petitions(
        Petition.objects.filter(topics=topic),
        title=_("New petitions about {topic}").format(topic=topic.name),
        link=topic.get_absolute_url(),
        feed_url=reverse("topic_feed", args=[topic.slug]),
        tag=f"topics/{topic.pk}",
    )


@require_safe
@public(reads=())
def target_feed(request: HttpRequest, slug: str) -> HttpResponse:
    target = get_object_or_404(Target.objects.with_page(), slug=slug)
    return _new_petitions(
        Petition.objects.addressed_to(target),
        title=_("New petitions to {target}").format(target=target.name),
        link=target.get_absolute_url(),
        feed_url=reverse("target_feed", args=[target.slug]),
        tag=f"targets/{target.pk}",
    )


def _new_petitions(among: Any, *, title: str, link: str, feed_url: str, tag: str) -> HttpResponse:
    # Ids first: the sort of what is longer than an id takes five times as long on SQLite.
    opened = browse.page_ids(
        [among.filter(status=status) for status in (Status.OPEN, Status.CLOSED)],
        sort="newest",
        offset=0,
        limit=ENTRIES,
        undated=False,
    )
    petitions = (
        Petition.objects.published()
        .filter(pk__in=opened)
        .select_related("organizer", "version")
        .defer("body", "ask", "version__body", "version__ask")
        .order_by("-opened_at", "-id")
    )
    feed = _Feed(
        title=_xml(title),
        link=_absolute(link),
        feed_url=_absolute(feed_url),
        feed_guid=_tag(tag),
        description=None,
        language=get_language(),
        author_name=settings.SITE_NAME,
    )
    for petition in petitions:
        _add_petition(feed, petition)
    return _answer(feed)


@require_safe
@public(reads=())
@with_petition
def petition_feed(request: HttpRequest, petition: Petition) -> HttpResponse:
    if petition.status == Status.REJECTED:
        raise Http404
    page = _absolute(petition.get_absolute_url())
    feed = _Feed(
        title=_xml(petition.title),
        link=page,
        feed_url=_absolute(reverse("petition_feed", args=[petition.slug])),
        feed_guid=_tag(f"petitions/{petition.pk}/updates"),
        description=None,
        subtitle=_("Updates of this petition"),
        language=petition.language,
        author_name=_xml(petition.organizer_display) or settings.SITE_NAME,
        began=petition.opened_at or petition.created_at,
    )
    for update in petition.updates.published().order_by("-published_at", "-id")[:ENTRIES]:
        _add_update(feed, update, page)
    return _answer(feed)


def _add_petition(feed: "_Feed", petition: Petition) -> None:
    opened, version = petition.opened_at, petition.version
    changed = [at for at in (opened, version and version.created_at) if at]
    feed.add_item(
        title=_xml(petition.title),
        link=_absolute(petition.get_absolute_url()),
        description=_xml(linebreaks(petition.summary, autoescape=True) + petition.safe_html),
        pubdate=opened,
        updateddate=max(changed),
        unique_id=_tag(f"petitions/{petition.pk}"),
        author_name=_xml(petition.organizer_display) or None,
        language=petition.language,
    )


def _add_update(feed: "_Feed", update: Update, page: str) -> None:
    day = date_format(update.happened_on)
    feed.add_item(
        title=_xml(update.title) or day,
        link=f"{page}#update-{update.pk}",
        description=_xml(format_html("<p>{}</p>{}", day, update.safe_html)),
        pubdate=update.published_at,
        updateddate=update.edited_at or update.published_at,
        unique_id=_tag(f"updates/{update.pk}"),
    )


class _Feed(Atom1Feed):
    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """An entry may be in another language than the feed."""
        return {"xml:lang": item["language"]} if item.get("language") else {}

    def latest_post_date(self) -> datetime:
        """Of a feed without entries, a date that stays: now would be news at every look."""
        began: datetime = self.feed.get("began") or _BEGAN
        return super().latest_post_date() if self.items else began


def _answer(feed: _Feed) -> HttpResponse:
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _tag(name: str) -> str:
    """An id (RFC 4151) that stays when the slug changes, the title, or the scheme."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{name}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
