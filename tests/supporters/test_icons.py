"""The icon that browsers ask for on pages that name none."""


def test_favicon_leads_to_the_mark(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"] == "/static/images/mark.svg"
    assert response["Cache-Control"] == "public, max-age=86400"
