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
from supporters.switching import turn

_MESSAGE = "message_"  # and the code of a language


class _SwitchesForm(forms.ModelForm):  # type: ignore[type-arg]
    # As the page was when its reader got it: who is late must not undo what another has turned.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.changed_at.isoformat()
        texts = dict(_notices().values_list("language", "text"))
        for name in _message_fields():
            if name in self.fields:
                self.initial[name] = texts.get(name.removeprefix(_MESSAGE), "")

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if self.cleaned_data.get("seen") != self.instance.changed_at.isoformat():
            raise ValidationError(
                _("Somebody has turned a switch since you opened this page. Load it again.")
            )
        return self.cleaned_data


def _message_fields() -> list[str]:
    return [f"{_MESSAGE}{code}" for code, _name in settings.LANGUAGES]


def _notices() -> Any:
    return Notice.objects.filter(place=Notice.Place.SIGNING)


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
        """With a field for the message in each language."""
        messages = {
            f"{_MESSAGE}{code}": forms.CharField(
                label=_("Message in %(language)s") % {"language": name},
                required=False,
                max_length=LONGEST_NOTICE,
                widget=AdminTextareaWidget(attrs={"rows": 3}),
                help_text=_("Plain text. The site's own words when empty."),
            )
            for code, name in settings.LANGUAGES
        }
        form = type("SwitchesForm", (_SwitchesForm,), messages)
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        may = self.has_change_permission(request, obj)
        turned = obj is not None and bool(obj.changed_by)
        return [
            (_("Signing"), {"fields": ["signing_paused", *(_message_fields() if may else [])]}),
            (_("Mails"), {"fields": ["mailings_paused"]}),
            (_("Load"), {"fields": ["page_seconds", "busy", *(["seen"] if may else [])]}),
            *([(_("Last turned"), {"fields": self.readonly_fields})] if turned else []),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        changed = set(form.changed_data)
        texts = {
            name.removeprefix(_MESSAGE): form.cleaned_data[name]
            for name in _message_fields()
            if name in changed
        }
        names = changed & {field.name for field in SiteSwitches._meta.fields}  # noqa: SLF001
        turn(
            by=request.user.get_username(),
            texts=texts,
            **{name: form.cleaned_data[name] for name in names},
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changeform_view(request, *args, **kwargs)
        if request.method == "POST":
            switches.memory.refresh()  # once it is committed
        return response
