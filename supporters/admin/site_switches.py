"""The page of the site's switches: one row, who turned it last, and a log of every turn."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions.admin import Recorded
from supporters import switches
from supporters.models import Notice, SiteSwitches
from supporters.models.site_switches import LONGEST_NOTICE
from supporters.switching import SCHEDULED, turn

# What a field for a text is called before the code of its language, by the text's place.
_FIELDS = {
    Notice.Place.BANNER: "banner_",
    Notice.Place.SIGNING: "message_",
    Notice.Place.STARTING: "starting_message_",
}


class _SwitchesForm(forms.ModelForm):  # type: ignore[type-arg]
    # As the page was when its reader got it: who is late must not undo what another has turned.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.changed_at.isoformat()
        for place, language, text in Notice.objects.values_list("place", "language", "text"):
            self.initial[f"{_FIELDS[Notice.Place(place)]}{language}"] = text

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if self.cleaned_data.get("seen") != self.instance.changed_at.isoformat():
            raise ValidationError(
                _("Somebody has turned a switch since you opened this page. Load it again.")
            )
        for what in SCHEDULED:
            begins, ends = (self.cleaned_data.get(f"{what}_{end}") for end in ("from", "until"))
            if begins and ends and begins >= ends:
                self.add_error(f"{what}_until", _("This is not after the beginning."))
        texts = [self.cleaned_data.get(name) for name in _text_fields(Notice.Place.BANNER)]
        if self.cleaned_data.get("banner_shown") and not any(texts):
            self.add_error("banner_shown", _("Write what it says in one language or more."))
        return self.cleaned_data


def _text_fields(place: Notice.Place) -> list[str]:
    return [f"{_FIELDS[place]}{code}" for code, _name in settings.LANGUAGES]


def _scheduled(what: str, switch: str, texts: list[str], zone: str) -> dict[str, Any]:
    """A fieldset: the switch, when it holds, its texts."""
    return {"fields": [switch, f"{what}_from", f"{what}_until", *texts], "description": zone}


@admin.register(SiteSwitches)
class SiteSwitchesAdmin(Recorded, admin.ModelAdmin):  # type: ignore[type-arg]
    readonly_fields = ("changed_at", "changed_by")
    save_on_top = False

    # One row, which cannot be added or deleted

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        address = reverse("admin:supporters_siteswitches_change", args=[1])
        return HttpResponseRedirect(address)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        if object_id == "1":
            SiteSwitches.objects.get_or_create(pk=1)
        return super().get_object(request, object_id, from_field)

    # The form

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        """With a field for each text in each language."""
        own_words = _("Plain text. The site's own words when empty.")
        asked = {
            Notice.Place.BANNER: (
                _("Banner in %(language)s"),
                _("Plain text; addresses become links. Left out where empty, but for the site's own"
                  " language, which stands in."),
            ),
            Notice.Place.SIGNING: (_("Message in %(language)s"), own_words),
            Notice.Place.STARTING: (_("Message in %(language)s"), own_words),
        }  # fmt: skip
        texts = {
            f"{_FIELDS[place]}{code}": forms.CharField(
                label=label % {"language": name},
                required=False,
                max_length=LONGEST_NOTICE,
                widget=AdminTextareaWidget(attrs={"rows": 3}),
                help_text=help_text,
            )
            for place, (label, help_text) in asked.items()
            for code, name in settings.LANGUAGES
        }
        form = type("SwitchesForm", (_SwitchesForm,), texts)
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        def texts(place: Notice.Place) -> list[str]:
            return _text_fields(place) if may else []

        may = self.has_change_permission(request, obj)
        zone = _("Times are those of %(zone)s.") % {"zone": settings.TIME_ZONE}
        turned = obj is not None and bool(obj.changed_by)
        return [
            (_("Banner"), _scheduled("banner", "banner_shown", texts(Notice.Place.BANNER), zone)),
            (
                _("Signing"),
                _scheduled("signing", "signing_paused", texts(Notice.Place.SIGNING), zone),
            ),
            (
                _("Starting petitions"),
                _scheduled("starting", "starting_paused", texts(Notice.Place.STARTING), zone),
            ),
            (_("Mails"), {"fields": ["mailings_paused"]}),
            (
                _("Load"),
                {
                    "fields": ["page_seconds", "busy", *(["seen"] if may else [])],
                    "description": _(
                        "Pause signing a few seconds before you leave only pages from memory: "
                        "those that are made in between say so. Drafts of petitions can be "
                        "written on."
                    ),
                },
            ),
            *([(_("Last turned"), {"fields": self.readonly_fields})] if turned else []),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        changed = set(form.changed_data)
        texts = {
            place: {
                name.removeprefix(_FIELDS[place]): form.cleaned_data[name]
                for name in _text_fields(place)
                if name in changed
            }
            for place in _FIELDS
        }
        names = changed & {field.name for field in SiteSwitches._meta.fields}  # noqa: SLF001
        turn(
            by=request.user.get_username(),
            user=request.user,
            texts=texts[Notice.Place.SIGNING],
            starting_texts=texts[Notice.Place.STARTING],
            banner_texts=texts[Notice.Place.BANNER],
            **{name: form.cleaned_data[name] for name in names},
        )

    def write_down(self, request: HttpRequest, verb: str, obj: Any, note: str = "") -> None:
        """turn() does, with what was turned."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changeform_view(request, *args, **kwargs)
        if request.method == "POST":
            switches.memory.refresh()  # once it is committed
        return response
