"""The texts of a search of signatures: what is compared, in the order that the indexes have."""

from django.db import connection

LAST = "\U0010ffff"  # above every letter, in the order of bytes

# What each criterion compares, word for word as in the indexes of migration 0028.
NAME, TURNED = "lower(family_name || ' ' || given_name)", "reverse(email_key)"
_POSTCODE, _LOCALITY = "upper(postal_code)", "lower(locality)"
_AFTER_AT = "substr(email_key, instr(email_key, '@')) || '/'"
HAS = {
    NAME: "NOT (family_name = '' AND given_name = '')",
    TURNED: "email_key IS NOT NULL",
    _AFTER_AT: "email_key IS NOT NULL",
    _POSTCODE: "NOT postal_code = ''",
    _LOCALITY: "NOT locality = ''",
}


def equal(expression: str) -> str:
    """In the order of bytes, which is that of the indexes whatever the database's collation."""
    return f'{expression} COLLATE "C"' if connection.vendor == "postgresql" else expression


def ranges(*, name: str, postal_code: str, locality: str, domain: str) -> list[tuple[str, str]]:
    """(expression, what it begins with) of each text that is looked for."""
    found = []
    if name:
        found.append((NAME, _lower(name)))
    if postal_code:
        found.append((_POSTCODE, postal_code.upper()))
    if locality:
        found.append((_LOCALITY, _lower(locality)))
    if domain:
        found.append(_domain(domain))
    return found


def _domain(domain: str) -> tuple[str, str]:
    """Whole, and so to its end. SQLite turns no text round but by a function of Python's."""
    if connection.vendor == "postgresql":
        return TURNED, f"@{domain}"[::-1]
    return _AFTER_AT, f"@{domain}/"


def _lower(text: str) -> str:
    """As the database's own lower() makes it: that of SQLite knows the letters of ASCII alone."""
    if connection.vendor == "postgresql":
        return text.lower()
    return "".join(each.lower() if each.isascii() else each for each in text)


def spellings(expression: str, begins: str) -> list[str]:
    """For a name its words in every turn: people type the first name first, or last."""
    if expression != NAME:
        return [begins]
    words = begins.split()[:5]
    turned = {" ".join(words[n:] + words[:n]) for n in range(len(words))}
    turned.add(f" {' '.join(words)}")  # where there is no last name
    longer = {each for each in turned for other in turned - {each} if each.startswith(other)}
    return sorted(turned - longer)


def at_once(texts: list[str]) -> list[list[str]]:
    """PostgreSQL takes a step into the index for each; SQLite reads the rows, so once for all."""
    if connection.vendor == "postgresql":
        return [[text] for text in texts]
    return [texts]


def condition(expression: str, text: str) -> tuple[str, list[str]]:
    """That it begins with this: SQL and its values."""
    key = equal(expression)
    return f"({key} >= %s AND {key} < %s)", [text, text + LAST]


def either(expression: str, texts: list[str]) -> tuple[str, list[str]]:
    """That it begins with one of these."""
    each = [condition(expression, text) for text in texts]
    sql = " OR ".join(sql for sql, _bounds in each)
    return f"({sql})", [bound for _sql, bounds in each for bound in bounds]
