def test_the_site_answers_a_browser(page):
    response = page.goto("/healthz")
    assert response.status == 200


def test_the_home_page_is_whole_on_every_screen(sized_page, viewport):
    sized_page.goto("/")
    assert sized_page.locator("h1").count() == 1
    width = sized_page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"]


def test_the_home_page_needs_no_javascript(page_without_javascript):
    page_without_javascript.goto("/")
    assert page_without_javascript.locator("h1").is_visible()
