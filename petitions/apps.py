from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PetitionsConfig(AppConfig):
    name = "petitions"
    verbose_name = _("Petitions")

    def ready(self) -> None:
        from petitions.decision_reasons import make_reasons  # noqa: PLC0415
        from petitions.groups import make_groups  # noqa: PLC0415 — not before apps are loaded

        post_migrate.connect(make_groups, sender=self, dispatch_uid="petitions.make_groups")
        post_migrate.connect(make_reasons, sender=self, dispatch_uid="petitions.make_reasons")
