"""The site's addresses, those of demo mode, and (tests/broken_urls.py) some that go wrong."""

from typing import NoReturn

from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path

from supporters.views import demo_mail
from tests import broken_urls


def away(request: HttpRequest) -> NoReturn:
    raise OperationalError("as where nothing answers at the other end")


handler400, handler500 = broken_urls.handler400, broken_urls.handler500
urlpatterns = [
    path("away/", away),
    path("demo/mail/", demo_mail.mailbox, name="demo_mail"),
    path("demo/mail/<str:key>/", demo_mail.message, name="demo_mail_message"),
    path("demo/mail/<str:key>/html/", demo_mail.html, name="demo_mail_html"),
    *broken_urls.urlpatterns,
]
