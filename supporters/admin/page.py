"""The help pages in the staff's own words. The list has every page, edited or as shipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from petitions.admin import AsksAgain, Recorded
from petitions.models import Page
from petitions.slugs import make_slug
from supporters import facts, help_pages


class _PageForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("The end of its address: /help/…/")
        if "body" in self.fields:
            self.fields["body"].widget.attrs["rows"] = 30

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or make_slug(self.cleaned_data.get("title", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A page in one language. `row` is None where the shipped text is shown."""

    title: str
    language: str
    address: str
    row: Page | None
    is_shipped: bool

    @property
    def edit_url(self) -> str:
        if self.row:
            return reverse("admin:petitions_page_change", args=[self.row.pk])
        slug = self.address.strip("/").rpartition("/")[2]
        query = urlencode({"slug": slug, "language": self.language})
        return f"{reverse('admin:petitions_page_add')}?{query}"

    @property
    def language_name(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, self.language))


@admin.register(Page)
class PageAdmin(Recorded, AsksAgain, admin.ModelAdmin):  # type: ignore[type-arg]
    form = _PageForm

    # The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "pages": list(_listed()),
            "may_add": self.has_add_permission(request),
            "may_delete": self.has_delete_permission(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/petitions/page/list.html", context)

    # One page

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["title", "language", "slug", "body"]
        return [(None, {"fields": fields, "description": _explanation()})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Its address is a promise, and what is shipped is found by it.
        return ("language", "slug") if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        if (asked := _asked(request)) is None:
            return {"language": settings.LANGUAGE_CODE}
        slug, language = asked
        title, body = help_pages.source(slug, language) or ("", "")
        return {"slug": slug, "language": language, "title": title, "body": body}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Begin with the shipped text, or lead on to what somebody made of it."""
        if request.method != "POST" and (asked := _asked(request)):
            slug, language = asked
            if row := Page.objects.filter(slug=slug, language=language).first():
                return HttpResponseRedirect(reverse("admin:petitions_page_change", args=[row.pk]))
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: Any) -> None:
        obj.updated_by = request.user  # type: ignore[assignment]  # logged in, so no stranger
        obj.save()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        page = self.get_object(request, object_id)
        shipped = page is not None and help_pages.source(page.slug, page.language) is not None
        context: dict[str, Any] = {"is_shipped": shipped}
        if shipped:
            context["title"] = _("Use the shipped text again?")
        return super().delete_view(request, object_id, {**context, **(extra_context or {})})


def _asked(request: HttpRequest) -> tuple[str, str] | None:
    """The shipped page that an address asks to begin with."""
    slug, language = request.GET.get("slug", ""), request.GET.get("language", "")
    if slug in help_pages.SHIPPED and language in dict(settings.LANGUAGES):
        return slug, language
    return None


def _listed() -> Iterator[_Listed]:
    rows = {
        (row.slug, row.language): row
        for row in Page.objects.select_related("updated_by").defer("body", "html")
    }
    shipped = [(slug, code) for slug in help_pages.SHIPPED for code, _name in settings.LANGUAGES]
    own = sorted(set(rows) - set(shipped))
    for slug, language in [*shipped, *own]:
        row = rows.get((slug, language))
        source = help_pages.source(slug, language)
        if row is None and source is None:
            continue  # no text in this language yet
        with translation.override(language):
            address = reverse("help", args=[slug])
        title = row.title if row else source[0] if source else ""
        yield _Listed(
            title=title,
            language=language,
            address=address,
            row=row,
            is_shipped=source is not None,
        )


def _explanation() -> str:
    values = [(f"{{{name}}}", value()) for name, value in facts.INLINE.items()]
    values += [(f"{{{name}}}", _("a list, in a paragraph of its own")) for name in facts.BLOCKS]  # type: ignore[misc]
    return format_html(
        "<p>{}</p>\n<ul>{}</ul>",
        _(
            "Markdown. What stands in braces is filled in when the page is shown. Links to other "
            "help pages are written ../privacy/."
        ),
        format_html_join("", "<li><code>{}</code> {}</li>", values),
    )
