from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """An app only so that the deployment checks are registered; it has no models."""

    name = "config"

    def ready(self) -> None:
        from . import checks  # noqa: F401, PLC0415 - importing registers the checks
