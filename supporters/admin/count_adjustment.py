"""The ledger: supporters on paper or carried over, entered once and never changed."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from petitions.admin import AsksAgain
from petitions.models import Petition, impartial
from supporters.models import CountAdjustment

from .lists import FastList, PetitionFilter

_MOST = 2_000_000_000  # supporter_count is a 32-bit column
_ENTERED = (CountAdjustment.Kind.PAPER, CountAdjustment.Kind.CARRIED_OVER)


class _EntryForm(forms.ModelForm):  # type: ignore[type-arg]
    by: ClassVar[Any] = None  # who enters it

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind, kind.label) for kind in _ENTERED])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reason", "source"):
            if name in self.fields:  # none is, where the entry is only read
                self.fields[name].required = True

    def clean_quantity(self) -> int:
        quantity: int = self.cleaned_data["quantity"]
        if quantity == 0:
            raise ValidationError(_("An entry of nothing changes nothing."))
        return quantity

    def clean(self) -> None:
        super().clean()
        petition, quantity = (self.cleaned_data.get(name) for name in ("petition", "quantity"))
        if petition is not None and impartial.works_on(self.by, petition):
            self.add_error("petition", ValidationError(impartial.why_not(petition, by=self.by)))
            return
        if petition is None or quantity is None:
            return
        counted = Petition.objects.values_list("supporter_count", flat=True).get(pk=petition.pk)
        if not 0 <= counted + quantity <= _MOST:
            say = _("%(counted)d are counted; with this entry the number would be impossible.")
            raise ValidationError({"quantity": say % {"counted": counted}})


@admin.register(CountAdjustment)
class CountAdjustmentAdmin(AsksAgain, FastList):
    form = _EntryForm
    list_display = ("happened_on", "petition", "kind", "quantity", "reason", "source")
    list_select_related = ("petition",)
    list_filter = (PetitionFilter,)
    autocomplete_fields = ("petition",)
    fields: ClassVar = [
        "petition", "kind", "quantity", "reason", "source", "happened_on", "recorded_by",
        "recorded_at",
    ]  # fmt: skip
    readonly_fields = ("recorded_by", "recorded_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 (as Django has it)
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.recorded_by = request.user
        obj.save()
