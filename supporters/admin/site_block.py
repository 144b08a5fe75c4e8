"""The site's block lists: who cannot sign anywhere, entered and ended by moderators."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.models import StaffAct
from supporters.addresses import InvalidAddress, check_address, email_key
from supporters.blocking import address_values, domain_value, key_of, network_value
from supporters.client import BLOCK_PREFIXES
from supporters.models import Signature, SiteBlock

from .lists import FastList, ReadOnly

# A domain that so many of the newest signatures have is asked about once more.
COMPARED, COMMON_PERCENT, COMMON = 20_000, 1, 5

Kind = SiteBlock.Kind
_VERBS = {
    StaffAct.Verb.ADDED: StaffAct.Verb.BLOCKED,
    StaffAct.Verb.DELETED: StaffAct.Verb.UNBLOCKED,
}


class _BlockForm(forms.ModelForm):  # type: ignore[type-arg]
    typed = forms.CharField(
        label=_("What is blocked"),
        max_length=254,
        help_text=_(
            "An address (only a hash of it is kept), a domain (all below it are meant, too), or a"
            " network such as 203.0.113.0/24."
        ),
    )
    anyway = forms.BooleanField(label=_("Block it all the same"), required=False)

    class Meta:
        model = SiteBlock
        fields = ("kind", "typed", "reason", "expires_at", "anyway")

    def clean_expires_at(self) -> Any:
        at = self.cleaned_data["expires_at"]
        if at is not None and at <= timezone.now():
            raise ValidationError(_("This is in the past."))
        return at

    def clean(self) -> None:
        super().clean()
        kind, typed = self.cleaned_data.get("kind"), self.cleaned_data.get("typed")
        if not kind or not typed:
            return
        try:
            values = _values(kind, typed)
        except ValidationError as error:
            self.add_error("typed", error)
            return
        self.instance.value, self.instance.key = values[0], key_of(kind, values[0])
        keys = [key_of(kind, value) for value in values]
        if SiteBlock.objects.standing().filter(key__in=keys).exists():
            self.add_error("typed", _("This is blocked already."))
        if kind == Kind.DOMAIN and not self.cleaned_data.get("anyway"):
            self._ask_about(values[0])

    def _ask_about(self, domain: str) -> None:
        newest = Signature.objects.order_by("-pk").values_list("email_key", flat=True)[:COMPARED]
        keys = [key for key in newest if key]
        number = sum(key.endswith((f"@{domain}", f".{domain}")) for key in keys)
        if number < COMMON or number * 100 < len(keys) * COMMON_PERCENT:
            return
        say = gettext(
            "%(number)s of the last %(whole)s signatures have such an address. If you are sure,"
            " tick the box below."
        )
        shown = {
            "number": number_format(number, force_grouping=True),
            "whole": number_format(len(keys), force_grouping=True),
        }
        self.add_error("typed", say % shown)


@admin.register(SiteBlock)
class SiteBlockAdmin(ReadOnly, FastList):
    form = _BlockForm
    list_display = ("__str__", "reason", "created_at", "expires_at", "is_listed")
    list_select_related = ("created_by",)
    fields = ("kind", "value", "reason", "expires_at", "is_listed", "created_by", "created_at")
    readonly_fields: ClassVar = fields
    search_fields: ClassVar = ["value"]  # get_search_results() says what is searched
    search_help_text = _("A whole address, a domain or a network.")
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("supporters.add_siteblock")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To end it. A list is loaded anew instead."""
        may = request.user.has_perm("supporters.delete_siteblock")
        return may and (obj is None or not obj.is_listed)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("kind", "typed", "reason", "expires_at", "anyway")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term.strip():
            queryset = queryset.filter(key__in=_keys_like(search_term))
        return queryset, False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        SiteBlock.objects.filter(key=obj.key).delete()  # one that has ended
        obj.created_by = request.user
        obj.save()

    def write_down(self, request: HttpRequest, verb: str, obj: Any, note: str = "") -> None:
        """A domain or a network is nobody's name; of an address only the kind is told."""
        what = "" if obj.kind == Kind.ADDRESS else obj.value
        note = ": ".join(filter(None, [what, obj.reason]))
        super().write_down(request, _VERBS[StaffAct.Verb(verb)], obj, note)


def _values(kind: str, typed: str) -> list[str]:
    """What stands for it: first as it is stored. Raises ValidationError."""
    if kind == Kind.ADDRESS:
        try:
            return address_values(email_key(check_address(typed)))
        except InvalidAddress:
            raise ValidationError(_("This is no address, like sam@example.org.")) from None
    if kind == Kind.DOMAIN:
        try:
            return [domain_value(typed)]
        except ValueError:
            raise ValidationError(_("This is no domain, like example.org.")) from None
    try:
        return [network_value(typed)]
    except LookupError as error:
        lengths = ", ".join(f"/{length}" for length in BLOCK_PREFIXES[error.args[0]])
        raise ValidationError(
            _("Of this size no network can be blocked. Take one or more of these: %(lengths)s.")
            % {"lengths": lengths}
        ) from None
    except ValueError:
        raise ValidationError(_("This is no network, like 203.0.113.0/24.")) from None


def _keys_like(typed: str) -> list[str]:
    found = []
    for kind in Kind.values:
        try:
            found += [key_of(kind, value) for value in _values(kind, typed)]
        except ValidationError:
            continue
    return found
