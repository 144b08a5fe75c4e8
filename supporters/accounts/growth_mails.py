"""Which mails about their petitions somebody wants, beside what needs an answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from petitions.models import User


class GrowthMailsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("milestone_mails", "quiet_mails")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def growth_mails(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = GrowthMailsForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        # Nothing else of this copy of the account.
        User.objects.filter(pk=user.pk).update(**form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect(request.path)
    return render(request, "accounts/growth_mails.html", {"form": form})
