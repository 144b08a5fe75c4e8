"""The addresses as they are in demo mode, which the settings of tests are not in."""

from django.urls import path

from config import urls
from supporters.views import demo_mail

urlpatterns = [
    path("demo/mail/", demo_mail.mailbox, name="demo_mail"),
    path("demo/mail/<str:key>/", demo_mail.message, name="demo_mail_message"),
    path("demo/mail/<str:key>/html/", demo_mail.html, name="demo_mail_html"),
    *urls.urlpatterns,
]
