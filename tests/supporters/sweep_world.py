"""A petition with a wave upon it, and sweeps whose batches are small."""

from supporters.fold import fold
from supporters.fraud import decisions, looking, restoring, sweeping
from supporters.models import Signature, Sweep
from tests.supporters.fraud_world import make_petition, moderator, propose, sign, work


def small_batches(monkeypatch):
    """Batches of five, so that a few signatures make many."""
    monkeypatch.setattr(sweeping, "BATCH", 5)
    monkeypatch.setattr(restoring, "BATCHES", (5, 1))
    monkeypatch.setattr(looking, "STEP", 8)


def make_wave():
    """Twenty of a wave with positions, three in the tail, two pending, and 31 others."""
    petition = make_petition(slug="mend")
    sign(petition, 20)
    sign(petition, 31, domain="example.org")
    fold(petition.pk)
    sign(petition, 3)
    sign(petition, 2, status="pending")
    return petition


def positions(petition) -> dict[int, int | None]:
    return dict(Signature.objects.filter(petition=petition).values_list("pk", "position"))


def swept_whole(petition) -> Sweep:
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    return work(sweep)
