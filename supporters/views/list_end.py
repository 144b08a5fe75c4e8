"""What a list answers to a page that it does not have."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def list_end(request: HttpRequest, first_url: str) -> HttpResponse:
    return render(request, "petitions/list_end.html", {"first_url": first_url}, status=404)
