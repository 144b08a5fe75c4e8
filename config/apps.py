from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangosAdminConfig


class ConfigConfig(AppConfig):
    """An app only so that the deployment checks are registered; it has no models."""

    name = "config"

    def ready(self) -> None:
        from . import checks  # noqa: F401, PLC0415 - importing registers the checks


class AdminConfig(DjangosAdminConfig):
    default_site = "config.admin_site.AdminSite"
