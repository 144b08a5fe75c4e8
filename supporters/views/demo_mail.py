"""The mails of the demo, for whoever has no mail server at hand. Only in demo mode."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from petitions.text import linked
from supporters.caching import private
from supporters.demo.mailbox import StoredMail, find_mail, newest_mails

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# What a mail may do: look like itself. Its links work, since they lead away from it.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def only_in_the_demo(view: View[P]) -> View[P]:
    """404 outside the demo: these pages show everybody's links."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.PETITIONS_DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@require_safe
@only_in_the_demo
@private
def mailbox(request: HttpRequest) -> HttpResponse:
    mails = [(mail.key, mail.subject, mail.to, mail.at) for mail in newest_mails()]
    return render(request, "demo/mailbox.html", {"mails": mails})


@require_safe
@only_in_the_demo
@private
def message(request: HttpRequest, key: str) -> HttpResponse:
    mail = _mail_or_404(key)
    context = {
        "subject": mail.subject,
        "sender": mail.sender,
        "to": mail.to,
        "date": mail.at,
        "text": linked(mail.part("plain")),
        "headers": mail.headers,
        "html_url": reverse("demo_mail_html", args=[key]) if mail.part("html") else "",
    }
    return render(request, "demo/message.html", context)


@require_safe
@only_in_the_demo
@private
def html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part as it was sent, with its inline styles and nothing else."""
    part = _mail_or_404(key).part("html")
    if not part:
        raise Http404
    response = HttpResponse(part)
    response["Content-Security-Policy"] = MAIL_POLICY
    # Browsers refuse a page that is sandboxed and asks for a window of its own.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def _mail_or_404(key: str) -> StoredMail:
    mail = find_mail(key)
    if mail is None:
        raise Http404
    return mail
