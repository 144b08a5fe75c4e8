"""Puts the invented content into the database, through the same acts as real people's."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from petitions import asks, pictures
from petitions.deciding import APPEALS_WITHIN
from petitions.groups import MODERATORS, ORGANIZERS
from petitions.models import (
    ActionStep,
    Appeal,
    ModerationEvent,
    Petition,
    PetitionSlug,
    PetitionTarget,
    PetitionVersion,
    Target,
    Topic,
    Update,
    User,
)
from petitions.states import Status
from supporters import reasons, reporting, trend
from supporters.demo.content import Moment, News, Story, Surroundings, moment, stories, surroundings
from supporters.demo.pictures import DRAWN
from supporters.demo.signers import gather
from supporters.models import CountAdjustment, ReasonChoice, Report, Signature

APPEAL = (
    "The Council pays for the transmitter and sits on the association's board. It can say what it"
    " pays for. Please read the minutes of its meeting in March."
)
REPORT = "The number of passengers in this update is that of the school bus, not of line 4."

# Slugs stay for ever, so this one tells whether the content was here before.
FIRST = "keep-the-last-bus-to-marlow-vale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    username: str
    first_name: str
    last_name: str
    group: str = ORGANIZERS
    logs_in: bool = True

    @property
    def password(self) -> str:
        """Printed at every start: nobody but this machine reaches the demo."""
        return f"demo-{self.username}"

    def password_works(self) -> bool:
        user = User.objects.filter(username=self.username, is_active=True).first()
        return user is not None and user.check_password(self.password)


MODERATOR = Account(username="mo", first_name="Mo", last_name="Lindqvist", group=MODERATORS)
# Rejected what Mo then decides on again.
ANOTHER = Account(
    username="ines", first_name="Ines", last_name="Adeyemi", group=MODERATORS, logs_in=False
)
ACCOUNTS = (
    Account(username="ana", first_name="Ana", last_name="Ferreira"),
    Account(username="mina", first_name="Mina", last_name="Sandhu"),
    MODERATOR,
    ANOTHER,
    Account(username="lucia", first_name="Lucía", last_name="Barrientos", logs_in=False),
    Account(username="yusuf", first_name="يوسف", last_name="المعلم", logs_in=False),
)


def seed() -> bool:
    """Add the content, all of it or nothing. False when it was there already."""
    with transaction.atomic():
        if PetitionSlug.objects.filter(slug=FIRST).exists():
            return False
        _Garden(surroundings(), timezone.now()).plant(stories())
        trend.refresh()
        trend.refresh_progress()
        Petition.objects.filter(slug=FIRST).feature()
    return True


class _Garden:
    def __init__(self, around: Surroundings, now: dt.datetime) -> None:
        self.people = around.people
        self.now = now
        self.users = {account.username: _user(account) for account in ACCOUNTS}
        self.moderator = self.users[MODERATOR.username]
        self.topics = {
            slug: Topic.objects.get_or_create(slug=slug, defaults={"name": name})[0]
            for slug, name in around.topics.items()
        }
        self.targets = {
            row["slug"]: Target.objects.get_or_create(slug=row["slug"], defaults=row)[0]
            for row in around.targets
        }

    def plant(self, all_stories: list[Story]) -> None:
        for story in all_stories:
            petition = self._write(story)
            self._move(story, petition)
            self._date(story, petition)
        self._leave_work()

    def _write(self, story: Story) -> Petition:
        copied = (
            "slug", "title", "summary", "body", "ask", "language", "organizer_name",
            "on_behalf_of", "picture_alt", "goal", "source", "source_id",
        )  # fmt: skip
        petition = Petition(**{name: getattr(story, name) for name in copied})
        petition.organizer = petition.changed_by = self.users.get(story.organizer)
        petition.save()
        if story.picture:
            petition.change_picture(pictures.compose(DRAWN[story.picture]()))
        petition.topics.set(self.topics[slug] for slug in story.topics)
        for link in story.targets:
            PetitionTarget.objects.create(
                petition=petition, target=self.targets[link.slug], relation=link.relation
            )
        for step in story.steps:
            ActionStep.objects.create(
                petition=petition,
                kind=step.kind,
                contact=step.contact,
                instruction=step.instruction,
                phone=step.phone,
                email=step.email,
                script=step.script,
            )
        return petition

    def _move(self, story: Story, petition: Petition) -> None:
        if story.state == Status.DRAFT:
            return
        petition.submit(by=petition.organizer or self.moderator)
        if story.state == Status.IN_REVIEW:
            return
        if story.state == Status.REJECTED:
            first = self.users[ANOTHER.username]
            petition.reject(by=first, reason=story.reason, note=story.note)
            return
        petition.publish(by=self.moderator)
        self._sign(story, petition)
        for news in story.updates:
            self._tell(news, petition)
        if story.proposed_ask and petition.organizer:
            asks.propose(
                petition,
                ask=story.proposed_ask,
                reason=story.proposed_reason,
                by=petition.organizer,
            )
        if story.state == Status.CLOSED:
            petition.close(
                by=self.moderator,
                outcome=story.outcome,
                note=story.outcome_note,
                source=story.outcome_source,
                happened_on=timezone.localdate(self._at(story.closed)),
                at=self._at(story.closed),
            )
        if story.state == Status.HIDDEN:
            petition.hide(by=self.moderator, note=story.note)

    def _sign(self, story: Story, petition: Petition) -> None:
        gather(
            petition,
            story,
            self.people[story.people],
            start=self._at(story.opened),
            end=self._at(story.closed) if story.closed else self.now,
        )
        for row in Signature.objects.filter(petition=petition, reason__in=story.shown_first):
            reasons.choose(
                petition,
                row.pk,
                ReasonChoice.Kind.HIGHLIGHTED,
                by=petition.organizer,
                by_moderators=False,
            )
        if story.carried_over:
            CountAdjustment.objects.create(
                petition=petition,
                kind=CountAdjustment.Kind.CARRIED_OVER,
                quantity=story.carried_over,
                source=story.source,
                happened_on=self._at(story.opened).date(),
                recorded_by=self.moderator,
            )

    def _tell(self, news: News, petition: Petition) -> None:
        happened = self._at(news.happened)
        update = Update(
            petition=petition,
            kind=news.kind,
            title=news.title,
            body=news.body,
            happened_on=timezone.localdate(happened),
            author=petition.organizer,
            email_supporters=news.email,
        )
        if news.scheduled is not None:
            update.save()
            update.schedule(at=self._at(news.scheduled), by=petition.organizer)
        elif news.email:
            update.save()
            update.publish()
        else:
            update.created_at = update.published_at = happened
            update.save()

    def _date(self, story: Story, petition: Petition) -> None:
        """Move the acts, which all took place just now, to when they are said to have been."""
        arrived = story.submitted if story.submitted is not None else story.opened
        submitted = self._at(arrived) - dt.timedelta(hours=20 if story.opened else 0)
        written = submitted - dt.timedelta(days=2)
        dates: dict[str, dt.datetime] = {"created_at": written}
        if story.state != Status.DRAFT:
            dates["submitted_at"] = submitted
        if story.opened is not None:
            dates["opened_at"] = self._at(story.opened)
        if story.closes is not None:
            dates["closes_at"] = self._at(story.closes)
        Petition.objects.filter(pk=petition.pk).update(**dates)
        PetitionVersion.objects.filter(petition=petition).update(created_at=written)
        at = {
            Status.IN_REVIEW: submitted,
            Status.OPEN: self._at(story.opened),
            Status.REJECTED: self._at(story.rejected),
            Status.CLOSED: self._at(story.closed),
            Status.HIDDEN: self._at(story.hidden),
        }
        for status, date in at.items():
            # Round the manager, which lets nobody rewrite what happened: this is a made-up past.
            events = ModerationEvent._base_manager.filter(petition=petition)  # noqa: SLF001
            events.filter(to_status=status).update(at=date)

    def _leave_work(self) -> None:
        """An appeal and a report, both waiting for a moderator."""
        rejection = ModerationEvent.objects.get(to_status=Status.REJECTED)
        appeal = Appeal.file(rejection, by=rejection.petition.organizer, text=APPEAL)
        asked = rejection.at + dt.timedelta(days=1)
        Appeal.objects.filter(pk=appeal.pk).update(created_at=asked, due_at=asked + APPEALS_WITHIN)
        petition = Petition.objects.get(slug=FIRST)
        update = petition.updates.exclude(published_at=None).latest("pk")
        report = reporting.take(petition, update=update, category="untrue", text=REPORT)
        Report.objects.filter(pk=report.pk).update(
            created_at=self.now - dt.timedelta(days=2), due_at=self.now + dt.timedelta(days=5)
        )

    def _at(self, when: Moment | None) -> dt.datetime:
        return self.now if when is None else moment(when, self.now)


def _user(account: Account) -> User:
    """The account; one that has the name already stays as it is."""
    user, created = User.objects.get_or_create(
        username=account.username,
        defaults={
            "first_name": account.first_name,
            "last_name": account.last_name,
            "email": f"{account.username}@example.org",
            "is_staff": True,
        },
    )
    if created:
        user.set_password(account.password if account.logs_in else None)
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get_or_create(name=account.group)[0])
        user.trust_email()
    return user
