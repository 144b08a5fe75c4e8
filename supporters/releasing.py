"""Publishing scheduled updates when their moment has come; the worker does it.

Who scheduled one must still be allowed to write it: what is sent cannot be taken back, while a
draft can be sent a minute later by a colleague. The weekly number of mailings was looked at when
it was scheduled, and it has kept its place since. A mail tells the organizer what did not come out.
"""

from django.db import transaction

from petitions.locks import one_by_one
from petitions.models import Petition, Update
from supporters.access import NEWSWORTHY, may_post
from supporters.teams import mails


def release_due() -> int:
    """Publish what is due. Returns how many came out; the others are drafts again and say why.

    Raises as petitions.locks.one_by_one does.
    """
    return one_by_one(list(Update.objects.due().values_list("pk", flat=True)), _release_if_due)


def _release_if_due(update_id: int) -> bool:
    of_petition = Update.objects.filter(pk=update_id).values_list("petition", flat=True)
    with transaction.atomic():
        petition = Petition.objects.lock().filter(pk__in=list(of_petition)).first()
        # Looked at again under the lock: it may have been taken back, or published by another.
        due = Update.objects.due().select_related("scheduled_by").filter(pk=update_id)
        update = due.first()
        if petition is None or update is None:
            return False
        if held := _reason_against(update, petition):
            update.unschedule(held=held)
            mails.told("held", petition, petition.organizer)
            return False
        return update.publish()


def _reason_against(update: Update, petition: Petition) -> str:
    if petition.status not in NEWSWORTHY:
        return str(Update.Held.NOT_PUBLIC)
    if update.scheduled_by is None or not may_post(update.scheduled_by, petition):
        return str(Update.Held.NO_ROLE)
    return ""
