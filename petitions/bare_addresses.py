"""Addresses that people type without marking them as links."""

import re

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

# Not linkify-it: its expressions took minutes for "xn--www." repeated 500 times. Each of these
# alternatives reads every character once.
_SCHEMES = {"www": "https://", "mail": "mailto:"}
_BARE_ADDRESS = re.compile(
    r"""
    (?<! [a-z0-9/.:@_-] ) (?: https?://(?=\w) | (?P<www> www\.(?=\w) ) )
        [^\s<>"“”«»‹›「」『』（）。，、；：！？\u200b-\u200f\u202a-\u202e]+
    | (?P<mail> (?<! [a-z0-9._%+-] ) [a-z0-9._%+-]{1,64} @ (?: [a-z0-9-]{1,63} \. )+ [a-z]{2,63} )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def link_bare_addresses(tokens: list[Token]) -> list[Token]:
    """The words of one block, with a link around each address that is in none yet."""
    linked: list[Token] = []
    in_link = False
    for token in tokens:
        in_link = (in_link or token.type == "link_open") and token.type != "link_close"
        if in_link or token.type != "text":
            linked.append(token)
            continue
        text, end = token.content, 0
        for found in _BARE_ADDRESS.finditer(text):
            address = _without_trailing_punctuation(found[0])
            href = _SCHEMES.get(found.lastgroup or "", "") + address
            linked += [
                Token("text", "", 0, content=text[end : found.start()]),
                Token("link_open", "a", 1, attrs={"href": normalizeLink(href)}),
                Token("text", "", 0, content=address),
                Token("link_close", "a", -1),
            ]
            end = found.start() + len(address)
        linked.append(Token("text", "", 0, content=text[end:]))
    return linked


def _without_trailing_punctuation(address: str) -> str:
    """A closing bracket belongs to the address only when it was opened there."""
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while address[end - 1] in ".,;:!?'*_~]}" or (address[end - 1] == ")" and surplus > 0):
        surplus -= address[end - 1] == ")"
        end -= 1
    return address[:end]
