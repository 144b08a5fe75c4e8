"""Templates in which everything that depends on the language alone is worked out once.

A page of ours has some eighty words, addresses and files whose tags give the same text at every
rendering: {% translate "…" %}, {% url 'help' 'privacy' %}, {% static 'css/site.css' %}. Working
them out again took a third of a page's CPU. What names a variable is left as it is.
"""

from collections.abc import Hashable
from typing import Any

from django.template import Context, Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode
from django.template.defaulttags import URLNode
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode

from supporters import saying


class Loader(CachedLoader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if not getattr(template, "is_settled", False):
            template.is_settled = True  # type: ignore[attr-defined]
            _settle(template.nodelist)
            template.nodelist = SettledNodes(template.nodelist)
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


def _settle(nodes: NodeList) -> None:
    settled: list[Node] = []
    run: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and (isinstance(node, TextNode) or _is_constant(node)):
            run.append(node)
            continue
        if any(_is_constant(each) for each in run):
            settled.append(Settled(run))
        else:
            settled += run
        run = []
        if node is not None:
            _settle_inside(node)
            settled.append(InLanguage(node) if type(node) is LanguageNode else node)
    nodes[:] = settled


def _settle_inside(node: Node) -> None:
    for name in node.child_nodelists:
        if isinstance(inner := getattr(node, name, None), NodeList):
            _settle(inner)
    # {% if %} keeps its branches elsewhere.
    for _condition, inner in getattr(node, "conditions_nodelists", ()):
        _settle(inner)


def _is_constant(node: Node) -> bool:
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
    else:
        return False
    return all(_is_plain(part) for part in parts)


def _is_plain(part: FilterExpression) -> bool:
    """A word in quotes, without filters."""
    if part.filters:
        return False
    variable = part.var
    return isinstance(variable, str) or getattr(variable, "lookups", ()) is None
