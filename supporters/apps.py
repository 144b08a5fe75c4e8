from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SupportersConfig(AppConfig):
    name = "supporters"
    verbose_name = _("Supporters")

    def ready(self) -> None:
        from supporters import receivers  # noqa: F401, PLC0415 — connects to petitions' signals
        from supporters.accounts import receivers as _receivers  # noqa: F401, PLC0415 — allauth's
        from supporters.groups import add_permissions  # noqa: PLC0415

        if find_spec("anymail"):
            from supporters import tracking  # noqa: F401, PLC0415 — connects to anymail's signal

        post_migrate.connect(
            add_permissions, sender=self, dispatch_uid="supporters.add_permissions"
        )
