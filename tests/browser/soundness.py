"""What is asked of every page: questions to the page that is open, each answered by complaints."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# WCAG 2.2, 1.4.12: readers who need more space between lines, paragraphs, letters and words.
SPACED = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important }
    p { margin-block-end: 2em !important }
"""
TWICE = "html { font-size: 200% !important }"


def violations(page: Page) -> list[str]:
    """What axe-core finds. Evaluated, not added as a script: the pages' own policy forbids that."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run({runOnly: tags, resultTypes: ['violations']}).then(r => r.violations)",
        TAGS,
    )
    return [
        f"axe {rule['id']}: {node['html'][:200]} ({node['any'][0]['message'] if node['any'] else rule['help']})"
        for rule in found
        for node in rule["nodes"]
    ]


def loose_ends(page: Page) -> list[str]:
    """Ids that are there twice, and what points to an id that is not there."""
    return page.evaluate("""() => {
        const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
        const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
        const loose = ["for", "aria-labelledby", "aria-describedby", "aria-controls"].flatMap(name =>
            [...document.querySelectorAll(`[${name}]`)].flatMap(e =>
                e.getAttribute(name).split(/\\s+/).filter(id => !document.getElementById(id))
                    .map(id => `${name} names no element: ${id}`)));
        const links = [...document.querySelectorAll("a[href^='#']")].map(e => e.hash.slice(1))
            .filter(id => !document.getElementById(decodeURIComponent(id)))
            .map(id => `a link leads nowhere: #${id}`);
        return [...twice.map(id => `an id is there twice: ${id}`), ...loose, ...links];
    }""")


def sideways(page: Page) -> list[str]:
    """Whether anything makes the page scroll sideways, and what."""
    return page.evaluate("""() => {
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= width) return [];
        const wide = [...document.querySelectorAll("body *")].filter(e => {
            const box = e.getBoundingClientRect();
            return box.right > width + 1 || box.left < -1;
        });
        return wide.slice(-3).map(e => `sideways at ${width} px: ${e.outerHTML.slice(0, 120)}`)
            .concat(wide.length ? [] : [`sideways at ${width} px`]);
    }""")


def squeezed(page: Page) -> list[str]:
    """Fields in which nobody could read what they type: narrower than five of its letters."""
    return page.evaluate("""() => [...document.querySelectorAll("input, select, textarea")]
        .filter(e => !["hidden", "radio", "checkbox"].includes(e.type) && e.checkVisibility())
        .filter(e => e.tabIndex >= 0)  // the trap for machines
        .filter(e => e.offsetWidth < 5 * parseFloat(getComputedStyle(e).fontSize))
        .map(e => `squeezed to ${e.offsetWidth} px: ${e.outerHTML.slice(0, 120)}`)""")


def sideways_when_narrow(page: Page) -> list[str]:
    """1280 pixels zoomed to 200 % and 400 %; at 320, also with twice the text, and spaced text."""
    before = page.viewport_size
    complaints = []
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 800})
        complaints += sideways(page)
    for name, rules in {"text at 200 %": TWICE, "spaced text": SPACED}.items():
        with_rules(page, rules)
        complaints += [f"{name}: {complaint}" for complaint in sideways(page) + squeezed(page)]
        without_rules(page)
    if before:
        page.set_viewport_size(before)
    return complaints


def with_rules(page: Page, rules: str) -> None:
    """A style sheet as a reader's own, which no policy of a page forbids."""
    page.evaluate(
        """rules => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(rules);
            document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
        }""",
        rules,
    )


def without_rules(page: Page) -> None:
    page.evaluate("document.adoptedStyleSheets = []")


def small_targets(page: Page) -> list[str]:
    """Links and buttons that stand alone, and fields, lower than a finger (44 pixels)."""
    return page.evaluate("""() => {
        const inSentence = e => getComputedStyle(e).display === "inline";
        const height = e => (e.closest("label") ?? e).getBoundingClientRect().height;
        return [...document.querySelectorAll(
            "a[href], button, input, select, textarea, summary")]
            .filter(e => e.checkVisibility({visibilityProperty: true}) && !inSentence(e))
            .filter(e => !e.closest(".visually-hidden"))
            .filter(e => height(e) < 43.5)
            .map(e => `only ${height(e)} px high: ${e.outerHTML.slice(0, 120)}`);
    }""")


def small_text(page: Page) -> list[str]:
    """Text below 15 pixels."""
    return page.evaluate("""() => {
        const small = new Set();
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const e = walker.currentNode.parentElement;
            if (walker.currentNode.data.trim() && e.checkVisibility()
                && parseFloat(getComputedStyle(e).fontSize) < 14.9) small.add(e);
        }
        return [...small].map(e => `text of ${getComputedStyle(e).fontSize}: `
            + e.outerHTML.slice(0, 120));
    }""")


def moving(page: Page) -> list[str]:
    """What is animated or would be; asked where reduced motion is preferred."""
    return page.evaluate("""() => [...document.querySelectorAll("*")].filter(e => {
        const style = getComputedStyle(e);
        const lasts = list => list.split(",").some(each => parseFloat(each) > 0);
        return style.animationName !== "none" || lasts(style.transitionDuration)
            || style.scrollBehavior === "smooth";
    }).map(e => `moves: ${e.outerHTML.slice(0, 120)}`)""")


FOCUS = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    const whole = e.closest("label") ?? e;
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0
        && box.left < innerWidth;
    const isCovered = [...e.getClientRects()].every(line => {
        const top = document.elementFromPoint(line.left + line.width / 2,
            Math.min(Math.max(line.top + line.height / 2, 1), innerHeight - 1));
        return !top || !(whole.contains(top) || top.contains(e));
    });
    const fault = !inside ? "focus out of sight" : isCovered ? "focus is covered"
        : style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2
        ? "focus cannot be seen" : "";
    return {
        name: (e.labels?.[0] ?? e).innerText.trim(),
        fault: fault && `${fault}: ${e.outerHTML.slice(0, 120)}`,
    };
}"""
MOST_STOPS = 300


def hidden_focus(page: Page) -> list[str]:
    """Walk through the page with the Tab key: what has no outline, or lies under something."""
    page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    complaints: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            return complaints
        complaints += [stop["fault"]] if stop["fault"] else []
    return [*complaints, f"the Tab key meets no end within {MOST_STOPS} stops"]
