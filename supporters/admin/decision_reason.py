"""The reasons of rejecting and hiding: what moderators choose from, and its words by language."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _

from petitions.admin import AsksAgain, Recorded
from petitions.models import DecisionReason, DecisionWording, Petition
from petitions.models.decision_reason import StillNeeded

_CODE = RegexValidator(r"^[a-z0-9_]+$", _("Small letters, digits and _ alone."))


class _ReasonForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].validators.append(_CODE)


class _WordingForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)


class _Wordings(BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.instance.is_shipped:
            return
        kept = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        if settings.LANGUAGE_CODE not in {values.get("language") for values in kept}:
            name = get_language_info(settings.LANGUAGE_CODE)["name_translated"]
            raise ValidationError(_("Give its words in %(language)s.") % {"language": name})


class _WordingInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DecisionWording
    form = _WordingForm
    formset = _Wordings
    fields = ("language", "text")
    extra = 1

    def get_max_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return len(settings.LANGUAGES)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "text" and field:
            field.widget = forms.Textarea(attrs={"rows": 2, "cols": 60})
        return field


@admin.register(DecisionReason)
class DecisionReasonAdmin(Recorded, AsksAgain, admin.ModelAdmin):  # type: ignore[type-arg]
    form = _ReasonForm
    list_display = ("__str__", "code", "hides_text", "is_offered", "rank")
    fields = ("code", "is_offered", "hides_text", "rank")
    inlines = (_WordingInline,)
    sortable_by: ClassVar = ()
    list_per_page = 200

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("wordings")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()  # decisions name it

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: DecisionReason, form: Any, change: Any) -> None:
        obj.save()
        # Afterwards: petitions are locked before reasons, as whoever decides does.
        transaction.on_commit(lambda: _withhold_as_told(request, obj.code))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        named = [str(reason) for reason in objs]
        try:
            for reason in objs:
                reason.check_deletable()
        except StillNeeded as needed:
            return named, {}, set(), [needed.text]
        return named, {self.opts.verbose_name: len(named)}, set(), []

    def write_down(self, request: HttpRequest, verb: str, obj: Any, note: str = "") -> None:
        """With its code, which decisions name."""
        super().write_down(request, verb, obj, ": ".join(filter(None, [obj.code, note])))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except StillNeeded as needed:  # since the page asked
            messages.error(request, str(needed.text))
            change = reverse("admin:petitions_decisionreason_change", args=[object_id])
            return HttpResponseRedirect(change)


def _withhold_as_told(request: HttpRequest, code: str) -> None:
    """At each saving, also of what was rejected before there was such a choice."""
    petitions = list(Petition.objects.rejected_for(code).only("pk"))
    changed = sum(petition.withhold_text_as_told() for petition in petitions)
    if changed:
        say = ngettext(
            "The text of %d rejected petition is shown or hidden accordingly.",
            "The texts of %d rejected petitions are shown or hidden accordingly.",
            changed,
        )
        messages.info(request, say % changed)
