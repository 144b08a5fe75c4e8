"""What a composed mail holds, for tests that read it."""

import re


def html_of(mail) -> str:
    [alternative] = mail.alternatives
    return alternative[0]


def link(text: str, page: str) -> str:
    """The token in the one link of the text that leads to this page."""
    [token] = set(re.findall(rf"http://localhost:8000/{page}/([^/\s\"]+)/", text))
    return token
