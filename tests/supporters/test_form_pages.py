"""The forms of a signer on the page: order, labels, descriptions, and how mistakes are told."""

from html.parser import HTMLParser

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors
from crispy_forms.utils import render_crispy_form
from django.template import Context, Template
from django.utils import translation

from supporters.forms import EditSignatureForm, SignForm
from tests.factories import typed

LONE = "\ud800"


class Elements(HTMLParser):
    """The start tags of a page, in order, as (tag, attributes); and the text of each element."""

    VOID = frozenset({"input", "br", "link", "meta", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self._open: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = {"tag": tag, "text": "", "inside": [e["tag"] for e in self._open], **dict(attrs)}
        self.found.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag=None, **attributes):
        return [
            element
            for element in self.found
            if tag in (None, element["tag"])
            and all(element.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    def one(self, tag=None, **attributes):
        (element,) = self.all(tag, **attributes)
        return element


def form_of(**changes) -> SignForm:
    return SignForm(typed(**changes), action="/petitions/mend/sign/")


def errors(**changes):
    return {name: list(messages) for name, messages in form_of(**changes).errors.items()}


def drawn(form) -> Elements:
    return Elements(render_crispy_form(form))


def test_the_trap_is_out_of_the_way_of_people():
    page = drawn(SignForm())
    trap = page.one("input", name="website")
    assert (trap["tabindex"], trap["autocomplete"]) == ("-1", "off")
    hidden = page.one("div", **{"aria-hidden": "true"})
    assert "visually-hidden" in hidden["class"]
    assert hidden["text"].split()[0] == "Leave"


# The page: order, names, descriptions


def test_the_form_is_drawn_in_order_and_without_a_cookie():
    page = drawn(SignForm(action="/petitions/mend/sign/"))
    form = page.one("form")
    assert (form["action"], form["method"]) == ("/petitions/mend/sign/", "post")
    assert "novalidate" in form
    controls = [e["name"] for e in page.found if e["tag"] in {"input", "select", "textarea"}]
    assert controls == [
        "given_name", "family_name", "email", "country", "postal_code",
        "display", "display", "display", "reason", "wants_updates", "website",
    ]  # fmt: skip
    assert page.one("button")["text"] == "Sign this petition"


def test_personal_fields_can_be_filled_in_by_the_browser():
    page = drawn(SignForm())
    assert {e["name"]: e["autocomplete"] for e in page.found if e.get("autocomplete")} == {
        "given_name": "given-name",
        "family_name": "family-name",
        "email": "email",
        "country": "country",
        "postal_code": "postal-code",
        "website": "off",
    }


def test_every_control_has_a_label_and_no_bubble():
    page = drawn(SignForm())
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    for control in [e for e in page.found if e["tag"] in {"input", "select", "textarea"}]:
        assert "required" not in control
        assert "placeholder" not in control
        assert control["id"] in labelled or control["inside"][-1] == "label"
    ids = [e["id"] for e in page.found if "id" in e]
    assert len(ids) == len(set(ids))


def test_first_name_and_initial_is_chosen_and_updates_are_not():
    page = drawn(SignForm())
    chosen = [e["value"] for e in page.all("input", type="radio") if "checked" in e]
    assert chosen == ["initial"]
    assert "checked" not in page.one("input", type="checkbox")


def test_a_hint_describes_its_control():
    page = drawn(SignForm())
    email = page.one("input", name="email")
    assert email["aria-describedby"] == "id_email_helptext"
    assert "never shown" in page.one(id="id_email_helptext")["text"]
    assert "aria-invalid" not in email
    assert "aria-describedby" not in page.one("input", name="given_name")


def test_an_error_describes_its_control_after_the_hint():
    form = form_of(email="noor@", given_name="")
    page = drawn(form)
    email, name = page.one("input", name="email"), page.one("input", name="given_name")
    assert email["aria-describedby"] == "id_email_helptext id_email_error"
    assert email["aria-invalid"] == name["aria-invalid"] == "true"
    assert name["aria-describedby"] == "id_given_name_error"
    assert page.one(id="id_given_name_error")["text"] == "Enter your first name"
    assert "aria-invalid" not in page.one("input", name="family_name")
    order = [e.get("id") or e.get("for") for e in page.found]
    assert (
        order.index("id_email_helptext")
        < order.index("id_email_error")
        < order.index("id_email", order.index("id_email_error"))
    )


def test_a_wrong_choice_describes_the_group():
    form = form_of(display="shouted")
    assert list(form.errors["display"]) == ["Choose how your name is shown"]
    group = drawn(form).one("fieldset")
    assert group["aria-describedby"] == "id_display_error"


def test_what_is_optional_is_marked_in_words():
    page = drawn(SignForm(initial={"country": "IE"}))
    assert page.one("label", for_="id_postal_code")["text"] == "Eircode (optional)"
    assert page.one("label", for_="id_given_name")["text"] == "First name"
    assert page.one("summary")["text"].strip() == "Say why you are signing (optional)"


def test_a_postal_code_is_not_called_optional_before_the_country_is_known():
    for form in (SignForm(), form_of(country="")):
        page = drawn(form)
        assert page.one("label", for_="id_postal_code")["text"] == "Postal code"
        assert page.one(id="id_postal_code_helptext")["text"] == "Needed in some countries"
        described = page.one("input", name="postal_code")["aria-describedby"]
        assert described == "id_postal_code_helptext"
    assert "postal_code" not in errors(country="")
    known = drawn(SignForm(initial={"country": "NZ"}))
    assert known.one("label", for_="id_postal_code")["text"] == "Postal code (optional)"
    assert not known.all(id="id_postal_code_helptext")


def test_the_postcode_follows_the_country_of_the_site(settings):
    settings.PETITIONS_DEFAULT_COUNTRY = "GB"
    page = drawn(SignForm())
    assert page.one("label", for_="id_postal_code")["text"] == "Postcode"
    assert [e["value"] for e in page.all("option") if "selected" in e] == ["GB"]
    bound = drawn(form_of(country="US"))
    assert bound.one("label", for_="id_postal_code")["text"] == "ZIP code (optional)"


def test_countries_are_in_the_language_of_the_page():
    assert "Germany" in render_crispy_form(SignForm())
    with translation.override("es"):
        assert "Alemania" in render_crispy_form(SignForm())
    assert "Alemania" not in render_crispy_form(SignForm())


# What was typed comes back


def test_what_was_typed_comes_back_as_typed():
    form = form_of(
        given_name="  <i>Noor</i> ",
        email="noor@",
        country="ES",
        postal_code="x y",
        reason='\n"><script>alert(1)</script>\r\nTwo',
        display="hidden",
        wants_updates="on",
    )
    page = drawn(form)
    assert page.one("input", name="given_name")["value"] == "  <i>Noor</i> "
    assert page.one("input", name="email")["value"] == "noor@"
    assert page.one("input", name="postal_code")["value"] == "x y"
    assert [e["value"] for e in page.all("option") if "selected" in e] == ["ES"]
    assert [e["value"] for e in page.all("input", type="radio") if "checked" in e] == ["hidden"]
    assert "checked" in page.one("input", type="checkbox")
    assert not page.all("script")
    # A browser drops the first line end of a textarea, which is why Django writes one more.
    assert page.one("textarea")["text"][1:] == '\n"><script>alert(1)</script>\r\nTwo'


def test_a_reason_is_shown_open_when_there_is_one():
    assert "open" in drawn(form_of(reason="Because.")).one("details")
    assert "open" not in drawn(form_of()).one("details")


@pytest.mark.parametrize("text", [LONE, "\x00", "\x0b\x1f", "{{ 7*7 }}", "%s%(x)s{0}", "</form>"])
def test_hostile_text_can_always_be_sent_back(text):
    form = SignForm(dict.fromkeys(typed(), text) | {"website": text})
    assert not form.is_valid()
    html = render_crispy_form(form) + as_crispy_errors(form)
    assert html.encode()
    assert Elements(html).all("form") == [Elements(html).one("form")]
    assert "49" not in html


# The summary


def test_the_summary_links_to_what_is_wrong_in_the_order_of_the_page():
    form = form_of(given_name="", email="noor@", country="GB", display="x", reason="x" * 538)
    summary, page = Elements(as_crispy_errors(form)), drawn(form)
    box = summary.found[0]
    assert (box["tabindex"], "autofocus" in box) == ("-1", True)
    assert summary.one(role="alert")["inside"] == ["div"]
    assert summary.one("h2")["text"] == "There is a problem. Your signature was not sent yet."
    assert [(link["href"], link["text"]) for link in summary.all("a")] == [
        ("#id_given_name", "Enter your first name"),
        ("#id_email", "Enter an email address like name@example.org"),
        ("#id_postal_code", "Enter a postcode, like MV3 7QT"),
        ("#id_display", "Choose how your name is shown"),
        ("#id_reason", "Your reason is 38 characters too long"),
    ]
    for link in summary.all("a"):
        assert page.one(id=link["href"].removeprefix("#"))


def test_there_is_no_summary_of_nothing():
    assert "<div" not in as_crispy_errors(form_of())
    assert "<div" not in as_crispy_errors(SignForm())


# Changing a signature


def test_a_signer_can_change_what_is_shown_and_nothing_else():
    form = EditSignatureForm(typed(display="hidden", reason="Still.", email="x", website="y"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "given_name": "Noor",
        "family_name": "Haddad",
        "display": "hidden",
        "reason": "Still.",
        "wants_updates": False,
    }


def test_changing_refuses_what_signing_refuses():
    form = EditSignatureForm(typed(given_name="www.win.example", family_name="", reason="x" * 501))
    assert set(form.errors) == {"given_name", "family_name", "reason"}
    summary = Elements(as_crispy_errors(form))
    assert summary.one("h2")["text"] == "There is a problem. Nothing was changed yet."


def test_the_button_of_the_signers_page_says_what_it_does():
    page = drawn(EditSignatureForm(initial=typed(display="full", reason="Because.")))
    button = page.one("button")
    assert (button["name"], button["value"], button["text"]) == ("action", "save", "Save")
    assert "action" not in page.one("form")
    assert "open" in page.one("details")


# The pack serves other forms too


def test_a_page_can_draw_fields_alone():
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(
        Context({"form": EditSignatureForm()})
    )
    page = Elements(html)
    assert not page.all("form")
    assert [e["name"] for e in page.all("textarea")] == ["reason"]
