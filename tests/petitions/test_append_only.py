"""What happened is never changed or removed: whatever the rows are asked to do."""

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from petitions import asks
from petitions.models import ModerationEvent, Petition, PetitionEvent, StaffAct, User
from petitions.models.append_only import AppendOnly
from supporters.models import CountAdjustment
from tests.factories import PetitionFactory, UserFactory

pytestmark = pytest.mark.django_db

MODELS = (CountAdjustment, ModerationEvent, PetitionEvent, StaffAct)
CHANGES = {
    "save": lambda row, rows: row.save(),
    "save one column": lambda row, rows: row.save(update_fields=["petition"]),
    "update": lambda row, rows: rows.update(petition=None),
    "update later": lambda row, rows: async_to_sync(rows.aupdate)(petition=None),
    "bulk_update": lambda row, rows: rows.bulk_update([row], ["petition"]),
    "update_or_create": lambda row, rows: rows.update_or_create(
        pk=row.pk, defaults={"petition": None}
    ),
    "bulk_create": lambda row, rows: rows.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=["petition"]
    ),
    "delete": lambda row, rows: row.delete(),
    "delete many": lambda row, rows: rows.delete(),
    "delete later": lambda row, rows: async_to_sync(rows.adelete)(),
}


@pytest.fixture
def mo():
    return UserFactory(username="mo")


@pytest.fixture
def petition(mo) -> Petition:
    """With one event of each kind, by Mo."""
    petition = PetitionFactory(is_open=True)
    petition.close(by=mo, private_note="As agreed.")
    PetitionEvent.objects.create(petition=petition, kind="refused", actor=mo, by_moderators=True)
    StaffAct.record(by=mo, verb="noted", subject=petition, petition_id=petition.pk)
    CountAdjustment.objects.create(petition=petition, kind="paper", quantity=3, recorded_by=mo)
    return petition


def rows() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


def test_these_are_all_that_are_only_added_to():
    ours = {each for each in apps.get_models() if issubclass(each, AppendOnly)}
    assert ours == set(MODELS)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("model", MODELS)
def test_rows_refuse(model, name, petition):
    before = rows()
    row = model.objects.get()
    with pytest.raises(TypeError, match="never"):
        CHANGES[name](row, model.objects.filter(pk=row.pk))
    assert rows() == before


@pytest.mark.parametrize("model", MODELS)
def test_a_new_row_takes_the_place_of_none(model, petition):
    before = rows()
    row = model.objects.get()
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    assert rows() == before


@pytest.mark.parametrize("model", [ModerationEvent, PetitionEvent])
def test_nor_by_way_of_the_petition(model, petition):
    of_it = getattr(petition, model._meta.get_field("petition").remote_field.related_name)
    for change in (lambda: of_it.update(actor=None), of_it.all().delete):
        with pytest.raises(TypeError, match="never"):
            change()
    assert of_it.count() == 1


@pytest.mark.parametrize("model", MODELS)
def test_who_acted_is_never_deleted(model, petition, mo):
    """Not even where this is all that they did."""
    name = "recorded_by" if model is CountAdjustment else "actor"
    lee = UserFactory(username="lee")
    more = {
        CountAdjustment: {"kind": "paper", "quantity": 1},
        ModerationEvent: {"from_status": "open", "to_status": "closed"},
        PetitionEvent: {"kind": "approved", "by_moderators": True},
        StaffAct: {"verb": "noted"},
    }
    model.objects.create(petition=petition, **more[model], **{name: lee})
    before = rows()
    for delete in (lee.delete, User.objects.filter(pk=lee.pk).delete):
        with pytest.raises(ProtectedError), transaction.atomic():
            delete()
    assert rows() == before
    assert User.objects.filter(pk=lee.pk).exists()


def test_an_organizer_may_go_and_what_they_did_stays(petition):
    ana = UserFactory(username="ana")
    other = PetitionFactory(is_open=True)
    asks.propose(other, ask="Another.", reason="Better.", by=ana)
    ana.delete()
    event = PetitionEvent.objects.get(petition=other)
    assert (event.kind, event.actor, event.note) == ("proposed", None, "Better.")


def test_what_is_counted_keeps_its_petition(petition):
    before = rows()
    with pytest.raises(ProtectedError), transaction.atomic():
        petition.delete()
    assert rows() == before


def test_a_draft_that_goes_leaves_the_acts_of_the_staff(mo):
    draft = PetitionFactory()
    StaffAct.record(by=mo, verb="noted", subject=draft, petition_id=draft.pk, note="Read twice.")
    pk = draft.pk
    draft.delete()
    act = StaffAct.objects.get()
    assert (act.petition, act.subject_id, act.note, act.actor) == (None, str(pk), "Read twice.", mo)
