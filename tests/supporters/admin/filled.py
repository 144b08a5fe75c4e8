"""What a browser would post of the form that a page of the admin shows, unchanged."""

from typing import Any

from django.test import Client


def filled(client: Client, path: str) -> dict[str, Any]:
    """With its inlines, and whether or not the page was rendered."""
    context = client.get(path).context_data
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return dict(pair for form in forms for name in form.fields for pair in _posted(form[name]))


def _posted(bound: Any) -> list[tuple[str, Any]]:
    value = bound.value()
    if value is None or value is False:
        return []
    if hasattr(value, "strftime") and bound.field.__class__.__name__ == "SplitDateTimeField":
        return [
            (f"{bound.html_name}_0", f"{value:%Y-%m-%d}"),
            (f"{bound.html_name}_1", f"{value:%H:%M:%S}"),
        ]
    if bound.field.show_hidden_initial:
        return [(bound.html_name, value), (bound.html_initial_name, value)]
    if isinstance(value, list):
        return [(bound.html_name, [getattr(item, "pk", item) for item in value])]
    return [(bound.html_name, value)]
