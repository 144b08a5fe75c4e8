"""Templates settled once per language say what Django's own tags say."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.template import Context, Engine, RequestContext
from django.urls import NoReverseMatch, include, path
from django.utils import translation

from config import template_loader

LOADERS = ["django.template.loaders.filesystem.Loader"]
BUILTINS = [
    "django.templatetags.i18n", "django.templatetags.static", "supporters.templatetags.kept",
]  # fmt: skip

TEXTS = {
    "parent.html": "<{% block a %}{% translate 'Petitions' %}{% endblock %}> {% static 'a.css' %}",
    "page.html": "{% extends 'parent.html' %}{% block a %}{{ block.super }}: "
    "{% if x %}{% translate 'Petitions' %}{% else %}{% url 'home' %}{% endif %}"
    "{% for y in ys %}{% translate 'Privacy' %}{{ y }}{% endfor %}"
    "{% translate 'Closed' context 'before a date' %}"
    "{% include 'part.html' %}{% include 'varying.html' %}{% endblock %}",
    "varying.html": "{% translate 'Petitions'|add:word %}"
    "{% translate 'Closed' context where %}"
    "{% url 'petition' slug=slug %}"
    "{% url 'home' as home %}{{ home }}"
    "{% static 'a.css' as sheet %}{{ sheet }}",
    "part.html": "{% url 'help' 'privacy' %}{% url 'petition' slug %}{% translate word %}"
    "{% language 'es' %}{% translate 'Petitions' %}{% url 'home' %}{% include 'kept.html' %}"
    "{% kept slug=slug %}{{ slug }} {% translate 'Privacy' %}{% endkept %}{% endlanguage %}"
    "{% if slug %}{% translate 'Petitions' %}{% endif %}{% include 'kept.html' %}"
    "{% translate 'Petitions' as later %}({{ later }}) {% translate '100%% & more' %}",
    "kept.html": "{% kept slug=slug %}{% translate 'Petitions' %}{% endkept %}",
}
CONTEXTS = [
    {"x": True, "ys": [], "slug": "mend", "word": "Privacy", "where": "before a date"},
    {"x": False, "ys": [1, "<2>"], "slug": "light", "word": "<b>", "where": "figures"},
]


def engine(folder: Path, *, settled: bool) -> Engine:
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    loader = "config.template_loader.Loader" if settled else "django.template.loaders.cached.Loader"
    return Engine(dirs=[str(folder)], loaders=[(loader, LOADERS)], builtins=BUILTINS)


def test_same_as_djangos_own(tmp_path):
    plain, settled = engine(tmp_path, settled=False), engine(tmp_path, settled=True)
    said = set()
    for language, context in [*product(("en", "es"), CONTEXTS)] * 2:
        with translation.override(language):
            expected = plain.get_template("page.html").render(Context(context))
            assert settled.get_template("page.html").render(Context(context)) == expected
        said.add(expected)
    assert len(said) == 4


def test_an_address_in_one_of_several_sites_is_of_the_one_that_shows_the_page(
    tmp_path, settings, rf
):
    pages = [path("", HttpResponse, name="index")], "admin"
    settings.ROOT_URLCONF = tuple(
        path(f"{name}/", include(pages, namespace=name)) for name in ("admin", "second")
    )
    (tmp_path / "site.html").write_text("{% url 'admin:index' %}")
    template = engine(tmp_path, settled=True).get_template("site.html")
    request, said = rf.get("/"), []
    for request.current_app in ("admin", "second"):
        said.append(template.render(RequestContext(request)))
    assert said == ["/admin/", "/second/"]


def test_a_template_may_outlive_the_language_it_was_loaded_in(tmp_path):
    template = engine(tmp_path, settled=True).get_template("parent.html")
    said = []
    for language in ("es", "en", "es"):
        with translation.override(language):
            said.append(template.render(Context()))
    assert said == [f"<{word}> /static/a.css" for word in ("Peticiones", "Petitions", "Peticiones")]


def test_what_is_constant_is_worked_out_once(tmp_path):
    template = engine(tmp_path, settled=True).get_template("parent.html")
    assert [type(node).__name__ for node in template.nodelist] == [
        "TextNode",
        "BlockNode",
        "Settled",
    ]


def test_so_is_what_is_constant_in_a_branch(tmp_path):
    (tmp_path / "branch.html").write_text("{% if x %}{% translate 'Petitions' %}{% endif %}")
    [choice] = engine(tmp_path, settled=True).get_template("branch.html").nodelist
    [(_condition, branch)] = choice.conditions_nodelists
    assert [type(node).__name__ for node in branch] == ["Settled"]


def test_escaped_or_not_as_where_it_stands(tmp_path):
    (tmp_path / "both.html").write_text(
        "{% include 'address.html' %}{% autoescape off %}{% include 'address.html' %}{% endautoescape %}"
    )
    (tmp_path / "address.html").write_text("{% static 'a&b.css' %} ")
    said = engine(tmp_path, settled=True).get_template("both.html").render(Context())
    assert said == engine(tmp_path, settled=False).get_template("both.html").render(Context())


def test_an_address_that_is_not_there_is_the_pages_fault_not_the_loaders(tmp_path):
    (tmp_path / "broken.html").write_text("{% if x %}{% url 'nowhere' %}{% endif %}fine")
    template = engine(tmp_path, settled=True).get_template("broken.html")
    assert template.render(Context({"x": False})) == "fine"
    with pytest.raises(NoReverseMatch):
        template.render(Context({"x": True}))


def test_the_site_uses_it():
    assert site.TEMPLATES[0]["OPTIONS"]["loaders"][0][0] == "config.template_loader.Loader"


def test_a_part_in_which_all_is_constant_is_one_with_what_is_around_it(tmp_path):
    texts = {
        "constant.html": "{% comment %}a word{% endcomment %}{% translate 'Privacy' %}",
        "page.html": "a {% include 'constant.html' %} b{% include 'part.html' %}"
        "{% include 'constant.html' with x=1 %}{% include 'page.html' %}{% include name %}",
        "part.html": "{{ slug }}",
        "odd.html": "{% if x %}{% include 'nowhere.html' %}{% include 'broken.html' %}{% endif %}fine",
        "broken.html": "{% nonsense %}",
    }
    settled = engine(tmp_path, settled=True)
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert [type(node).__name__ for node in settled.get_template("page.html").nodelist] == [
        "Settled", *["IncludeNode"] * 4,
    ]  # fmt: skip
    assert settled.get_template("odd.html").render(Context()) == "fine"


def test_nobody_is_given_a_template_that_is_half_settled(tmp_path, monkeypatch):
    settle, half, go_on = template_loader._settle, Event(), Event()

    def slowly(nodes, find):
        half.set()
        assert go_on.wait(10)
        settle(nodes, find)

    monkeypatch.setattr(template_loader, "_settle", slowly)
    settled = engine(tmp_path, settled=True)
    with ThreadPoolExecutor(2) as visitors:
        first = visitors.submit(settled.get_template, "kept.html")
        assert half.wait(10)
        second = visitors.submit(settled.get_template, "kept.html")
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        go_on.set()
        assert second.result(10).nodelist is first.result(10).nodelist


def test_a_template_may_include_itself(tmp_path):
    settled = engine(tmp_path, settled=True)
    text = "{% for each in tree %}<{% include 'own.html' with tree=each %}>{% endfor %}"
    (tmp_path / "own.html").write_text(text)
    tree = [[[], []], []]
    assert settled.get_template("own.html").render(Context({"tree": tree})) == "<<><>><>"
    text = "{% for each in trees %}<{% include 'bare.html' %}>{% endfor %}"
    (tmp_path / "bare.html").write_text(text)
    assert settled.get_template("bare.html").render(Context({"trees": []})) == ""


def test_what_could_not_be_settled_is_settled_the_next_time(tmp_path, monkeypatch):
    settled = engine(tmp_path, settled=True)
    with monkeypatch.context() as away:
        away.setattr(template_loader, "_settle", lambda nodes, find: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settled.get_template("kept.html")
    assert isinstance(settled.get_template("kept.html").nodelist, template_loader.SettledNodes)
