"""Rows to work with."""


def petitions(number: int = 1) -> list:
    """Open petitions with all that a page shows, and 200 counted supporters under the first."""
    from django.utils import timezone

    from petitions.models import ActionStep, Petition, PetitionTarget, Target, Update, User
    from supporters.fold import fold_all
    from supporters.models import Signature

    organizer = User.objects.create(username="ana", first_name="Ana", last_name="Ferreira")
    story = "The bridge was closed in March.\n\nThe next one is **nine kilometres** away.\n\n" * 4
    now = timezone.now()
    made = [
        Petition(slug=f"bench-{n}", title="Mend the bridge", summary="It was closed in March.",
                 body=story, ask="Mend it before the winter.", organizer=organizer, status="open",
                 goal=1_000_000, opened_at=now)
        for n in range(number)
    ]  # fmt: skip
    for petition in made:
        petition.save()
    first = made[0]
    target = Target.objects.create(name="The city council", slug="council")
    PetitionTarget.objects.create(petition=first, target=target)
    ActionStep.objects.create(
        petition=first, kind="call", contact="The office", phone="01632 960001"
    )
    for n in range(2):
        Update.objects.create(petition=first, title=f"News {n}", body=story, happened_on=now.date(),
                              author=organizer, published_at=now)  # fmt: skip
    Signature.objects.bulk_create(
        Signature(petition=first, version=first.version, given_name="Sam", family_name="Okoro",
                  email=f"early{n}@example.org", email_key=f"early{n}@example.org", country="GB",
                  reason="I cross it every day." if n < 6 else "", status="confirmed",
                  confirmed_at=now)
        for n in range(200)
    )  # fmt: skip
    fold_all()
    return made


def pending(ids: list[int], number: int, *, analyze: bool = True) -> list[int]:
    """The ids of new pending signatures, spread over the petitions."""
    from django.db import connection

    from supporters.models import Signature

    last = Signature.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supporters_signature (petition_id, version_id, given_name, family_name, email,"
            " email_key, country, postal_code, locality, reason, display, wants_updates, status,"
            " kind, is_organizer, mails_asked, created_at, language, source)"
            " SELECT petition.id, petition.version_id, 'Sam', 'Okoro', 'p' || n || '@example.org',"
            " 'p' || n || '-' || %s || '@example.org', 'GB', '', '', '', 'initial', false,"
            " 'pending', 'online', false, 1, now(), 'en', '' FROM generate_series(1, %s) AS n"
            " JOIN petitions_petition AS petition ON petition.id = (%s::bigint[])[1 + n %% %s]",
            [last, number, ids, len(ids)],
        )
        if analyze:
            cursor.execute("ANALYZE supporters_signature")
    rows = Signature.objects.filter(pk__gt=last, status="pending").order_by("pk")
    return list(rows.values_list("pk", flat=True))
