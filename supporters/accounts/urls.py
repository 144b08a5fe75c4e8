"""/accounts/…: our page, and django-allauth's. In the language that the browser asks for."""

from django.urls import include, path

from supporters.accounts import pages, starting

urlpatterns = [
    path("", pages.home, name="account_home"),
    path("start/confirm/<str:token>/", starting.start_confirm, name="start_confirm"),
    path("start/<str:token>/", starting.start_as_account, name="start_as_account"),
    path("", include("allauth.urls")),
]
