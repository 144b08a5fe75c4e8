import pytest


@pytest.fixture
def demo(settings, tmp_path):
    """Demo mode, with an empty mailbox and no picture."""
    settings.PETITIONS_DEMO = True
    settings.PETITIONS_DEMO_MAIL = tmp_path / "var" / "mail"
    settings.PETITIONS_DEMO_MEDIA = settings.MEDIA_ROOT = tmp_path / "var" / "media"
    settings.ROOT_URLCONF = "tests.supporters.demo.urls"
    return settings
