"""Choosing a picture in the admin, in a real browser."""

from playwright.sync_api import expect

from petitions.models import Petition
from tests.browser.test_admin import log_in, petition  # noqa: F401 - the fixture
from tests.photographs import geotagged


def test_a_file_that_is_too_large_is_said_before_it_travels(petition, page, media, settings):  # noqa: F811
    settings.PETITIONS_PICTURE_MB = 1
    log_in(page, "ana")
    page.goto(f"/admin/petitions/petition/{petition.pk}/change/")
    chooser, words = page.locator("#id_picture"), page.locator(".field-picture [role=alert]")
    expect(words).to_be_hidden()
    large = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 1_100_000}
    chooser.set_input_files(large)
    expect(words).to_contain_text("more than 1 MB")
    expect(chooser).to_have_value("")

    small = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": geotagged()}
    chooser.set_input_files(small)
    expect(words).to_be_hidden()
    page.locator("#id_picture_alt").fill("The bridge, shut.")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    assert Petition.objects.get().shown_picture.alt == "The bridge, shut."

    page.goto("/petitions/mend/")
    image = page.get_by_alt_text("The bridge, shut.")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert "avif" in image.evaluate("image => image.currentSrc")
