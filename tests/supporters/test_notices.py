"""What staff say above every page and in place of forms: in each language, from when until when."""

import datetime as dt
import re
import time

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from petitions.models import PetitionDraft, StaffAct
from supporters import switches
from supporters.models import Notice, SiteSwitches
from supporters.switches import Memory
from supporters.switching import turn
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, typed

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def turned(**values):
    turn(by="mo", **values)
    switches.memory.refresh()


def banner(**texts):
    turned(banner_shown=True, banner_texts=texts)


def page(client, address) -> str:
    return client.get(address).content.decode()


# The banner


def test_without_one_nothing_of_it_is_in_the_page(client):
    before = page(client, "/")
    assert "band-review" not in before
    banner(en="We move house.")
    switches.memory.refresh()
    shown = page(client, "/")
    turned(banner_shown=False)
    assert page(client, "/") == before
    start, end = shown.index('\n<section class="band'), shown.index("</section>\n<main")
    assert shown[:start] + shown[end + len("</section>") :] == before


@pytest.mark.parametrize("address", ["/", "/petitions/", "/petitions/mend/", "/help/", "/nothing/"])
def test_it_stands_above_every_page(client, address):
    PetitionFactory(is_open=True, slug="mend")
    banner(en="We <b>move</b> house. https://status.example/now?a=1&b=2")
    html = page(client, address)
    assert '<section class="band band-review" aria-label="Notice">' in html
    assert "We &lt;b&gt;move&lt;/b&gt; house." in html
    assert '<a href="https://status.example/now?a=1&amp;b=2" rel="nofollow">' in html
    assert html.index("We &lt;b&gt;") < html.index('<main id="main">')


def test_each_language_has_its_own_and_the_sites_stands_in(client):
    banner(en="We move house.", es="Nos mudamos.")
    assert "Nos mudamos." in page(client, "/es/")
    assert "We move house." not in page(client, "/es/")
    banner(es="")
    assert '<span lang="en" dir="auto">We move house.</span>' in page(client, "/es/")
    banner(en="", es="Nos mudamos.")
    assert "Nos mudamos." in page(client, "/es/")
    assert "band-review" not in page(client, "/")


def test_a_signers_page_has_it_in_the_signers_language(client):
    banner(en="We move house.", es="Nos mudamos.")
    row = SignatureFactory(language="es")
    assert "Nos mudamos." in page(client, f"/signature/{make(Purpose.SIGNATURE, row.pk)}/")


def test_it_is_in_no_embedded_page_and_no_answer_for_machines(client):
    PetitionFactory(is_open=True, slug="mend")
    banner(en="We move house.")
    for address in ("/petitions/mend/embed/", "/petitions/mend/count.json", "/petitions.atom"):
        assert "We move house." not in page(client, address)


def test_pages_in_memory_follow(client):
    PetitionFactory(is_open=True, slug="mend")
    assert "We move house." not in page(client, "/petitions/mend/")
    banner(en="We move house.")
    assert "We move house." in page(client, "/petitions/mend/")
    banner(en="We have moved.")
    assert "We have moved." in page(client, "/petitions/mend/")


# From when until when


@pytest.mark.parametrize(
    ("begins", "ends", "holds"),
    [
        (None, None, True),
        (-HOUR, None, True),
        (HOUR, None, False),
        (None, HOUR, True),
        (None, -HOUR, False),
        (-HOUR, HOUR, True),
        (HOUR, 2 * HOUR, False),
        (-2 * HOUR, -HOUR, False),
    ],
)
@pytest.mark.parametrize("what", ["banner", "signing", "starting"])
def test_it_holds_in_between(what, begins, ends, holds):
    now = timezone.now()
    switch = "banner_shown" if what == "banner" else f"{what}_paused"
    turned(
        banner_texts={"en": "We move house."},
        **{
            switch: True,
            f"{what}_from": now + begins if begins else None,
            f"{what}_until": now + ends if ends else None,
        },
    )
    on = switches.current()
    assert bool(on.banner if what == "banner" else getattr(on, f"{what}_paused")) is holds
    assert bool(on.turned) is holds


def test_one_that_is_off_stays_off_at_its_moment():
    turned(signing_from=timezone.now() - HOUR, signing_until=timezone.now() + HOUR)
    assert not switches.current().signing_paused


@pytest.mark.django_db(transaction=True)
def test_it_begins_and_ends_by_itself():
    now = timezone.now()
    turn(
        by="mo",
        banner_shown=True,
        banner_texts={"en": "Now."},
        banner_from=now + dt.timedelta(seconds=1.5),
        banner_until=now + dt.timedelta(seconds=3),
    )
    watching, seen = Memory(0.01), []
    try:
        until = time.monotonic() + 30
        while len(seen) < 3 and time.monotonic() < until:
            shown = bool(watching.current().banner)
            if seen[-1:] != [shown]:
                seen.append(shown)
            time.sleep(0.01)
    finally:
        watching.stop()
    assert seen == [False, True, False]


# Starting a petition


def test_starting_is_paused_with_a_message(client):
    turned(starting_paused=True, starting_texts={"en": "Back in <March>."})
    response = client.get("/petitions/start/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Starting petitions is paused</h1>" in html
    assert "<title>Starting petitions is paused · Start a petition · " in html
    assert '<a class="skip visually-hidden" href="#main">Skip to the text</a>' in html
    assert '<a class="button" href="/petitions/">' in html
    assert "step 1 of" not in html
    assert "No account is needed" not in html
    assert "<form" not in html
    assert "Back in &lt;March&gt;." in html
    assert 'name="title"' not in html
    sent = client.post("/petitions/start/", {"title": "Mend the bridge"})
    assert (sent.status_code, sent["Retry-After"]) == (503, "300")
    assert 'value="Mend the bridge"' in sent.content.decode()
    assert "What you typed is kept below." in sent.content.decode()
    said = re.search(
        r'<div class="errors" tabindex="-1" autofocus><div role="alert">(.*?)</div></div>',
        sent.content.decode(),
        re.DOTALL,
    )
    assert "Starting petitions is paused" in said[1]
    assert "<title>Error: " in sent.content.decode()
    assert not PetitionDraft.objects.exists()
    spanish = page(client, "/es/petitions/start/")
    assert "Back in" not in spanish
    turned(starting_paused=False)
    assert client.post("/petitions/start/", {"title": "Mend the bridge"}).status_code == 302


def test_what_was_begun_goes_on(client):
    draft = PetitionDraft.objects.create(language="en", typed={"title": "Mend the bridge"})
    turned(starting_paused=True)
    address = f"/petitions/start/{make(Purpose.DRAFT, draft.pk)}/"
    assert client.get(address).status_code == 200
    assert "is paused" not in page(client, f"{address}story/")
    PetitionFactory(is_open=True, slug="mend")
    assert client.post("/petitions/mend/sign/", typed()).status_code == 302


# What is written down


def test_each_turn_is_an_act_of_the_staff(admin_user):
    turn(by="mo", user=admin_user, busy=True)
    turn(by="manage.py switch", banner_texts={"en": "We move house."})
    turn(by="nobody")
    acts = StaffAct.objects.order_by("pk").values_list("actor", "verb", "subject_type", "note")
    assert list(acts) == [
        (admin_user.pk, "turned", "supporters.siteswitches", "busy = True"),
        (None, "turned", "supporters.siteswitches", "manage.py switch: the text banner"),
    ]


# The command line


def test_the_command(capsys, settings):
    settings.TIME_ZONE = "Europe/Madrid"
    call_command(
        "switch", "--banner", "--pause-starting", "--say", "banner", "en", "We move house.",
        "--say", "banner", "es", "Nos mudamos.", "--say", "starting", "en", "Back in March.",
        "--when", "banner", "2030-01-01T18:00", "-", "--when", "starting", "-", "2031-06-01T09:30",
    )  # fmt: skip
    out = capsys.readouterr().out.splitlines()
    assert "banner: off from 2030-01-01T18:00" in out
    assert "starting_paused: on until 2031-06-01T09:30" in out
    row = SiteSwitches.objects.get()
    assert row.banner_from == dt.datetime(2030, 1, 1, 17, tzinfo=dt.UTC)
    assert row.starting_until == dt.datetime(2031, 6, 1, 7, 30, tzinfo=dt.UTC)
    assert Notice.objects.count() == 3
    call_command("switch", "--no-banner", "--say", "banner", "es", "", "--when", "banner", "-", "-")
    row.refresh_from_db()
    assert (row.banner_shown, row.banner_from, row.starting_paused) == (False, None, True)
    assert Notice.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["--say", "footer", "en", "x"], "none of signing, starting, banner"),
        (["--say", "banner", "fr", "x"], "no language of this site"),
        (["--say", "banner", "en", "x" * 501], "500 characters at most"),
        (["--when", "banner", "soon", "-"], "no time like"),
        (["--when", "footer", "-", "-"], "none of signing, starting, banner"),
        (["--when", "banner", "2030-01-02", "2030-01-01"], "is not after"),
    ],
)
def test_mistakes_at_the_command_line(typed, says):
    with pytest.raises(CommandError, match=says):
        call_command("switch", *typed)
    assert not SiteSwitches.objects.exists()
