"""The load: people who sign, read their mail, confirm, sometimes withdraw, and look at the number.

Whoever is not answered with 2xx or 3xx presses the button again, as people do, until they are: so
in the end everybody has been told that it is done, and it has to be.
"""

import datetime as dt
import http.client
import itertools
import json
import queue
import re
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import Message
from typing import Self
from urllib.parse import urlencode

from tests.factories import typed
from tests.faults.journal import BROKEN, HUNG, Attempt, Journal, Reading
from tests.faults.processes import Answer, Running, ask
from tests.smtp import Delivery, Inbox
from tests.threads import PATIENCE, wait_until

SIGNERS, CONFIRMERS = 3, 3
STRANGERS = "stranger"  # what begins so is written to somebody outside the crowd
LEAVES = 6  # every so many-th withdraws
PAUSE = 0.04  # seconds between two acts of one client, or the machine would do nothing else

_CONFIRM = re.compile(r"/confirm/([^/\s]+)/")
_SIGNATURE = re.compile(r"/signature/([^/\s]+)/")


class Crowd:
    """`with Crowd(…) as crowd:` lets them act in the background; leaving it waits for all of them
    to have been answered. `sites` are asked in turns."""

    def __init__(self, *, sites: Sequence[Running], inbox: Inbox, slug: str = "mend") -> None:
        self.journal = Journal()
        self._ports = itertools.cycle([site.port for site in sites])
        self._inbox = inbox
        self._slug = slug
        self._numbers = itertools.count(1)
        self._letters: queue.Queue[tuple[str, str]] = queue.Queue()
        self._addresses: dict[str, int] = {}  # who has got a mail to confirm → the signature's id
        self._signing = threading.Event()
        self._going_on = threading.Event()
        self._pool = ThreadPoolExecutor(SIGNERS + CONFIRMERS + 2)
        self._futures: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._signing.set()
        self._going_on.set()
        roles: list[Callable[[], None]] = [self._watch, self._open_mails]
        roles += [self._sign_on] * SIGNERS + [self._confirm_on] * CONFIRMERS
        self._futures = [self._pool.submit(role) for role in roles]
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        self._signing.clear()
        try:
            if kind is None:
                wait_until(self._all_confirmed, "everybody got a mail and confirmed")
        finally:
            self._going_on.clear()
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
        for future in self._futures if kind is None else ():
            future.result()

    # What tests wait for

    def wait_for(self, kind: str, how_many: int) -> None:
        """Until so many more have been told that it is done."""
        since = time.time()
        wait_until(
            lambda: self.journal.answered_since(since, kind) >= how_many or self._failed(),
            f"{how_many} × {kind}",
        )

    def have_mail(self, people: Collection[str | int]) -> bool:
        """Whether all of them have got a mail to confirm."""
        return set(people) <= set(self._addresses)

    def _failed(self) -> bool:
        for future in self._futures:
            if future.done():
                future.result()
        return False

    def _all_confirmed(self) -> bool:
        self._failed()
        signed = set(self.journal.acknowledged("sign"))
        with_mail = set(self._addresses)
        confirmed = set(self.journal.acknowledged("confirm"))
        is_signing = len(signed) < len(self.journal.attempted("sign"))
        return (
            not is_signing
            and signed <= with_mail
            and set(self._addresses.values()) <= confirmed
            and self._letters.empty()
        )

    # Single acts

    def sign(self, address: str, **headers: str) -> bool:
        body = urlencode(typed(email=address))
        return self._act("sign", address, f"/petitions/{self._slug}/sign/", body, headers)

    def confirm(self, token: str, **headers: str) -> bool:
        return self._act("confirm", _row(token), f"/confirm/{token}/", "", headers)

    def withdraw(self, token: str, **headers: str) -> bool:
        body = urlencode({"action": "withdraw"})
        return self._act("withdraw", _row(token), f"/signature/{token}/", body, headers)

    def letters_to(self, address: str) -> list[tuple[str, str]]:
        """Tokens to confirm with and of the signature's page, of each mail that has both."""
        return [found for mail in self._inbox.to(address) if (found := tokens_in(mail))]

    def insist(self, act: Callable[..., bool], *arguments: str) -> None:
        until = time.monotonic() + PATIENCE
        while not act(*arguments):
            assert time.monotonic() < until, f"nobody answers {act.__name__} any more"
            time.sleep(PAUSE)

    def _act(
        self, kind: str, who: str | int, path: str, body: str, headers: dict[str, str]
    ) -> bool:
        began = time.time()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        status, given, _body = self._asked("POST", path, body, headers)
        attempt = Attempt(kind, who, status, began, time.time(), given.get("Retry-After", ""))
        self.journal.note(attempt)
        return attempt.acknowledged

    def _asked(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        try:
            status, given, content = ask(next(self._ports), method, path, body, headers)
        except TimeoutError:
            return HUNG, Message(), b""
        except (OSError, http.client.HTTPException):
            return BROKEN, Message(), b""
        self.journal.note_process(given.get("X-Process", ""))
        return status, given, content

    # The roles

    def _sign_on(self) -> None:
        while self._signing.is_set():
            self.insist(self.sign, f"sam{next(self._numbers)}@example.org")
            time.sleep(PAUSE)

    def _open_mails(self) -> None:
        opened = 0
        while self._going_on.is_set():
            for mail in self._inbox.deliveries[opened:]:
                opened += 1
                if mail.recipients[0].startswith(STRANGERS):
                    continue
                if found := tokens_in(mail):
                    address = mail.recipients[0]
                    self._addresses[address] = _row(found[0])
                    if address.startswith("sam"):  # the others are the test's own
                        self._letters.put(found)
            time.sleep(PAUSE)

    def _confirm_on(self) -> None:
        while self._going_on.is_set():
            try:
                confirm, signature = self._letters.get(timeout=PAUSE)
            except queue.Empty:
                continue
            self.insist(self.confirm, confirm)
            if _row(confirm) % LEAVES == 0:
                self.insist(self.withdraw, signature)
            time.sleep(PAUSE)

    def _watch(self) -> None:
        while self._going_on.is_set():
            began = time.time()
            path = f"/petitions/{self._slug}/count.json"
            status, headers, body = self._asked("GET", path)
            ended = time.time()
            if status == 200:
                self.journal.readings.append(_reading(body, began, ended))
            retry = headers.get("Retry-After", "")
            self.journal.pages.append(Attempt("count", "", status, began, ended, retry))
            for page in (f"/petitions/{self._slug}/", "/"):
                began = time.time()
                status, headers, body = self._asked("GET", page)
                retry = headers.get("Retry-After", "")
                self.journal.pages.append(Attempt(page, "", status, began, time.time(), retry))
                time.sleep(PAUSE)


def tokens_in(mail: Delivery) -> tuple[str, str] | None:
    """(to confirm, of the signature's page) of a mail that asks for a confirmation."""
    text = mail.message.get_body(("plain",)).get_content()
    confirm, signature = _CONFIRM.search(text), _SIGNATURE.search(text)
    return (confirm[1], signature[1]) if confirm and signature else None


def _row(token: str) -> int:
    """The signature's id, which is the first part of its tokens."""
    return int(token.partition(".")[0])


def _reading(body: bytes, began: float, ended: float) -> Reading:
    data = json.loads(body)
    as_of, confirmed_at = (
        dt.datetime.fromisoformat(data[name]) if data[name] else None
        for name in ("as_of", "confirmed_at")
    )
    return Reading(data["count"], as_of, confirmed_at, began, ended)
