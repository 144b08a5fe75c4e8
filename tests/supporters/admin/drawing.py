"""Pages of the admin are drawn, or answered without: that is most of the time of a test of hundreds."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.template.response import SimpleTemplateResponse

_CONTENT = SimpleTemplateResponse.rendered_content
_APPS = AdminSite.get_app_list


def _no_apps(site: AdminSite, request: Any, app_label: Any = None) -> Any:
    """The column of all lists, on every page; of one app it is what its page is about."""
    return _APPS(site, request, app_label) if app_label else []


def draw(monkeypatch: pytest.MonkeyPatch, *, pages: bool) -> None:
    content, apps = (_CONTENT, _APPS) if pages else ("", _no_apps)
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", content)
    monkeypatch.setattr(AdminSite, "get_app_list", apps)
