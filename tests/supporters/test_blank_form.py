"""The form that is made once is the form that crispy would have made."""

import pytest
from django.template import engines
from django.utils import translation

from supporters.blank_form import blank_form
from supporters.forms import SignForm


def by_crispy(**kwargs):
    template = engines["django"].from_string("{% load crispy_forms_tags %}{% crispy form %}")
    return template.render({"form": SignForm(**kwargs)})


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("source", ["", "w", "leaflet-2"])
@pytest.mark.parametrize("action", ["/petitions/mend/sign/", "/petitions/ü&'\"/sign/"])
def test_same_as_crispy(language, source, action):
    with translation.override(language):
        made = blank_form(action=action, source=source)
        assert made == by_crispy(initial={"source": source}, action=action)


def test_the_country_of_the_site_is_chosen(settings):
    assert 'value="GB">' in blank_form(action="/x/")
    settings.PETITIONS_DEFAULT_COUNTRY = "GB"
    assert 'value="GB" selected' in blank_form(action="/x/")
    assert blank_form(action="/x/") == by_crispy(action="/x/")
