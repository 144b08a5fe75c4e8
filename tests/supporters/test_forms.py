"""The forms of a signer: what is taken, what is refused and why, and how the page says it."""

from html.parser import HTMLParser

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors
from crispy_forms.utils import render_crispy_form
from django.template import Context, Template
from django.utils import translation

from supporters.forms import EditSignatureForm, SignForm, tidy
from supporters.postal_codes import POSTAL_CODES
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


def cleaned(**changes):
    form = form_of(**changes)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def errors(**changes):
    return {name: list(messages) for name, messages in form_of(**changes).errors.items()}


def drawn(form) -> Elements:
    return Elements(render_crispy_form(form))


# What is taken


def test_what_was_typed_becomes_values():
    data = cleaned(
        given_name="  Noor ",
        email=" Noor+news@Example.ORG ",
        reason="One.\r\nTwo.\r\n",
        display="full",
        wants_updates="on",
    )
    assert data == {
        "given_name": "Noor",
        "family_name": "Haddad",
        "email": "Noor+news@Example.ORG",
        "email_key": "noor@example.org",
        "country": "IE",
        "postal_code": "",
        "reason": "One.\nTwo.",
        "display": "full",
        "wants_updates": True,
        "website": "",
    }


def test_defaults_show_little_and_send_nothing():
    data = typed()
    del data["display"], data["reason"]
    form = SignForm(data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["display"] == "initial"
    assert form.cleaned_data["wants_updates"] is False
    assert form.cleaned_data["reason"] == ""


def test_nothing_typed_says_what_is_missing():
    assert {name: list(said) for name, said in SignForm({}).errors.items()} == {
        "given_name": ["Enter your first name"],
        "family_name": ["Enter your last name"],
        "email": ["Enter an email address like name@example.org"],
        "country": ["Choose your country"],
    }


# Names


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Zoe\u0308", "Zo\u00eb"),
        ("Mary  \t Ann", "Mary Ann"),
        ("Noor\r\nBcc: all@", None),
        ("Ann\x00a", "Anna"),
        (f"Ann{LONE}a", "Anna"),
        ("\u202eevE", "evE"),
        ("李", "李"),
        ("علی‌رضا", "علی‌رضا"),  # its non-joiner is spelling
        ("O’Neill-Smith Jr.", "O’Neill-Smith Jr."),
        ("<b>Eve</b>", "<b>Eve</b>"),
    ],
)
def test_names(name, kept):
    form = form_of(given_name=name)
    if kept is None:
        assert "given_name" in form.errors
    else:
        assert form.is_valid(), form.errors
        assert form.cleaned_data["given_name"] == kept


@pytest.mark.parametrize("name", ["", "   ", "\x00", LONE, "\u200b", "\u3164", "\u2800", "-", "…"])
def test_a_name_without_a_visible_letter_is_missing(name):
    assert errors(given_name=name)["given_name"] == ["Enter your first name"]
    assert errors(family_name=name)["family_name"] == ["Enter your last name"]


@pytest.mark.parametrize("name", ["http://win.example", "WWW.win.example", "eve@win.example"])
def test_a_web_address_is_no_name(name):
    assert errors(given_name=name) == {
        "given_name": ["Enter a name without a web address or @"],
    }


def test_a_name_ends_at_100_characters():
    assert cleaned(given_name="é" * 100)["given_name"] == "é" * 100
    assert errors(given_name="é" * 101) == {"given_name": ["Use at most 100 characters for a name"]}


# Addresses, countries, postcodes


@pytest.mark.parametrize(
    "address", ["", "noor", "noor@", "@example.org", "a b@example.org", "n\x00oor@example.org",
                f"noor{LONE}@example.org", "noor@example.org\nBcc: x@example.org", "n" * 250 + "@example.org"]
)  # fmt: skip
def test_addresses_that_mail_cannot_reach(address):
    assert errors(email=address) == {"email": ["Enter an email address like name@example.org"]}


def test_an_unknown_country_is_asked_for_again():
    assert errors(country="XX") == {"country": ["Choose your country"]}
    assert errors(country="\x00") == {"country": ["Choose your country"]}


@pytest.mark.parametrize(
    ("country", "code", "kept"),
    [
        ("GB", "mv37qt", "MV3 7QT"),
        ("GB", "EC1A-1BB", "EC1A 1BB"),
        ("GB", " m1 1ae ", "M1 1AE"),
        ("US", "123456789", "12345-6789"),
        ("US", "12345", "12345"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("PL", "00001", "00-001"),
        ("IE", "a65f4e2", "A65 F4E2"),
        ("IE", "", ""),
        ("DE", "", ""),
        ("NZ", "anything 1", "anything 1"),
    ],
)
def test_postal_codes(country, code, kept):
    assert cleaned(country=country, postal_code=code)["postal_code"] == kept


@pytest.mark.parametrize(
    ("country", "code", "said"),
    [
        ("GB", "", "Enter a postcode, like MV3 7QT"),
        ("GB", "MV3", "Enter a postcode, like MV3 7QT"),
        ("GB", "\x00", "Enter a postcode, like MV3 7QT"),
        ("US", "1234", "Enter a ZIP code, like 12345"),
        ("US", "١٢٣٤٥", "Enter a ZIP code, like 12345"),
        ("IE", "D04", "Enter an Eircode, like A65 F4E2"),
        ("DE", "1011", "Enter a postal code, like 10115"),
        ("NZ", "1" * 21, "Use at most 20 characters"),
    ],
)
def test_postal_codes_of_another_shape(country, code, said):
    assert errors(country=country, postal_code=code) == {"postal_code": [said]}


@pytest.mark.parametrize("country", sorted(POSTAL_CODES))
def test_the_example_of_a_country_is_right(country):
    example = POSTAL_CODES[country].example
    assert cleaned(country=country, postal_code=example)["postal_code"] == example


# Reasons


def test_a_reason_is_counted_as_people_count():
    lines = "\r\n".join(["x" * 99] * 5)  # 499 characters: four line ends, each sent as two
    assert cleaned(reason=lines)["reason"] == lines.replace("\r\n", "\n")
    assert errors(reason="x" * 501) == {"reason": ["Your reason is 1 character too long"]}
    assert errors(reason="x" * 538) == {"reason": ["Your reason is 38 characters too long"]}


def test_a_reason_loses_only_what_cannot_be_stored_or_misleads():
    assert cleaned(reason=f"a\x00b{LONE}c\u202ed\n\te\x1b[31m")["reason"] == "abcd\n\te[31m"
    assert tidy("\x00\u2066\x07") == ""


# The trap


@pytest.mark.parametrize(
    ("website", "sprung"),
    [("", False), ("   ", False), ("https://x.example", True), ("\x00x", True)],
)
def test_the_trap(website, sprung):
    assert form_of(website=website).is_trap_sprung is sprung


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
