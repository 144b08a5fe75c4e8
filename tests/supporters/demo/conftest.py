import pytest


@pytest.fixture
def demo(settings, tmp_path):
    """Demo mode, with an empty mailbox of its own."""
    settings.PETITIONS_DEMO = True
    settings.PETITIONS_DEMO_MAIL = tmp_path / "var" / "mail"
    settings.ROOT_URLCONF = "tests.supporters.demo.urls"
    return settings
