"""/accounts/…: our page, and django-allauth's. In the language that the browser asks for."""

from django.urls import include, path

from supporters.accounts import growth_mails, invitation, pages, starting

urlpatterns = [
    path("", pages.home, name="account_home"),
    path("mails/", growth_mails.growth_mails, name="account_mails"),
    path("start/confirm/<str:token>/", starting.start_confirm, name="start_confirm"),
    path("start/<str:token>/", starting.start_as_account, name="start_as_account"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("invitation/<str:token>/key/", invitation.invitation_key, name="invitation_key"),
    path("", include("allauth.urls")),
]
