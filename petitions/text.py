"""Markdown as people type it, turned into HTML that can do no harm, or into words.

Three decisions that a reader of CommonMark would not expect: a line break stays a line break, an
indented paragraph is no code, and a picture is only a link to it (fetching it would tell its host
who reads the petition). A word with a dot ("the council.It is") is no address unless it
starts with ``www.``, ``http://`` or ``https://``.

Staff's own pages are trusted with a little more: links within the site, and headings to link to.
Tags that they type are shown as typed all the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import count, pairwise, repeat

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock, paragraph, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from petitions.bare_addresses import link_bare_addresses
from petitions.slugs import make_slug

# Hostile texts are slow to parse. At 25,000 characters, more than any field holds, the worst that
# we found takes about a second of CPU; what is longer is shown unformatted.
LONGEST_FORMATTED = 25_000
LONGEST_TRUSTED = 40_000  # of staff's pages, which are rendered once, for who saves them
# Of all links of a text together. Every "[a]" repeats what "[a]: https://…" says once, which made
# 148 million characters of 20,000. A text with more is shown unformatted, too.
LONGEST_ADDRESSES = 100_000
# Of all tables of a text; lines after them are a paragraph. Short rows are filled up to the columns
# of the head, which made 8.5 million characters of 19,000.
MOST_CELLS = 5_000
LONGEST_MAILED = 60_000  # three times what an update holds; honest texts hardly grow
DEEPEST = 20

# What no XML document may hold (our feeds carry these texts), DEL, C1 and lone surrogates.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SAFE_ADDRESS = re.compile(r"https?://[^\s/?#]|mailto:\S|tel:[+\d]", re.IGNORECASE)
# "../privacy/", "/petitions/" and "#rights"; "//host" and "/\host" would lead elsewhere.
_OWN_ADDRESS = re.compile(r"\.{1,2}/|/(?![/\\])|#\S")

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAGS = {
    *("p", "br", "hr", *_HEADINGS),
    *("ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES_KEPT = {"http", "https", "mailto", "tel"}

_sanitizer = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES_KEPT,
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)
_trusted_sanitizer = nh3.Cleaner(
    tags=_TAGS,
    attributes={**_ATTRIBUTES, **{tag: {"id"} for tag in _HEADINGS}},
    url_schemes=_SCHEMES_KEPT,
    url_relative="pass_through",
    link_rel=None,
)


def render(markdown: str, *, top: int = 2, trusted: bool = False) -> SafeString:
    """Sanitised HTML. The highest heading becomes ``h{top}``; the others keep their distance.

    `trusted` is for the site's own pages: relative links work, links are no longer called a
    stranger's (nofollow, ugc), and every heading has an id made of its words.
    """
    tokens = _parse(markdown, trusted=trusted)
    _shift_headings(tokens, top)
    if trusted:
        _name_headings(tokens)
    sanitizer = _trusted_sanitizer if trusted else _sanitizer
    html = sanitizer.clean(_parser.renderer.render(tokens, _parser.options, {}))
    # An entity such as &#12; comes alive only here.
    return mark_safe(_UNUSABLE.sub("", html))  # noqa: S308 (sanitised one line above)


def plain(markdown: str) -> str:
    """The words without markup, one line per block or table row; for search and meta."""
    lines: list[list[str]] = []
    in_row = False
    for token in _parse(markdown):
        if token.tag == "tr":
            in_row = token.type == "tr_open"
            lines.append([])
        elif token.type == "inline":
            words = "".join(_words(child) for child in token.children or [])
            if in_row:
                lines[-1].append(words)
            else:
                lines.append([words])
        elif token.type == "fence":
            lines.append([token.content])
    joined = (" ".join(_UNUSABLE.sub("", " ".join(line)).split()) for line in lines)
    return "\n".join(line for line in joined if line)


def _words(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return "" if token.hidden else token.content


def mail_text(markdown: str) -> str:
    """What a mail without HTML says: the words, the addresses of links, marks of lists and quotes.

    Lines break where they do on the page. An empty line stands between two blocks, but for the
    items of a tight list.
    """
    written = _Written()
    for token in _parse(markdown):
        written.add(token)
    text = "\n".join(written.lines)
    # Whoever types "> " eighteen times and a thousand short lines makes every line 36 characters
    # longer. This goes to thousands of mailboxes, and says no more than the words do.
    if len(text) <= LONGEST_MAILED:
        return text
    return plain(markdown) or _UNUSABLE.sub("", markdown)  # of links without words


@dataclass(eq=False, slots=True)
class _Holder:
    """A quote or an item of a list: what stands before its next line, and before the others."""

    mark: str
    others: str


class _Written:
    """The lines so far, and what is open around the next one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._holders: list[_Holder] = []
        self._last: list[_Holder] = []  # around the last block
        self._marks: list[Iterator[str]] = []  # of each open list, for the items to come
        self._rows: list[list[str]] | None = None  # of an open table
        self._is_tight = self._was_tight = self._begins = False

    def add(self, token: Token) -> None:
        if token.nesting == 1:
            self._open(token)
        elif token.nesting == -1:
            self._close(token)
        elif token.type == "inline":
            words = _with_addresses(token.children or [])
            lines = "\n".join(" ".join(line.split()) for line in words.split("\n"))
            if self._rows is None:
                self._put(lines)
            else:
                self._rows[-1].append(lines)
        else:
            self._is_tight = False
            self._put("* * *" if token.type == "hr" else token.content)

    def _open(self, token: Token) -> None:
        self._is_tight = token.hidden
        match token.type:
            case "blockquote_open":
                self._holders.append(_Holder("> ", "> "))
            case "list_item_open":
                mark = next(self._marks[-1])
                self._holders.append(_Holder(mark, " " * len(mark)))
            case "bullet_list_open" | "ordered_list_open":
                numbers = count(int(token.attrs.get("start", 1)))
                is_ordered = token.type == "ordered_list_open"
                self._marks.append(map("{}. ".format, numbers) if is_ordered else repeat("- "))
                # A tight list goes on within the item that it belongs to; any other is a new block.
                self._begins |= not (self._was_tight and self._last == self._holders)
            case "table_open":
                self._rows = []
            case "tr_open" if self._rows is not None:
                self._rows.append([])

    def _close(self, token: Token) -> None:
        match token.type:
            case "blockquote_close" | "list_item_close":
                self._holders.pop()
            case "bullet_list_close" | "ordered_list_close":
                self._marks.pop()
            case "table_close":
                rows, self._rows, self._is_tight = self._rows or [], None, False
                self._put("\n".join(filter(None, map(_row, rows))))

    def _put(self, text: str) -> None:
        """The lines of one block, with what stands before them."""
        text = re.sub(r"\A\s*\n", "", _UNUSABLE.sub("", text).rstrip())
        if not text:
            return
        if self.lines and (self._begins or not self._is_tight):
            both = [holder for holder in self._holders if holder in self._last]
            self.lines.append("".join(holder.others for holder in both).rstrip())
        for line in text.split("\n"):
            self.lines.append(("".join(holder.mark for holder in self._holders) + line).rstrip())
            for holder in self._holders:
                holder.mark = holder.others
        self._last = self._holders.copy()
        self._was_tight, self._begins = self._is_tight, False


def _row(cells: list[str]) -> str:
    """Without the empty cells at its end: the parser fills up short rows."""
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cell or "–" for cell in cells)


def _with_addresses(tokens: list[Token]) -> str:
    """The words of one block, in lines; after those of a link, its address."""
    words: list[str] = []
    label, href = 0, ""
    for token in tokens:
        if token.type == "link_open":
            label, href = len(words), str(token.attrs["href"])
        elif token.type == "link_close":
            words[label:] = [_with_address("".join(words[label:]), href)]
        elif token.type in {"softbreak", "hardbreak"}:
            words.append("\n")
        else:
            words.append(token.markup if token.tag == "s" else _words(token))
    return "".join(words)


def _with_address(label: str, href: str) -> str:
    says = label.strip()
    schemes = ("", "mailto:", "tel:", *(["https://"] if says.lower().startswith("www.") else []))
    if href.rstrip("/") in {_parser.normalizeLink(each + says).rstrip("/") for each in schemes}:
        return label
    address = href.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({address})" if says else address


class _Blocks(ParserBlock):
    """At the deepest level markdown-it drops what is left; here it stays, as paragraphs."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        if state.level < DEEPEST:
            super().tokenize(state, startLine, endLine)
            return
        line = startLine
        while (line := state.skipEmptyLines(line)) < endLine:
            if state.sCount[line] < state.blkIndent:
                break
            paragraph(state, line, endLine, False)  # noqa: FBT003 (the library's signature)
            line = state.line
            # Under another name, a tight list does not strip it of its <p>.
            state.tokens[-3].type, state.tokens[-1].type = "deepest_open", "deepest_close"
        state.line = line


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Every address is parsed as one; ``_unwrap_unsafe_links`` decides what becomes of it."""
        return True


def _build_parser() -> MarkdownIt:
    parser = _Parser("zero")
    parser.block = _Blocks()
    options = {
        "html": False,
        "typographer": False,
        "breaks": True,
        "linkify": False,
        "maxNesting": DEEPEST,
    }
    parser.configure("gfm-like", options)
    parser.disable(["code", "html_block", "html_inline"])
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.at("image", _picture_as_link)
    parser.core.ruler.push("safe_links", _safe_links)
    return parser


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """markdown-it's, which has a limit for the cells of each table alone, and a higher one."""
    left: int = state.env.setdefault("cells_left", MOST_CELLS)
    head = state.src[state.bMarks[start] : state.eMarks[start]].strip().strip("|")
    rows = left // (head.count("|") + 1) - 1  # below the head
    before = len(state.tokens)
    if rows < 0 or not table(state, start, min(end, start + 2 + rows), silent):
        return False
    made = state.tokens[before:]
    state.env["cells_left"] = left - sum(token.type in {"th_open", "td_open"} for token in made)
    return True


def _picture_as_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    start = state.pos
    if start + 1 >= state.posMax or not state.src.startswith("![", start):
        return False
    state.pos += 1
    if link(state, silent):
        return True
    state.pos = start
    return False


def _safe_links(state: StateCore) -> None:
    trusted = bool(state.env.get("trusted"))
    for token in state.tokens:
        if token.children:
            children = _unwrap_unsafe_links(token.children, trusted=trusted)
            token.children = link_bare_addresses(children)


def _unwrap_unsafe_links(tokens: list[Token], *, trusted: bool) -> list[Token]:
    """Of a link inside a link, to a foreign scheme or to nowhere only the label is kept."""
    kept: list[Token] = []
    opened: list[int | None] = []  # where in kept each open link starts; None: unwrapped
    for token in tokens:
        if token.type == "link_open":
            inside = any(start is not None for start in opened)
            if inside or not _is_safe(str(token.attrs["href"]), trusted=trusted):
                opened.append(None)
                continue
            opened.append(len(kept))
        elif token.type == "link_close":
            start = opened.pop()
            if start is None:
                continue
            if not any(part.content.strip() for part in kept[start + 1 :]):
                address = str(kept[start].attrs["href"])
                kept.append(Token("text", "", 0, content=address, hidden=True))
        kept.append(token)
    return kept


def _is_safe(address: str, *, trusted: bool) -> bool:
    return bool(_SAFE_ADDRESS.match(address) or (trusted and _OWN_ADDRESS.match(address)))


def _shift_headings(tokens: list[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    if not headings:
        return
    shift = top - min(int(token.tag[1]) for token in headings)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


def _name_headings(tokens: list[Token]) -> None:
    """Give each heading an id: its words as an address has them, and a number from the second."""
    taken = {"main"}  # an id of every page
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            slug = make_slug("".join(_words(child) for child in inline.children or []))
            numbered = (slug if n == 1 else f"{slug}-{n}" for n in count(1))
            name = next(each for each in numbered if each not in taken)
            taken.add(name)
            heading.attrs["id"] = name


def _parse(markdown: str, *, trusted: bool = False) -> list[Token]:
    text = _UNUSABLE.sub("", markdown)
    longest = LONGEST_TRUSTED if trusted else LONGEST_FORMATTED
    if len(text) <= longest:
        tokens = _parser.parse(text, {"trusted": trusted})
        if _length_of_addresses(tokens) <= LONGEST_ADDRESSES:
            return tokens
    return _unformatted.parse(text)


def _length_of_addresses(tokens: list[Token]) -> int:
    """Of the links, with their titles, which the renderer writes before they are taken out."""
    children = (child for token in tokens for child in token.children or [])
    return sum(len(str(said)) for child in children for said in child.attrs.values())


# One of each for all threads: it keeps anything between texts.
_parser = _build_parser()
_unformatted = MarkdownIt("zero", {"breaks": True}).enable("newline")


def linked(text: str) -> SafeString:
    """What is no Markdown, as it is, with its bare addresses as links.

    Django's urlize loses the colon of "(https://a.org):".
    """
    tokens = link_bare_addresses([Token("text", "", 0, content=text)])
    html = _parser.renderer.render(tokens, _parser.options, {})
    return mark_safe(_sanitizer.clean(html))  # noqa: S308 (sanitised here)


def words_of(rendered: str) -> str:
    """The text of what render() made, without markup: blocks stand on lines of their own."""
    return unescape(nh3.clean(rendered, tags=set()))
