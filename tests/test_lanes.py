"""Accounts and the admin: strangers have few places, and all who only organize a few together.

Where these are taken, organizers stand at the gate. Each account that may more has four of its own.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.functional import SimpleLazyObject

from config import lanes, shedding
from config.lanes import Account, KnownSessions, Lane
from config.shedding import Rank
from petitions.models import User
from supporters import metrics
from tests.threads import wait_until

LONG = 30  # seconds, for a busy machine


def test_who_finds_no_place_and_no_seat_is_told_at_once():
    lane = Lane(places=2, seats=0)
    assert [lane.enter() for _ in range(3)] == [True, True, False]
    lane.leave()
    assert lane.enter()


def test_who_waits_gets_the_place_that_is_left(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", LONG)
    lane = Lane(places=1, seats=1)
    assert lane.enter()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lane.enter)
        wait_until(lambda: lane._seats._value == 0, "it waits")
        assert not waiting.done()
        assert not lane.enter()
        lane.leave()
        assert waiting.result(LONG)
    assert lane._seats._value == 1


def test_who_waits_in_vain_gives_the_seat_back(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    lane = Lane(places=1, seats=1)
    assert lane.enter()
    assert [lane.enter() for _ in range(3)] == [False] * 3
    lane.leave()
    assert lane.enter()


def log_in(client, lane, user):
    """While there is a place for a stranger; then there is none again."""
    lane.leave()
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    assert lane.enter()


class TestShedding:
    @pytest.fixture
    def full(self, monkeypatch):
        """A process in which strangers have every place that they may have."""
        lane = Lane(places=1, seats=0)
        monkeypatch.setattr(shedding, "Lane", lambda *sizes: lane)
        assert lane.enter()
        return lane

    @pytest.mark.parametrize("path", ["/accounts/login/", "/admin/"])
    def test_strangers_are_told(self, client, full, path):
        before = metrics.shed.labels("accounts")._value.get()
        for cookie in ("", "sessionid=" + "a" * 32):
            answer = client.get(path, headers={"cookie": cookie})
            assert answer.status_code == 503
            assert "very busy" in answer.content.decode()
            assert 10 <= int(answer["Retry-After"]) < 20
        assert metrics.shed.labels("accounts")._value.get() == before + 2

    @pytest.mark.django_db
    def test_who_was_logged_in_here_before_goes_on(self, client, full, admin_user):
        client.force_login(admin_user)
        assert client.get("/admin/").status_code == 503
        full.leave()
        assert client.get("/admin/").status_code == 200
        assert full.enter()
        assert [client.get("/admin/").status_code for _ in range(5)] == [200] * 5

    @pytest.mark.django_db
    def test_so_does_who_has_just_logged_in(self, client, full, admin_user):
        full.leave()
        admin_user.set_password("correct horse")
        admin_user.save()
        data = {"login": admin_user.username, "password": "correct horse"}
        answer = client.post("/accounts/login/", data)
        assert "_auth_user_id" in client.session, answer.content.decode()[:500]
        assert full.enter()
        assert client.get("/admin/").status_code == 200

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        "path", ["/admin/", "/accounts/", "/accounts/inactive/", "/accounts/start/confirm/x/"]
    )
    @pytest.mark.parametrize("how", ["ended by staff", "new password", "not active"])
    def test_who_was_logged_out_passes_once_more_at_most(self, client, full, admin_user, path, how):
        log_in(client, full, admin_user)
        if how == "ended by staff":
            Session.objects.all().delete()
        elif how == "new password":
            admin_user.set_password("another one")
            admin_user.save()
        else:
            type(admin_user).objects.update(is_active=False)
        cookie = {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
        statuses = [client.get(path, headers=cookie).status_code for _ in range(3)]
        assert statuses[0] in {200, 302, 404}
        assert statuses[1:] == [503, 503]

    @pytest.mark.django_db
    def test_who_logs_out_is_a_stranger_again(self, client, full, admin_user):
        log_in(client, full, admin_user)
        cookie = {"cookie": f"sessionid={client.cookies['sessionid'].value}"}
        assert client.post("/accounts/logout/", headers=cookie).status_code == 302
        assert client.get("/admin/", headers=cookie).status_code == 503

    @pytest.mark.django_db
    def test_a_page_that_reads_no_session_makes_nobody_a_stranger(self, client, full, admin_user):
        log_in(client, full, admin_user)
        for path in ("/accounts/inactive/", "/accounts/login", "/accounts/nothing/", "/admin/"):
            assert client.get(path).status_code != 503, path

    def test_a_fault_leaves_its_place(self, full, rf):
        full.leave()
        middleware = shedding.Shedding(lambda request: 1 / 0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                middleware(rf.get("/accounts/login/"))
        assert full.enter()

    @pytest.mark.django_db
    def test_the_rest_does_not_stand_in_that_line(self, client, full):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/readyzfoo", "/healthz/", "/metricsfoo", "/metrics/x"])
def test_only_the_addresses_themselves_pass_the_gate(rf, monkeypatch, path):
    def answer(request):
        return HttpResponse("passed")

    middleware = shedding.Shedding(answer)
    monkeypatch.setattr(middleware.gate, "enter", lambda rank: False)
    for exact in ("/healthz", "/readyz", "/metrics"):
        assert middleware(rf.get(exact)).status_code == 200
    assert middleware(rf.get(path)).status_code == 503


@pytest.fixture
def asked(rf, db):
    """A request with a session of its own, as it is when it was answered."""

    def ask(user):
        request = rf.get("/admin/")
        request.session = SessionStore()
        request.session["next"] = "/admin/"
        request.session.create()
        request.COOKIES["sessionid"] = request.session.session_key
        request.user = user
        return request

    return ask


def is_known(known, request):
    return known.whose(request) is not None


def test_the_oldest_are_forgotten(asked, monkeypatch):
    monkeypatch.setattr(KnownSessions, "MOST", 2)
    known = KnownSessions()
    requests = [asked(User(pk=pk)) for pk in (1, 2, 3)]
    for request in requests:
        known.note(request, HttpResponse())
    assert [is_known(known, request) for request in requests] == [False, True, True]


def test_a_session_of_nobody_is_not_known(asked):
    known, request = KnownSessions(), asked(AnonymousUser())
    known.note(request, HttpResponse())
    assert not is_known(known, request)


def test_of_a_session_with_a_new_key_the_old_one_is_forgotten(asked):
    known, request = KnownSessions(), asked(User(pk=1))
    known.note(request, HttpResponse())
    request.session.cycle_key()
    known.note(request, HttpResponse())
    assert not is_known(known, request)
    request.COOKIES["sessionid"] = request.session.session_key
    assert is_known(known, request)


def test_while_nobody_can_tell_a_session_stays_known(asked):
    def away():
        raise OperationalError

    known, request = KnownSessions(), asked(User(pk=1))
    known.note(request, HttpResponse())
    request.user = AnonymousUser()
    known.note(request, HttpResponse(status=503))
    request.user = SimpleLazyObject(away)
    known.note(request, HttpResponse())
    assert is_known(known, request)


def test_of_strangers_nothing_is_read(asked, django_assert_num_queries):
    known, request = KnownSessions(), asked(SimpleLazyObject(lambda: 1 / 0))
    request.session = SessionStore(request.session.session_key)
    with django_assert_num_queries(0):
        known.note(request, HttpResponse())


def test_one_account_has_a_few_places_however_often_it_has_logged_in(asked, monkeypatch):
    monkeypatch.setattr(KnownSessions, "PLACES", 2)
    known = KnownSessions()
    requests = [asked(User(pk=1)), asked(User(pk=1)), asked(User(pk=2))]
    assert known.whose(requests[0]) is None
    for request in requests:
        known.note(request, HttpResponse())
    one, again, other = (known.whose(request) for request in requests)
    assert (one, other) == (Account(1, only_organizes=True), Account(2, only_organizes=True))
    assert [known.enter(each) for each in (one, again, one, again)] == [True, True, False, False]
    assert known.enter(other)
    known.leave(one)
    assert known.enter(again)
    for whose in (one, again, other):
        known.leave(whose)
    assert not known._inside


def test_who_moderates_no_longer_only_organizes(asked):
    known, request = KnownSessions(), asked(User(pk=1, is_superuser=True))
    known.note(request, HttpResponse())
    assert known.whose(request) == Account(1, only_organizes=False)
    request.user = User(pk=1)
    known.note(request, HttpResponse())
    assert known.whose(request) == Account(1, only_organizes=True)


@pytest.mark.parametrize(
    ("user", "places"),
    [
        (User(pk=1), [(1, 0, 0), (2, 0, 0), (3, 0, 0), (3, 1, 0), (3, 2, 0), (3, 3, 0)]),
        (
            User(pk=1, is_superuser=True),
            [(0, 0, 1), (0, 0, 2), (0, 0, 3), (0, 0, 4), (0, 1, 4), (0, 2, 4)],
        ),
    ],
    ids=["organizes", "may more"],
)
def test_who_finds_no_place_of_their_own_stands_at_the_gate(asked, settings, user, places):
    settings.PETITIONS_THREADS = 32
    found = []

    def answer(request):
        gate = middleware.gate
        inside = middleware.known._inside.total()
        found.append((gate._beside, gate._making[Rank.READING], inside))
        return middleware(request) if len(found) < 6 else HttpResponse()  # six at once

    middleware = shedding.Shedding(answer)
    request = asked(user)
    middleware.known.note(request, HttpResponse())
    assert middleware(request).status_code == 200
    assert found == places
    gate = middleware.gate
    assert gate._beside == gate._making[Rank.READING] == middleware.known._inside.total() == 0


def test_with_eight_threads_they_stand_at_the_gate_at_once(asked, settings):
    settings.PETITIONS_THREADS = 8
    found = []

    def answer(request):
        found.append((middleware.gate._beside, middleware.gate._making[Rank.READING]))
        return HttpResponse()

    middleware = shedding.Shedding(answer)
    request = asked(User(pk=1))
    middleware.known.note(request, HttpResponse())
    assert middleware(request).status_code == 200
    assert found == [(0, 1)]


def test_an_organizer_for_whom_there_is_no_room_is_told(asked, monkeypatch):
    middleware = shedding.Shedding(lambda request: HttpResponse())
    request = asked(User(pk=1))
    middleware.known.note(request, HttpResponse())
    monkeypatch.setattr(middleware.gate, "enter", lambda rank: False)
    monkeypatch.setattr(middleware.gate, "enter_beside", lambda: False)
    before = metrics.shed.labels("accounts")._value.get()
    assert middleware(request).status_code == 503
    assert metrics.shed.labels("accounts")._value.get() == before + 1


def test_a_download_keeps_its_place_until_it_is_over(asked):
    middleware = shedding.Shedding(lambda request: StreamingHttpResponse(iter(["a", "b"])))
    request = asked(User(pk=1, is_superuser=True))
    middleware.known.note(request, HttpResponse())
    answer = middleware(request)
    assert middleware.known._inside.total() == 1
    assert list(answer) == [b"a", b"b"]
    assert middleware.known._inside.total() == 1
    for _ in range(2):
        answer.close()
        assert not middleware.known._inside


def test_a_download_takes_no_place_of_a_strangers(asked, monkeypatch):
    """Also where it is the first that this process sees of the session."""
    middleware = shedding.Shedding(lambda request: StreamingHttpResponse(iter(["a"])))
    lane = middleware.strangers
    places, request = lane._places._value, asked(User(pk=1))
    answer = middleware(request)
    assert (lane._places._value, middleware.gate._beside) == (places, 1)
    answer.close()
    assert middleware.gate._beside == 0
    middleware.known = KnownSessions()
    monkeypatch.setattr(middleware.gate, "enter", lambda rank: False)
    monkeypatch.setattr(middleware.gate, "enter_beside", lambda: False)
    assert middleware(request).status_code == 503
    assert lane._places._value == places


def test_a_place_is_given_back_when_the_database_has_said_who_it_was(asked, monkeypatch):
    middleware = shedding.Shedding(lambda request: HttpResponse())
    inside = []
    note = middleware.known.note

    def noting(request, response):
        inside.append(middleware.known._inside.total())
        note(request, response)

    monkeypatch.setattr(middleware.known, "note", noting)
    request = asked(User(pk=1, is_superuser=True))
    middleware(request), middleware(request)
    assert inside == [0, 1]  # a stranger at first
    assert not middleware.known._inside
