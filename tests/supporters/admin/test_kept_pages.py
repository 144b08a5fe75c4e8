"""What is done in the admin, and the pages that the process keeps."""

import pytest

from config import cached_pages
from config.page_cache import PageCache
from supporters import switches
from supporters.switching import turn
from tests.factories import PetitionFactory

from .conftest import fields_of

PAGE = "/petitions/mend/"


@pytest.fixture
def page(db, client, monkeypatch):
    monkeypatch.setattr(cached_pages, "pages", PageCache(32_000_000))
    switches.memory.refresh()
    PetitionFactory(is_open=True, slug="mend")
    return client.get(PAGE).content


def test_an_organizer_empties_no_memory(page, client, as_user, ana):
    draft = PetitionFactory(organizer=ana)
    address, hers = f"/admin/petitions/petition/{draft.pk}/change/", as_user(ana)
    data = fields_of(hers, draft, title="Another title")
    assert hers.post(address, {**data, "title": ""}).status_code == 200
    assert hers.post(address, data).status_code == 302
    assert len(cached_pages.pages) == 1
    turn(by="mo", busy=True)
    data = fields_of(hers, draft, title="A third title")
    assert hers.post(address, data).status_code == 302
    switches.memory.refresh()
    assert client.get(PAGE).content == page


def test_an_organizer_sees_at_once_what_they_changed(page, client, as_user, ana):
    mine = PetitionFactory(is_open=True, organizer=ana, slug="mine", summary="Before.")
    assert "Before." in client.get("/petitions/mine/").content.decode()
    hers = as_user(ana)
    address = f"/admin/petitions/petition/{mine.pk}/change/"
    data = fields_of(hers, mine, summary="Afterwards.")
    assert hers.post(address, data).status_code == 302
    assert "Afterwards." in client.get("/petitions/mine/").content.decode()


def test_a_moderator_does(page, client, as_user, mo):
    petition = PetitionFactory(is_open=True)
    his = as_user(mo)
    address = f"/admin/petitions/petition/{petition.pk}/change/"
    data = fields_of(his, petition, summary="Another.")
    assert his.post(address, data).status_code == 302
    assert len(cached_pages.pages) == 0
