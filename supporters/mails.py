"""The mails: one function each, and the choice between them at the moment of sending.

Subject, text and HTML are templates/mails/<name>.{subject.txt,txt,html}.
"""

import re
import unicodedata
from email.headerregistry import Address
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from petitions import clock
from petitions.deciding import APPEALS_WITHIN
from petitions.models import ModerationEvent, Petition, Update
from petitions.states import Status
from petitions.text import mail_text
from supporters import answers, rehearsal, tokens
from supporters.accounts import mails as account_mails
from supporters.addresses import wire_address
from supporters.confirming import can_be_confirmed
from supporters.growth import mails as growth_mails
from supporters.letters import Form, blank, form
from supporters.mail_backend import Mail
from supporters.models import OutgoingMail, Signature
from supporters.moderation import mails as moderators_mails
from supporters.saying import where
from supporters.starting import mails as start_mails
from supporters.teams import mails as team_mails
from supporters.tokens import Purpose
from supporters.turns import Unconfirmed

LONGEST_TITLE = 60  # characters of a title in a subject: what a phone shows
LONGEST_NAME = 40
MAX_DIGITS = 4  # in a name; more are a telephone number

# Mails that are made elsewhere: whose letter() says which of them, and what fills its templates,
# which are in that folder.
_ROOMS: dict[str, tuple[Any, str]] = {
    OutgoingMail.Kind.ACCOUNT: (account_mails, "account"),
    OutgoingMail.Kind.START: (start_mails, "start"),
    OutgoingMail.Kind.TEAM: (team_mails, "team"),
    OutgoingMail.Kind.GROWTH: (growth_mails, "growth"),
    OutgoingMail.Kind.REPORT: (answers, "answers"),
    OutgoingMail.Kind.MODERATORS: (moderators_mails, "moderators"),
}
_PERSONS = {"name", "who"}  # what somebody typed as a name

# Marks that turn the direction of what follows, beyond the title that has them.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# A mailbox would make a link of it.
_LINK_LIKE = re.compile(r"[/:@\\]|[.。]\w|www", re.IGNORECASE)


def compose(mail: OutgoingMail) -> Mail | None:
    """The message that fits now, or None when nothing is to be said any more.

    Loads nothing when `mail` comes from outbox.current(), save for a decision and an account.
    """
    language = mail.payload.get("language", "")
    message: Mail | None
    if mail.kind == OutgoingMail.Kind.UPDATE:
        message = _for_supporter(mail)
    elif mail.kind == OutgoingMail.Kind.DECISION:
        events = ModerationEvent.objects.select_related("petition__organizer")
        event = events.filter(pk=mail.payload.get("event")).first()
        message = decision(event, language=language) if event else None
    elif mail.kind == OutgoingMail.Kind.TEST:
        update = rehearsal.update_of(mail)
        message = update_test(update, language=language) if update else None
    elif mail.kind in _ROOMS:
        message = _letter(mail, language=language)
    else:
        message = _for_signer(mail.signature, language)
    if message is None:
        return None
    # As it goes over the wire: Django would encode ß by rules under which it is another host.
    message.to = [address_on_the_wire(mail.recipient)]
    message.extra_headers["Message-ID"] = _message_id(mail)
    return message


def asking_to_confirm(mail: OutgoingMail, signature: Unconfirmed) -> tuple[str, bytes] | None:
    """What compose() makes for who has yet to confirm: the sender, and the bytes on the wire.

    In half the time. None where nothing is to be said, or the message must be made after all.
    """
    if not _is_asked_to_confirm(signature):
        return None
    letter, values = _to_confirm(signature, mail.payload.get("language", ""))
    text = letter.wire(address_on_the_wire(mail.recipient), _message_id(mail), values)
    return (letter.sender, text) if text else None


def _message_id(mail: OutgoingMail) -> str:
    """The same when it is sent again, so that mailboxes can tell that it is the same."""
    made = int(mail.created_at.timestamp() * 1_000_000)
    return f"<{mail.pk}.{made:x}@{_host()}>"


def address_on_the_wire(recipient: str) -> str:
    local, _, domain = recipient.rpartition("@")
    return f"{local}@{_wire_domain(domain)}"


@lru_cache(4_096)
def _wire_domain(domain: str) -> str:
    return wire_address(f"postmaster@{domain}").rpartition("@")[2]


def _for_signer(signature: Signature | None, language: str) -> Mail | None:
    if signature is None:
        return None
    if signature.status == Signature.Status.CONFIRMED:
        return already_confirmed(signature, language=language)
    return confirm(signature, language=language) if _is_asked_to_confirm(signature) else None


def _is_asked_to_confirm(signature: Signature | Unconfirmed) -> bool:
    return signature.status == Signature.Status.PENDING and can_be_confirmed(signature)


def _for_supporter(mail: OutgoingMail) -> Mail | None:
    signature, mailing = mail.signature, mail.mailing
    if signature is None or mailing is None or mailing.cancelled_at:
        return None
    if getattr(mail, "is_suppressed", False):  # read by outbox.current(), at the last moment
        return None
    update = mailing.update
    wanted = signature.status == Signature.Status.CONFIRMED and signature.wants_updates
    shown = update.petition.is_published
    if not (wanted and shown and _is_out(update)):
        return None
    return supporter_update(update, signature)


def _is_out(update: Update) -> bool:
    """Whether it is public. The database is asked only where our own clock may be behind."""
    at = update.published_at
    return at is not None and (at <= timezone.now() or at <= clock.now())


def confirm(signature: Signature, *, language: str = "") -> Mail:
    """To who has signed and has yet to confirm."""
    letter, values = _to_confirm(signature, language)
    return letter.fill(**values)


def _to_confirm(signature: Signature | Unconfirmed, language: str) -> tuple[Form, dict[str, str]]:
    language = spoken(language or signature.language)
    petition, name = signature.petition, _greetable(signature.given_name)
    days = settings.PETITIONS_UNCONFIRMED_DAYS
    basis = ("confirm", language, bool(name), petition.title, petition.slug, days, *_site())

    def make() -> Mail:
        with translation.override(language):
            signature_url = _url("signature", blank("signature"))
            context = {
                **_about(petition),
                "name": name and blank("name"),
                "confirm_url": _url("confirm", blank("confirm")),
                "signature_url": signature_url,
                "not_me_url": f"{signature_url}?not-me",
                "days": days,
            }
            return _make("confirm", context)

    return form(basis, make), {
        "name": name,
        "confirm": tokens.make(Purpose.CONFIRM, signature.pk),
        "signature": tokens.make(Purpose.SIGNATURE, signature.pk),
    }


def already_confirmed(signature: Signature, *, language: str = "") -> Mail:
    """To who signs again after confirming."""
    with _speaking(language or signature.language):
        context = {
            **_about(signature.petition),
            "name": _greetable(signature.given_name),
            "confirmed_at": signature.confirmed_at,
            "signature_url": _signature_url(signature),
        }
        return _make("already_confirmed", context)


def supporter_update(update: Update, signature: Signature) -> Mail:
    """News of a petition to one supporter; their mailbox shows a button to unsubscribe."""
    language = spoken(signature.language)
    petition = update.petition
    said = (update.title, update.body, update.html, update.happened_on)
    basis = ("update", language, *said, petition.title, petition.slug, *_site())

    def make() -> Mail:
        with translation.override(language):
            unsubscribe_url = _url("unsubscribe", blank("unsubscribe"))
            context = {
                **_about_update(update),
                "is_test": False,
                "signature_url": _url("signature", blank("signature")),
                "unsubscribe_url": unsubscribe_url,
                "unsubscribe_all_url": f"{unsubscribe_url}?all",
            }
            return _make("update", context)

    token = tokens.make(Purpose.UNSUBSCRIBE, signature.pk)
    mail = form(basis, make).fill(
        signature=tokens.make(Purpose.SIGNATURE, signature.pk), unsubscribe=token
    )
    with translation.override(language):
        mail.extra_headers["List-Unsubscribe"] = f"<{_url('unsubscribe', token)}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return mail


def update_test(update: Update, *, language: str = "") -> Mail:
    """The same to who writes it: marked as a test, with words in the place of personal links."""
    with _speaking(language):
        return _make("update", {**_about_update(update), "is_test": True})


def decision(event: ModerationEvent, *, language: str = "") -> Mail:
    """To the organizer: what became of the petition. Never has the private note."""
    petition = event.petition
    with _speaking(language or petition.language):
        context = {
            **_about(petition),
            "name": _greetable(petition.organizer_first_name),
            "event": event,
            "what": _what(event),
            "admin_url": _url("admin:petitions_petition_change", petition.pk),
            "appeal_url": "",
        }
        if event.is_appealable:
            context["appeal_url"] = _url("admin:petitions_petition_appeal", petition.pk)
            context["appeal_days"] = APPEALS_WITHIN.days
        return _make("decision", context)


def _letter(mail: OutgoingMail, *, language: str) -> Mail | None:
    """Of one of the _ROOMS. One that brings the address that ends its kind of mail has a button for
    it in mailboxes."""
    room, folder = _ROOMS[mail.kind]
    with _speaking(language):
        letter = room.letter(mail)
        if letter is None:
            return None
        name, context = letter[0], {"name": "", **letter[1]}
        if petition := context.get("petition"):
            context = {**_about(petition), **context}
        for person in _PERSONS & context.keys():
            context[person] = _greetable(context[person])
        message = _make(f"{folder}/{name}", context)
    if off_url := context.get("off_url"):
        message.extra_headers["List-Unsubscribe"] = f"<{off_url}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return message


def _what(event: ModerationEvent) -> str:
    """The state that was reached, or the move where the state alone does not tell."""
    if event.from_status == Status.HIDDEN:
        return "restored"
    if (event.from_status, event.to_status) == (Status.CLOSED, Status.OPEN):
        return "reopened"
    return event.to_status


def _make(name: str, context: dict[str, Any]) -> Mail:
    """Render the three templates in the language that is spoken."""
    context = {
        **context,
        "site": {"name": settings.SITE_NAME, "url": settings.SITE_URL},
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
    subject = render_to_string(f"mails/{name}.subject.txt", context)
    text = render_to_string(f"mails/{name}.txt", context)
    html = render_to_string(f"mails/{name}.html", context)
    mail = Mail(
        subject=" ".join(subject.split()),
        body=text.strip() + "\n",
        from_email=_sender(),
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html.strip() + "\n", "text/html")
    return mail


def _about(petition: Petition) -> dict[str, Any]:
    return {
        "petition": petition,
        "short_title": _short(petition.title),
        "petition_url": settings.SITE_URL + petition.get_absolute_url(),
    }


def _about_update(update: Update) -> dict[str, Any]:
    return {
        **_about(update.petition),
        "update": update,
        "headline": _short(update.title),
        "text": mail_text(update.body),
    }


def _signature_url(signature: Signature) -> str:
    return _url("signature", tokens.make(Purpose.SIGNATURE, signature.pk))


def _url(name: str, argument: str | int) -> str:
    return settings.SITE_URL + reverse(name, args=[argument])


def _site() -> tuple[str, ...]:
    """What every mail depends on beside its subject; settings that only tests change."""
    return (settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL, *where())


def _sender() -> str:
    """DEFAULT_FROM_EMAIL under the site's name, unless it brings a name itself."""
    address = str(settings.DEFAULT_FROM_EMAIL)
    local, _, domain = address.rpartition("@")
    if "<" in address or not local:
        return address
    return str(Address(display_name=settings.SITE_NAME, username=local, domain=domain))


def _host() -> str:
    return _ascii_host(settings.SITE_URL)


@lru_cache(16)
def _ascii_host(site_url: str) -> str:
    host = urlsplit(site_url).hostname or "localhost"
    return host.encode("idna").decode()


def _speaking(language: str) -> translation.override:
    """In this language where the site speaks it, else in the site's own."""
    return translation.override(spoken(language))


def spoken(language: str) -> str:
    """The code of the language that a mail in `language` is written in."""
    try:
        return translation.get_supported_language_variant(language or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def _short(title: str) -> str:
    """One line for a subject, cut at a word where that leaves most of it."""
    line = _TURNING.sub("", " ".join(title.split())).replace("=?", "= ?")  # no encoded word
    line = "".join(char for char in line if unicodedata.category(char) != "Cc")
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[: LONGEST_TITLE - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > LONGEST_TITLE // 2 else cut).rstrip(" ,.;:–-") + "…"


def _greetable(name: str) -> str:
    """The name for "Hello", or '' when it looks like a link or is too long for a name.

    Anybody can type anything beside a stranger's address; our mails must not carry it there.
    """
    name = " ".join(name.split())
    plainly = unicodedata.normalize("NFKC", name)  # full-width dots and slashes are read as such
    suspicious = _LINK_LIKE.search(plainly) or sum(map(str.isdigit, plainly)) > MAX_DIGITS
    return "" if len(name) > LONGEST_NAME or suspicious else name
