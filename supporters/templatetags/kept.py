"""{% kept %}: a part of a page that is made once for the values that it is given."""

from collections.abc import Hashable
from typing import Any

from django import template
from django.db.models import Model
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs

from supporters.kept import Kept, key_of
from supporters.saying import how

register = template.Library()


class KeptNode(template.Node):
    def __init__(self, values: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.values = tuple(values.items())
        self.nodelist = nodelist
        self._kept: Kept[str] = Kept()

    def render(self, context: template.Context) -> str:
        # As in {% if %}: what this page does not have is None.
        given = {name: each.resolve(context, ignore_failures=True) for name, each in self.values}
        if context.get("keeps_nothing"):
            return self._made(context, given)
        key = (how(context), *[_key_on_this_page(value, context) for value in given.values()])
        return self._kept.get(key, lambda: self._made(context, given))

    def _made(self, context: template.Context, given: dict[str, Any]) -> str:
        # The values alone: what is not in the key cannot be in the part.
        return str(self.nodelist.render(context.new(given)))


def _key_on_this_page(value: Any, context: template.Context) -> Hashable:
    """A page names its petition in several parts: the key of such a row is worked out once."""
    if not isinstance(value, Model):
        return key_of(value)
    of_page: Any = context.render_context
    worked_out: dict[int, tuple[Model, Hashable]] = of_page.setdefault("keys", {})
    # With the row itself, so that no other can get its id meanwhile.
    if id(value) not in worked_out:
        worked_out[id(value)] = (value, key_of(value))
    return worked_out[id(value)][1]


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """{% kept petition=petition closed=petition.is_closed %} … {% endkept %}

    Inside there is nothing but what is named, and it is known by that alone. What a model works out
    from the time of day is named beside it. Nothing is kept where the page says `keeps_nothing`:
    one of what anybody may type, at any length and as often as they like.
    """
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if bits or not values:
        raise template.TemplateSyntaxError("kept takes name=value, at least one of them")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(values, nodelist)
