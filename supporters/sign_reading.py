"""What was typed into the sign form, cleaned without making the form: most of it has no mistake.

A form copies its ten fields before it looks at the first value, for the sake of what it may have to
show again; that took a third of the time of a signature. The fields and their rules are the form's.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from supporters.addresses import email_key
from supporters.forms import SignForm
from supporters.models import Signature
from supporters.postal_codes import POSTAL_CODES

_FIELDS = tuple((name, field, field.widget) for name, field in SignForm.base_fields.items())


def read(data: QueryDict) -> dict[str, Any] | None:
    """`SignForm(data).cleaned_data`; None where there is a mistake, or the trap is sprung."""
    if data.get("website", "").strip():
        return None
    cleaned: dict[str, Any] = {}
    try:
        for name, field, widget in _FIELDS:
            cleaned[name] = field.clean(widget.value_from_datadict(data, {}, name))
        cleaned["postal_code"] = _postal_code(cleaned["country"], cleaned["postal_code"])
    except (ValidationError, ValueError):
        return None
    cleaned["display"] = cleaned["display"] or Signature.Display.INITIAL
    cleaned["email_key"] = email_key(cleaned["email"])
    return cleaned


def _postal_code(country: str, code: str) -> str:
    rule = POSTAL_CODES.get(country)
    if rule is None or not (code or rule.is_needed):
        return code
    return rule.clean(code)
