"""What a reader downloads: little, in few requests, also where a petition says much."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.demo.content import stories
from supporters.fold import fold
from tests.factories import ActionStepFactory, PetitionFactory, SignatureFactory, UpdateFactory

MOST_BYTES = 20 * 1024  # HTML, CSS and scripts together, gzipped; without pictures
MOST_REQUESTS = 4


@pytest.fixture
def long_petition(petition) -> Petition:
    """Four texts of the demo as one, all blocks of the page filled: 1,100 words and more."""
    told = [story for story in stories() if story.language == "en"]
    reasons = [reason for story in told for reason in story.reasons]
    news = [update for story in told for update in story.updates]
    words = "\n\n".join(story.body for story in told[:4])
    assert len(words.split()) > 700
    long = PetitionFactory(
        in_review=True, slug="long", title=told[0].title, body=words, goal=20_000,
        summary=told[0].summary, ask=told[0].ask,
        closes_at=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    long.publish(by=None)
    for n, reason in enumerate(reasons[:12]):
        SignatureFactory(petition=long, reason=reason, is_confirmed=True, given_name=f"Sam {n}")
    for each in news[:6]:
        UpdateFactory(petition=long, title=each.title, body=each.body)
    ActionStepFactory.create_batch(2, petition=long, kind="call", script=told[0].steps[0].script)
    fold(long.pk)
    return long


def weigh(page, address: str) -> dict[str, int]:
    """Address → bytes as they would be sent, of everything but pictures that the page loads."""
    loaded = {}
    page.on("response", lambda response: loaded.update({response.url: response}))
    page.goto(address, wait_until="networkidle")
    icons = page.eval_on_selector_all("link[rel=icon]", "links => links.map(a => a.href)")
    for icon in icons:  # asked for by browsers with a window alone
        if icon not in loaded:
            loaded[icon] = page.request.get(icon)
    pictures = [url for url, answer in loaded.items() if "/media/" in url]
    return {
        url: len(gzip.compress(answer.body(), 6))
        for url, answer in loaded.items()
        if url not in pictures
    }


def test_a_long_petition_is_light(long_petition, page):
    page.clock.install()  # so that the number is not asked for again meanwhile
    weights = weigh(page, "/petitions/long/")
    assert len(weights) <= MOST_REQUESTS, weights
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert any(url.endswith(".css") for url in weights)


@pytest.mark.parametrize("address", ["/", "/petitions/", "/petitions/long/sign/"])
def test_other_pages_are_light(long_petition, page, address):
    weights = weigh(page, address)
    assert len(weights) <= MOST_REQUESTS, weights
    assert sum(weights.values()) <= MOST_BYTES, weights
