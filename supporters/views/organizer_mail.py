"""End a kind of mail to an organizer: by a person's press, or by a mail program at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from petitions.models import User
from supporters.caching import private
from supporters.growth.mails import SWITCHES
from supporters.tokens import read


@csrf_exempt  # RFC 8058: a mail program posts here, without cookie, login or redirect
@require_http_methods(["GET", "HEAD", "POST"])
@private
def organizer_mail(request: HttpRequest, token: str) -> HttpResponse:
    """A POST ends them; `again` in its body begins them anew."""
    letter, user = _of(token)
    if user is None:
        return render(request, "supporters/organizer_mail.html", {"state": "unknown"}, status=404)
    field, _purpose = SWITCHES[letter]
    if request.method == "POST":
        setattr(user, field, "again" in request.POST)
        User.objects.filter(pk=user.pk).update(**{field: getattr(user, field)})
    state = "on" if getattr(user, field) else "off"
    return render(request, "supporters/organizer_mail.html", {"letter": letter, "state": state})


def _of(token: str) -> tuple[str, User | None]:
    for letter, (_field, purpose) in SWITCHES.items():
        if (user_id := read(purpose, token)) is not None:
            return letter, User.objects.filter(pk=user_id, is_active=True).first()
    return "", None
