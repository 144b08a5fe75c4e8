"""How a number comes about: the sum, the line over time, every batch."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.fold import fold
from supporters.models import CountAdjustment, HourlyCount, Sweep
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/petitions/mend/count/"


@pytest.fixture
def petition() -> Petition:
    return PetitionFactory(
        slug="mend", status="open", opened_at=timezone.now() - dt.timedelta(days=20)
    )


def rows(response) -> dict[str, str]:
    """The first table: what is counted, and how many."""
    table = response.content.decode().partition("<table")[2].partition("</table>")[0]
    found = re.findall(r'<th scope="row">(.*?)</th><td class="number">(.*?)</td>', table)
    return dict(found)


def entry(petition, kind, quantity, **more):
    return CountAdjustment.objects.create(
        petition=petition, kind=kind, quantity=quantity, recorded_by=UserFactory(), **more
    )


def sign(petition, number):
    signatures = SignatureFactory.create_batch(number, petition=petition, is_confirmed=True)
    fold(petition.pk)
    return signatures


def test_the_lines_add_up_to_the_number(client, petition):
    signatures = sign(petition, 9)
    for signature in signatures[:2]:
        withdraw(signature.pk)
    disown(signatures[2].pk)
    entry(petition, "paper", 1_200)
    entry(petition, "carried_over", 40)
    entry(petition, "removed", -3, reason="One address made three of them.")
    entry(petition, "restored", 1, reason="One was real.")
    SignatureFactory(petition=petition, is_confirmed=True)  # not folded yet
    response = client.get(PAGE)
    assert rows(response) == {
        "Signed here and confirmed": "10",
        "On paper": "1,200",
        "Carried over from elsewhere": "40",
        "Withdrawn": "−2",
        "Removed": "−3",
        "Restored": "1",
        "Erased: “this was not me”": "−1",
        "Counted": "1,245",
    }
    assert '<data value="1245"' in response.content.decode()


def test_batches_have_a_date_a_reason_and_a_source(client, petition):
    entry(
        petition,
        "paper",
        310,
        happened_on=dt.date(2026, 8, 17),
        reason="Lists from <b>the market</b>",
        source="https://example.org/lists",
    )
    html = client.get(PAGE).content.decode()
    assert '<time datetime="2026-08-17">17 August 2026</time>' in html
    assert "+310</strong> On paper" in html
    assert "Lists from &lt;b&gt;the market&lt;/b&gt;" in html
    assert '<a href="https://example.org/lists" rel="nofollow">' in html


def test_who_left_and_when_is_not_told_one_by_one(client, petition):
    for signature in sign(petition, 3):
        withdraw(signature.pk)
    html = client.get(PAGE).content.decode()
    assert "Batches" not in html
    assert rows(client.get(PAGE))["Withdrawn"] == "−3"


def test_a_petition_that_only_counts_here(client, petition):
    sign(petition, 3)
    assert rows(client.get(PAGE)) == {"Signed here and confirmed": "3", "Counted": "3"}


def test_the_line_and_its_table(client, petition):
    for days, quantity in ((19, 30), (12, 2), (11, 4), (2, 60)):
        hour = timezone.now() - dt.timedelta(days=days)
        HourlyCount.objects.create(petition=petition, hour=hour, quantity=quantity)
    Petition.objects.update(supporter_count=96)
    html = client.get(PAGE).content.decode()
    assert '<svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img"' in html
    assert re.search(r"A line from 0 on .* to 96 on ", html)
    assert " style=" not in html
    assert "<style" not in html
    table = html.partition("<svg")[2].partition("<table")[2]
    signed = re.findall(r'<th scope="row">.*?</th><td class="number">(\d+)</td>', table)
    assert [number for number in signed if number != "0"] == ["30", "6", "60"]
    assert table.count('scope="col"') == 3
    assert "<caption" in table


def test_no_line_where_nothing_was_noted(client, petition):
    entry(petition, "carried_over", 40_000)
    html = client.get(PAGE).content.decode()
    assert "<svg" not in html
    assert "Its growth was not noted here, or is too small to draw." in html


def test_the_page_of_the_petition_leads_here(client, petition):
    sign(petition, 1)
    link = '<a href="/petitions/mend/count/">How this number comes about</a>'
    assert link in client.get("/petitions/mend/").content.decode()
    assert link not in client.get(PAGE).content.decode()


def test_a_single_removal_by_moderators_has_its_reason(client, petition):
    sign(petition, 2)
    entry(petition, "removed", -1, reason="Signed in the name of somebody else.")
    html = client.get(PAGE).content.decode()
    assert "Signed in the name of somebody else." in html
    assert rows(client.get(PAGE))["Removed"] == "−1"


def test_many_batches_are_on_pages(client, petition):
    for number in range(450):
        entry_of = dt.date(2026, 1, 1) + dt.timedelta(days=number // 3)
        CountAdjustment.objects.create(
            petition=petition,
            kind="removed" if number % 2 else "restored",
            quantity=-2 if number % 2 else 2,
            reason=f"Sweep {number}.",
            happened_on=entry_of,
        )
    address, seen = PAGE, []
    while address:
        html = client.get(address).content.decode()
        seen += re.findall(r"Sweep (\d+)\.", html)
        further = re.search(r'rel="next" href="([^"]+)"', html)
        address = further and further[1]
    assert seen == [str(number) for number in reversed(range(450))]
    beyond = client.get(f"{PAGE}?before=2000-01-01.1").content.decode()
    assert "There are no earlier batches." in beyond
    assert rows(client.get(f"{PAGE}?before=2000-01-01.1"))["Removed"] == "−450"


@pytest.mark.parametrize(
    ("status", "answer"),
    [("draft", 404), ("in_review", 404), ("rejected", 404), ("hidden", 410), ("closed", 200)],
)
def test_states(client, status, answer):
    PetitionFactory(slug="mend", status=status)
    assert client.get(PAGE).status_code == answer


def test_budget_and_who_may_keep_it(client, petition, count_queries):
    sign(petition, 30)
    entry(petition, "paper", 12)
    start = timezone.now() - dt.timedelta(days=19)
    HourlyCount.objects.bulk_create(
        HourlyCount(petition=petition, hour=start + dt.timedelta(hours=n), quantity=n % 9)
        for n in range(400)
    )
    with count_queries() as queries:
        response = client.get(PAGE)
    assert len(queries) <= 5, queries
    read = [sql for sql in queries.statements[1:] if '"supporters_signature"' in sql]
    assert [sql for sql in read if '"position" IS NULL' in sql] == read, "the tail alone is read"
    assert "<svg" in response.content.decode()
    assert response["Cache-Control"].startswith("public, max-age=1,")
    assert not response.cookies
    assert client.post(PAGE).status_code == 405


def test_a_sweep_is_one_correction_of_its_day(client, petition):
    """However many entries it has; what is brought back is another one."""
    sign(petition, 9)
    mo = UserFactory()
    sweep = Sweep.objects.create(
        petition=petition, rule={}, newest_id=0, state="undone", note="A wave.", asked_by=mo
    )
    day = {"happened_on": dt.date(2026, 8, 17), "reason": "A wave.", "sweep": sweep}
    for quantity in (-3, -3, -1):
        entry(petition, "removed", quantity, **day)
    entry(petition, "restored", 7, **day)
    entry(petition, "removed", -1, happened_on=dt.date(2026, 8, 16), reason="Another.")
    entry(petition, "removed", -1, happened_on=dt.date(2026, 8, 16), reason="Another.")
    html = client.get(PAGE).content.decode()
    assert re.findall(r'<strong class="figures">(.*?)</strong> (\w+)', html) == [
        ("+7", "Restored"),
        ("−7", "Removed"),
        ("−1", "Removed"),
        ("−1", "Removed"),
    ]
    assert html.count("A wave.") == 2
    assert rows(client.get(PAGE))["Removed"] == "−9"
