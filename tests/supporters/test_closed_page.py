"""What a closed petition still offers: the steps it asked for, and what can be signed instead."""

import re

import pytest

from petitions.models import Topic
from tests.factories import ActionStepFactory, PetitionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return Topic.objects.create(name="Water", slug="water")


def page_of(client, petition) -> str:
    return client.get(petition.get_absolute_url()).content.decode()


def closed(topic, **changes):
    petition = PetitionFactory(is_closed=True, **changes)
    petition.topics.add(topic)
    return petition


@pytest.mark.parametrize(("others", "said"), [(1, "This one is open:"), (2, "These are open:")])
def test_what_is_open_instead(client, topic, others, said):
    for other in PetitionFactory.create_batch(others, is_open=True):
        other.topics.add(topic)
    html = page_of(client, closed(topic))
    assert f"This petition can no longer be signed. {said}" in html
    assert html.count('<li class="lone"><a href="/petitions/') == others


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [("none", "Still care about this?"), ("victory", "Other petitions on this topic")],
)
def test_nobody_is_asked_whether_they_care_about_what_was_won(client, topic, outcome, heading):
    PetitionFactory(is_open=True).topics.add(topic)
    assert f'<h2 id="related-title">{heading}</h2>' in page_of(
        client, closed(topic, outcome=outcome)
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("call", "Supporters were asked: call your councillor"),
        ("write", "Supporters were asked: write to your councillor"),
        ("visit", "Supporters were asked: visit your councillor"),
    ],
)
def test_steps_are_quoted_in_the_past(client, topic, kind, said):
    petition = closed(topic)
    ActionStepFactory(petition=petition, kind=kind, contact="your councillor")
    steps = page_of(client, petition).partition('aria-labelledby="steps-title"')[2]
    assert re.findall(r"<h3>(.*?)</h3>", steps) == [said]


def test_the_ask_is_ruled_on_the_side_where_its_text_begins(client):
    petition = PetitionFactory(is_open=True, language="ar", ask="أصلحوا الجسر")
    assert '<section class="ask stack-tight" dir="rtl"' in page_of(client, petition)
    form = client.get(petition.get_absolute_url() + "sign/").content.decode()
    assert '<div class="ask" dir="rtl">' in form
