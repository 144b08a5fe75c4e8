"""Templates in which everything that depends on the language alone is worked out once.

A page of ours has some eighty words, addresses and files whose tags give the same text at every
rendering: {% translate "…" %}, {% url 'help' 'privacy' %}, {% static 'css/site.css' %}. Working
them out again took a third of a page's CPU. What names a variable is left as it is.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Any

from django.template import Context, Origin, Template, TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, TextNode
from django.template.defaulttags import CommentNode, LoadNode, URLNode
from django.template.loader_tags import IncludeNode
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode

from supporters import saying

_SILENT = (TextNode, LoadNode, CommentNode)  # cost next to nothing where they stand alone
_settling = threading.RLock()  # a template settles those that it includes


class Loader(CachedLoader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Settled. Nobody is given one whose nodes are still being replaced, for a page of it would
        lack some; but for a template that includes itself, while it is settled."""
        template = super().get_template(template_name, skip)
        if getattr(template, "is_settled", False):
            return template
        with _settling:
            if not hasattr(template, "is_settled"):
                template.is_settled = False  # type: ignore[attr-defined]
                try:
                    _settle(template.nodelist, self.get_template)
                except BaseException:
                    del template.is_settled  # type: ignore[attr-defined]  # for the next to try
                    raise
                template.nodelist = SettledNodes(template.nodelist)
                template.is_settled = True  # type: ignore[attr-defined]
        return template


class SettledNodes(NodeList):
    """Of a whole template. Whatever extends it looks for its blocks, at every rendering."""

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self._of_type: dict[type[Node], list[Node]] = {}

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        try:
            found = self._of_type[nodetype]
        except KeyError:
            found = self._of_type[nodetype] = super().get_nodes_by_type(nodetype)
        return found


class Settled(Node):
    """A run of text and constant tags; says what they say together."""

    child_nodelists = ()

    def __init__(self, run: list[Node]) -> None:
        self.run = run
        self.token, self.origin = run[0].token, run[0].origin
        # Templates outlive a change of the language, and may stand where nothing is escaped.
        self._said: dict[tuple[Hashable, bool], str] = {}

    def render_annotated(self, context: Context) -> str:
        how = (saying.how(context), context.autoescape)
        try:
            return self._said[how]
        except KeyError:
            said = "".join(str(node.render_annotated(context)) for node in self.run)
            return self._said.setdefault(how, said)

    render = render_annotated


class InLanguage(LanguageNode):
    """{% language %}, which says what stands in it in another language than the rest."""

    def __init__(self, node: LanguageNode) -> None:
        super().__init__(node.nodelist, node.language)
        self.token, self.origin = node.token, node.origin

    def render(self, context: Context) -> str:
        with saying.otherwise(context):
            return super().render(context)


_Find = Callable[[str], Template]


def _settle(nodes: NodeList, find: _Find) -> None:
    settled: list[Node] = []
    run: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and (isinstance(node, _SILENT) or _is_constant(node, find)):
            run.append(node)
            continue
        if any(not isinstance(each, _SILENT) for each in run):
            settled.append(Settled(run))
        else:
            settled += run
        run = []
        if node is not None:
            _settle_inside(node, find)
            settled.append(InLanguage(node) if type(node) is LanguageNode else node)
    nodes[:] = settled


def _settle_inside(node: Node, find: _Find) -> None:
    for name in node.child_nodelists:
        if isinstance(inner := getattr(node, name, None), NodeList):
            _settle(inner, find)
    # {% if %} keeps its branches elsewhere.
    for _condition, inner in getattr(node, "conditions_nodelists", ()):
        _settle(inner, find)


def _is_constant(node: Node, find: _Find) -> bool:
    parts: list[Any]
    if type(node) is TranslateNode:
        if node.asvar or (node.message_context and not _is_plain(node.message_context)):
            return False
        parts = [node.filter_expression]
    elif type(node) is URLNode:
        if node.asvar or node.kwargs or ":" in str(node.view_name):
            return False
        parts = [node.view_name, *node.args]
    elif type(node) is StaticNode:
        if node.varname:
            return False
        parts = [node.path]
    elif type(node) is IncludeNode:
        if node.extra_context or not _is_plain(node.template):
            return False
        return _is_constant_part(node.template.var, find)
    else:
        return False
    return all(_is_plain(part) for part in parts)


def _is_constant_part(name: str, find: _Find) -> bool:
    """Whether a template says nothing of the page that it is a part of."""
    try:
        part = find(name)
    except (TemplateDoesNotExist, TemplateSyntaxError):  # that page's fault, not the loader's
        return False
    return all(isinstance(node, (*_SILENT, Settled)) for node in part.nodelist)


def _is_plain(part: FilterExpression) -> bool:
    """A word in quotes, without filters."""
    if part.filters:
        return False
    variable = part.var
    return isinstance(variable, str) or getattr(variable, "lookups", ()) is None
