"""What staff have switched for the whole site, as this process last read it.

One thread in each process reads it once a second, so that no request asks the database for it and
no page waits. While the database is away, what was read last goes on to hold. The same thread sees
what was done in other processes, so that older pages are given up here, too (supporters.takings and
config.cached_pages).
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import datetime

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from petitions.clock import Moment
from supporters import takings
from supporters.models import Notice, SiteSwitches

logger = logging.getLogger(__name__)

FIRST_READ = 1.0  # seconds that who asks first waits for it

Texts = tuple[tuple[str, str], ...]  # (language, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What stands above every page, and the language that it is in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How they stand at this moment. `notices` are those for paused signing; `banner` is empty
    where none is to be shown. `…_until`: of a pause that ends by itself.
    """

    signing_paused: bool = False
    mailings_paused: bool = False
    page_seconds: int = 1
    busy: bool = False
    notices: Texts = ()
    starting_paused: bool = False
    starting_notices: Texts = ()
    banner: Texts = ()
    signing_until: datetime | None = None
    starting_until: datetime | None = None

    @property
    def signing_message(self) -> str:
        """For the present language: what staff wrote in it, or else the site's own words."""
        if said := dict(self.notices).get(get_language() or ""):
            return said
        if self.signing_until:
            return gettext(
                "We are taking no new signatures until %(moment)s. Whoever has signed can still "
                "confirm: the link in the email goes on working."
            ) % {"moment": _told(self.signing_until)}
        return gettext(
            "We are taking no new signatures for the moment. Come back in a while. Whoever has "
            "signed can still confirm: the link in the email goes on working."
        )

    @property
    def starting_message(self) -> str:
        """As signing_message."""
        if said := dict(self.starting_notices).get(get_language() or ""):
            return said
        if self.starting_until:
            return gettext(
                "No new petitions can be started until %(moment)s. Whoever has begun one can "
                "still finish and send it."
            ) % {"moment": _told(self.starting_until)}
        return gettext(
            "No new petitions can be started for the moment. Come back in a while. Whoever has "
            "begun one can still finish and send it."
        )

    @property
    def banner_now(self) -> Banner | None:
        """In the present language, or else in the site's own; None where there is no text."""
        texts = dict(self.banner)
        for language in (get_language() or "", settings.LANGUAGE_CODE):
            if text := texts.get(language):
                return Banner(text=text, language=language)
        return None

    @property
    def turned(self) -> list[str]:
        """The names of those that are not as they stand by themselves."""
        names = [
            each.name for each in fields(self) if not each.name.endswith(("notices", "_until"))
        ]
        return [name for name in names if getattr(self, name) != getattr(_UNTOUCHED, name)]


_UNTOUCHED = Switches()


class Memory:
    """What one process knows. `every`: seconds between two readings; 0 leaves them to refresh().

    `staff_acts` rises whenever staff did something that pages may show, and `staff_takings` when
    that may have taken something off any of them. `on_recall` is called with the slugs of petitions
    whose own pages may show what they are to show no more.
    """

    def __init__(self, every: float) -> None:
        self.staff_acts = self.staff_takings = 0
        self.on_recall: Callable[[Collection[str]], None] = lambda _slugs: None
        self._switches = _UNTOUCHED
        self._acts: takings.Acts | None = None
        self._every = every
        self._reading = threading.Lock()  # so that no earlier reading ends after a later one
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._was_read = threading.Event()
        self._stop = threading.Event()
        self._is_away = False

    def current(self) -> Switches:
        """Asks no database."""
        if self._every and not (self._thread and self._thread.is_alive()):
            self._start()
        return self._switches

    def refresh(self) -> None:
        """Read them now. The same object stays as long as nothing changed."""
        with self._reading:
            found = _read()
            if found != self._switches:
                self._switches = found
            acts = takings.newest()
            news = takings.between(self._acts, acts)
            self.staff_acts += news.is_old
            self.staff_takings += news.is_gone
            if news.slugs:
                self.on_recall(takings.every_slug(news.slugs))
            self._acts = acts

    def forget(self) -> None:
        """As in a process that has read nothing yet."""
        self._switches = _UNTOUCHED
        self.staff_acts = self.staff_takings = 0
        self._acts = None

    def stop(self) -> None:
        """End the thread; the next question starts another."""
        thread = self._thread
        self._stop.set()
        if thread is not None:
            thread.join()
        self._stop.clear()

    def _start(self) -> None:
        with self._starting:  # a process that was forked has to start its own
            if not (self._thread and self._thread.is_alive()):
                self._thread = threading.Thread(target=self._watch, name="switches", daemon=True)
                self._thread.start()
        self._was_read.wait(FIRST_READ)

    def _watch(self) -> None:
        try:
            while not self._stop.is_set():
                self._try()
                self._was_read.set()
                self._stop.wait(self._every)
        finally:
            connections.close_all()

    def _try(self) -> None:
        try:
            self.refresh()
        except DatabaseFailure as error:
            if not self._is_away:
                said = str(error).partition("\n")[0]
                logger.warning("The switches stay as they were read last: %s", said)
            self._is_away = True
        except Exception:
            logger.exception("The switches could not be read.")
        else:
            self._is_away = False
        close_old_connections()


def _read() -> Switches:
    row = SiteSwitches.objects.annotate(now=Moment()).first()
    if row is None:
        return _UNTOUCHED
    texts: dict[str, list[tuple[str, str]]] = {}
    notices = Notice.objects.order_by("language").values_list("place", "language", "text")
    for place, language, text in notices:
        texts.setdefault(place, []).append((language, text))
    now = row.now
    is_shown = holds(row.banner_shown, row.banner_from, row.banner_until, at=now)
    return Switches(
        signing_paused=holds(row.signing_paused, row.signing_from, row.signing_until, at=now),
        mailings_paused=row.mailings_paused,
        page_seconds=row.page_seconds,
        busy=row.busy,
        notices=tuple(texts.get(Notice.Place.SIGNING, ())),
        starting_paused=holds(row.starting_paused, row.starting_from, row.starting_until, at=now),
        starting_notices=tuple(texts.get(Notice.Place.STARTING, ())),
        banner=tuple(texts.get(Notice.Place.BANNER, ())) if is_shown else (),
        signing_until=row.signing_until,
        starting_until=row.starting_until,
    )


def _told(moment: datetime) -> str:
    zone = timezone.get_current_timezone_name()
    return f"{date_format(timezone.localtime(moment), 'DATETIME_FORMAT')} ({zone})"


def holds(
    is_on: bool,  # noqa: FBT001
    begins: datetime | None,
    ends: datetime | None,
    *,
    at: datetime,
) -> bool:
    """Whether what is switched on holds at this moment."""
    return is_on and (begins is None or begins <= at) and (ends is None or at < ends)


memory = Memory(settings.PETITIONS_SWITCHES_EVERY)


def current() -> Switches:
    """How they stand in this process."""
    return memory.current()
