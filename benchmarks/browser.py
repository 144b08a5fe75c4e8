"""Somebody who logs in and sends forms, over HTTP as everybody."""

import http.client
import re
from contextlib import closing
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

PASSWORD = "only-for-benchmarks-7"


class Browser:
    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._cookies: dict[str, str] = {}

    def log_in(self, user: Any) -> None:
        """As this user, who gets what it takes; the password is typed twice, as before a download."""
        user.email = f"{user.username}@example.org"
        user.is_staff = True
        user.set_password(PASSWORD)
        user.save()
        user.trust_email()
        for address, more in (
            ("/accounts/login/", {"login": user.username}),
            ("/accounts/reauthenticate/", {}),
        ):
            connection, answer = self.post(address, {"password": PASSWORD, **more})
            connection.close()
            if answer.status != 302:
                raise RuntimeError(f"{address} did not let us in.")

    def post(
        self, address: str, values: dict[str, str]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """The answer to the form on the page of this address; it is to be read from its connection."""
        connection, page = self._ask("GET", address)
        with closing(connection):
            text = page.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        if token is None:
            raise RuntimeError(
                f"{address} answered {page.status}, and has no form: {page.headers['Location']}"
            )
        body = urlencode({**values, "csrfmiddlewaretoken": token[1]})
        return self._ask("POST", address, body)

    def _ask(
        self, method: str, address: str, body: str = ""
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self._host, timeout=60)
        connection.request(method, address, body or None, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status >= 400:
            raise RuntimeError(f"{address} answered {answer.status}")
        return connection, answer
