"""Nobody's mailbox is filled by drafts that name one address after another."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from petitions.models import PetitionDraft
from supporters.models import OutgoingMail
from supporters.starting import mails
from tests.threads import together

pytestmark = pytest.mark.django_db

THEIRS = "victim@example.org"


def asked(address: str = THEIRS) -> int:
    return OutgoingMail.objects.filter(recipient=address).count()


def test_what_an_address_was_sent_counts_whichever_the_draft_names_next():
    for number in range(3):
        draft = PetitionDraft.objects.create()
        for _ in range(2):
            mails.ask_to_confirm(draft, THEIRS)
        mails.ask_to_confirm(draft, f"other{number}@example.org")
    assert asked() == mails.MAX_MAILS
    assert [asked(f"other{number}@example.org") for number in range(3)] == [1, 1, 1]


def test_a_draft_about_to_expire_is_counted_for_as_long_as_a_new_one(settings):
    old = timezone.now() - timedelta(days=settings.PETITIONS_DRAFT_DAYS, minutes=-5)
    draft = PetitionDraft.objects.create(changed_at=old)
    mails.ask_to_confirm(draft, THEIRS)
    draft.refresh_from_db()
    assert draft.changed_at > old + timedelta(days=settings.PETITIONS_DRAFT_DAYS - 1)


def test_a_draft_has_so_many_mails_whomever_they_go_to():
    draft = PetitionDraft.objects.create()
    for number in range(mails.MAX_MAILS + 3):
        mails.ask_to_confirm(draft, f"other{number}@example.org")
    assert OutgoingMail.objects.count() == mails.MAX_MAILS
    draft.refresh_from_db()
    assert (draft.mails_asked, draft.email_key) == (mails.MAX_MAILS, "other4@example.org")


def test_what_stays_behind_goes_with_the_stale_drafts(settings):
    draft = PetitionDraft.objects.create()
    mails.ask_to_confirm(draft, THEIRS)
    mails.ask_to_confirm(draft, "other@example.org")
    [left] = PetitionDraft.objects.exclude(pk=draft.pk)
    assert (left.email_key, left.mails_asked, left.typed) == (THEIRS, 1, {})
    settings.PETITIONS_DRAFT_DAYS = 0
    assert set(PetitionDraft.objects.stale()) == {draft, left}


@pytest.mark.django_db(transaction=True)
def test_several_drafts_at_once_get_no_more():
    drafts = [PetitionDraft.objects.create() for _ in range(2 * mails.MAX_MAILS)]

    def ask(draft: PetitionDraft) -> None:
        with transaction.atomic():
            mails.ask_to_confirm(draft, THEIRS)

    together(*[partial(ask, draft) for draft in drafts])
    assert asked() == mails.MAX_MAILS
