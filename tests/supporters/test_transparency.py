"""/transparency/, as a page, JSON and CSV: what it says is what the rows say, in plain Python."""

import csv
import datetime as dt
import io
import re
from collections import Counter, defaultdict
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from petitions.models import Appeal, ModerationEvent, Petition
from supporters import transparency
from supporters.models import CountAdjustment, MonthlyFigures, Report
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/transparency/"
ZONE = "Pacific/Auckland"  # half a day off, with summer time
NOW = timezone.now()


def event(petition, before, after, at, **more):
    return ModerationEvent.objects.create(
        petition=petition, from_status=before, to_status=after, at=at, **more
    )


def first_of(month, **more) -> dt.datetime:
    """The first instant of a month in the site's time zone."""
    year, number = map(int, month.split("-"))
    return dt.datetime(year, number, 1, tzinfo=ZoneInfo(ZONE), **more)


@pytest.fixture
def busy_site(settings):
    """Fourteen months in which everything happened, much of it close to a month's edge."""
    settings.TIME_ZONE = ZONE
    mo = UserFactory()
    petitions = [PetitionFactory(is_open=True, title=f"Mend lane {n}") for n in range(9)]
    edges = [(NOW - dt.timedelta(days=30 * n)).strftime("%Y-%m") for n in range(14)]
    for n, edge in enumerate(reversed(edges)):
        petition, other = petitions[n % 9], petitions[(n + 1) % 9]
        at = first_of(edge)
        for minutes in (-1, 0, 7 * n):
            moment = at + dt.timedelta(minutes=minutes)
            submitted = moment - dt.timedelta(hours=3 * n + 1)
            event(petition, "draft", "in_review", submitted)
            event(petition, "in_review", "open", moment)
            event(other, "draft", "in_review", submitted)
            event(other, "in_review", "rejected", moment, reason="unclear" if n % 2 else "other")
            event(other, "rejected", "hidden", moment)
            event(other, "hidden", "rejected", moment)
            event(petition, "open", "closed", moment, outcome="victory" if n % 3 else "none")
            event(petition, "closed", "open", moment)
            event(other, "draft", "in_review", moment)
            decided = event(other, "in_review", "draft", moment + dt.timedelta(hours=n, minutes=9))
            Report.objects.create(
                petition=petition, category="other", created_at=moment, due_at=moment,
                state="upheld" if n % 2 else "dismissed",
                decided_at=moment + dt.timedelta(minutes=50 * n), decided_by=mo,
            )  # fmt: skip
            Report.objects.create(
                petition=petition, category="private", created_at=moment, due_at=moment
            )
            Appeal.objects.create(
                petition=other, decision=decided, created_at=moment, due_at=moment,
                state="granted" if n % 3 else "refused", decided_by=mo,
                decided_at=moment + dt.timedelta(hours=5 * n),
            )  # fmt: skip
            for kind, quantity, reason in (
                ("paper", 50, "The market"),
                ("removed", -2, "One network."),
                ("restored", 1, "One was real."),
            ):
                CountAdjustment.objects.create(
                    petition=petition, kind=kind, quantity=quantity, reason=reason,
                    recorded_by=mo, recorded_at=moment,
                )  # fmt: skip
    signature = SignatureFactory(petition=petitions[0], is_confirmed=True)
    Petition.objects.filter(pk=petitions[0].pk).update(supporter_count=60)
    withdraw(signature.pk)
    return petitions


def moves():
    """Each event with its name, and with when its petition was handed in if that is decided."""
    submitted: dict[int, dt.datetime] = {}
    for row in ModerationEvent.objects.order_by("id").values():
        match row["from_status"], row["to_status"]:
            case "draft", "in_review":
                submitted[row["petition_id"]] = row["at"]
                yield "submitted", row
            case "in_review", after:
                names = {"open": "published", "draft": "sent_back", "rejected": "rejected"}
                yield names[after], {**row, "begun": submitted[row["petition_id"]]}
            case _, "hidden":
                yield "hidden", row
            case "hidden", _:
                yield "shown_again", row
            case "open", "closed":
                yield "closed", row
            case "closed", "open":
                yield "reopened", row


def recomputed() -> dict[str, dict]:  # noqa: C901 (told in one go, to be read against the page)
    """From the rows alone, with none of the code under test."""
    found: dict[str, Counter] = defaultdict(Counter)
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)

    def month_of(at):
        return at.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m")

    def hours(begun, ended):
        return (ended - begun).total_seconds() / 3600

    for move, row in moves():
        month = found[month_of(row["at"])]
        month[move] += 1
        if "begun" in row:
            name = (month_of(row["at"]), "hours_to_decision")
            taken[name].append(hours(row["begun"], row["at"]))
        if move == "rejected":
            month["rejected_by_reason", row["reason"]] += 1
        if move == "closed":
            month["closed_by_outcome", row["outcome"]] += 1
    for model, word in ((Report, "report"), (Appeal, "appeal")):
        for row in model.objects.values():
            found[month_of(row["created_at"])][f"{word}s_received"] += 1
            if row["decided_at"]:
                month = month_of(row["decided_at"])
                found[month][f"{word}s_{row['state']}"] += 1
                taken[month, f"hours_to_{word}_decision"].append(
                    hours(row["created_at"], row["decided_at"])
                )
    for row in CountAdjustment.objects.values():
        if row["kind"] in {"removed", "restored"} and row["reason"]:
            month = found[month_of(row["recorded_at"])]
            month["corrections"] += 1
            month[f"signatures_{row['kind']}"] += abs(row["quantity"])
    for (month, name), numbers in taken.items():
        found[month][name] = round(median(numbers), 1)
    return {month: dict(numbers) for month, numbers in found.items()}


def flat(month: dict) -> dict:
    """A month of the JSON as recomputed() has it: without zeros, details as pairs."""
    rows = {}
    for name, value in month.items():
        if isinstance(value, dict):
            rows |= {(name, detail): number for detail, number in value.items()}
        elif name != "month" and (value or (name.startswith("hours") and value is not None)):
            rows[name] = value
    return rows


def without_zeros(months: dict[str, dict]) -> dict[str, dict]:
    return {
        month: {n: v for n, v in rows.items() if v or str(n).startswith("hours")}
        for month, rows in months.items()
        if rows
    }


def of_json(client) -> dict[str, dict]:
    months = client.get("/transparency.json").json()["months"]
    return {month["month"]: rows for month in months if (rows := flat(month))}


def of_csv(client) -> dict[str, dict]:
    found: dict[str, dict] = defaultdict(dict)
    for line in csv.DictReader(io.StringIO(client.get("/transparency.csv").content.decode())):
        if line["value"] == "" or (line["value"] == "0" and not line["detail"]):
            continue
        name = (line["figure"], line["detail"]) if line["detail"] else line["figure"]
        found[line["month"]][name] = float(line["value"])
    return dict(found)


LABELS = {
    "Petitions submitted": "submitted",
    "Published": "published",
    "Sent back with remarks": "sent_back",
    "Rejected": "rejected",
    "Hours from submitting to a decision (median)": "hours_to_decision",
    "It is not clear what the petition asks for, or of whom.": ("rejected_by_reason", "unclear"),
    "It does not follow the rules for petitions.": ("rejected_by_reason", "other"),
    "Hidden": "hidden",
    "Shown again": "shown_again",
    "Closed": "closed",
    "Victory": ("closed_by_outcome", "victory"),
    "No outcome recorded": ("closed_by_outcome", "none"),
    "Reopened": "reopened",
    "Reports received": "reports_received",
    "Reports upheld": "reports_upheld",
    "Reports dismissed": "reports_dismissed",
    "Hours from a report to a decision (median)": "hours_to_report_decision",
    "Appeals received": "appeals_received",
    "Appeals granted": "appeals_granted",
    "Appeals refused": "appeals_refused",
    "Hours from an appeal to a decision (median)": "hours_to_appeal_decision",
    "Corrections of a number": "corrections",
    "Signatures removed by them": "signatures_removed",
    "Signatures restored by them": "signatures_restored",
}


def of_page(client) -> dict[str, dict]:
    """Every month on the pages of all years."""
    found: dict[str, dict] = {}
    years = set(re.findall(r"\?year=(\d{4})", client.get(PAGE).content.decode()))
    for address in [PAGE, *(f"{PAGE}?year={year}" for year in sorted(years))]:
        html = client.get(address).content.decode()
        for section in re.split(r'<section class="stack" aria-labelledby="m', html)[1:]:
            rows = re.findall(
                r'<th scope="row">(.*?)</th><td class="number">(.*?)</td>',
                section.partition("</section>")[0],
            )
            numbers = {
                LABELS[label]: float(number.replace(",", ""))
                for label, number in rows
                if number != "0"
            }
            if numbers:
                found[section[:7]] = numbers
    return found


def test_all_three_say_what_the_rows_say(client, busy_site):
    expected = without_zeros(recomputed())
    assert len(expected) >= 14
    assert of_json(client) == expected
    assert of_csv(client) == expected
    assert of_page(client) == expected


def test_figures_that_the_worker_kept_are_the_same(client, busy_site, monkeypatch, count_queries):
    monkeypatch.setattr(transparency, "MANY", 50)
    assert transparency.refresh() >= 14
    kept = MonthlyFigures.objects.count()
    expected = without_zeros(recomputed())
    with count_queries() as queries:
        assert of_json(client) == expected
    assert not [sql for sql in queries.statements if "moderationevent" in sql]
    assert of_page(client) == expected
    # What happens now is counted by looking at two months.
    petition = busy_site[0]
    event(petition, "draft", "in_review", NOW - dt.timedelta(hours=30))
    event(petition, "in_review", "open", NOW)
    assert transparency.refresh() in {2, 3}
    assert MonthlyFigures.objects.count() == kept
    assert of_json(client) == without_zeros(recomputed())
    # And a site that became small again counts by itself.
    monkeypatch.setattr(transparency, "MANY", 5_000)
    assert transparency.refresh() == 0
    assert not MonthlyFigures.objects.exists()


def test_a_dead_workers_figures_are_not_shown(client, busy_site):
    MonthlyFigures.objects.create(
        month=dt.date(2020, 1, 1), numbers={"month": "2020-01"}, as_of=NOW - dt.timedelta(hours=1)
    )
    assert of_json(client) == without_zeros(recomputed())


def test_the_sums_of_a_year(client, busy_site):
    year = str(timezone.localtime(NOW).year)
    html = client.get(PAGE).content.decode()
    whole = html.partition('aria-labelledby="year"')[2].partition("</section>")[0]
    rows = dict(re.findall(r'<th scope="row">(.*?)</th><td class="number">(.*?)</td>', whole))
    expected = sum(rows.get("submitted", 0) for month, rows in recomputed().items()
                   if month.startswith(year))  # fmt: skip
    assert rows["Petitions submitted"] == str(expected)
    assert "Hours from submitting to a decision (median)" not in rows


def test_an_empty_site(client):
    html = client.get(PAGE).content.decode()
    assert "Nothing was submitted or decided here yet." in html
    assert "<table" not in html
    assert client.get("/transparency.json").json()["months"] == []
    assert client.get("/transparency.csv").content.decode() == "month,figure,detail,value\r\n"


@pytest.mark.parametrize("year", ["1999", "x", "²⁰²⁶", "-1", "99999999999999"])
def test_a_year_that_is_not_there(client, busy_site, year):
    assert client.get(PAGE, {"year": year}).status_code == 404


def test_who_may_keep_it_and_other_verbs(client):
    for address in (PAGE, "/transparency.json", "/transparency.csv"):
        response = client.get(address)
        assert response["Cache-Control"].startswith("public, max-age=1,")
        assert not response.cookies
        assert client.post(address).status_code == 405
    assert client.get("/transparency.json")["Access-Control-Allow-Origin"] == "*"
    assert '<a href="/transparency/">Transparency</a>' in client.get("/").content.decode()


def test_budget(client, busy_site, count_queries):
    with count_queries() as queries:
        client.get(PAGE)
    assert len(queries) <= 13, queries
