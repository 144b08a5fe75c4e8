"""The tests' own tools: an alarm that cannot ring would be worse than none."""

import smtplib
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.template import Engine, Origin, Template, engines
from django.template.context import Context

ROOT = Path(__file__).resolve().parent.parent


def template(text: str, path: Path) -> Template:
    engine: Engine = engines["django"].engine
    return Template(text, origin=Origin(name=str(path), template_name=path.name), engine=engine)


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ nobody.name }}",
        "{% with name=nobody %}{{ name }}{% endwith %}",
        "{% load i18n %}{% blocktranslate %}Dear {{ nobody }}{% endblocktranslate %}",
        "{% if yes %}{% for n in numbers %}{{ nobody }}{% endfor %}{% endif %}",
    ],
)
def test_a_name_that_our_template_misses_is_an_error(text):
    page = template(text, ROOT / "templates" / "page.html")
    with pytest.raises(AssertionError, match=r"page\.html.*nobody"):
        page.render(Context({"yes": True, "numbers": [1]}))


@pytest.mark.parametrize(
    "text", ["{% if nobody %}yes{% endif %}", "{% for n in nobody %}{{ n }}{% endfor %}"]
)
def test_asking_whether_a_name_is_there_is_no_error(text):
    page = template(text, ROOT / "templates" / "page.html")
    assert page.render(Context()) == ""


def test_templates_of_others_keep_their_habits(tmp_path):
    page = template("[{{ nobody }}]", tmp_path / "admin.html")
    assert page.render(Context()) == "[]"


@pytest.mark.django_db
def test_only_rows_are_counted(count_queries):
    users = get_user_model().objects
    with count_queries() as queries:
        with transaction.atomic():
            user = users.create(username="ada")
            with transaction.atomic():
                users.filter(pk=user.pk).update(first_name="Ada")
        list(users.all())
        user.delete()
    kinds = [statement.split()[0] for statement in queries.statements]
    assert kinds[:3] == ["INSERT", "UPDATE", "SELECT"]
    assert kinds[-1] == "DELETE"
    assert not {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"} & set(kinds)
    assert len(queries) == len(kinds)
    assert "1. INSERT" in str(queries)


@pytest.mark.django_db
def test_a_common_table_expression_is_counted(count_queries):
    with count_queries() as queries, connection.cursor() as cursor:
        cursor.execute("WITH one AS (SELECT 1 AS n) SELECT n FROM one")
    assert len(queries) == 1


def send(port: int, recipient: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.sendmail("us@site.test", [recipient], b"Subject: Hello\r\n\r\n.dots\r\n")


def test_the_smtp_server_keeps_what_came_over_the_wire(smtp_server):
    send(smtp_server.port, "ada@people.test")
    [delivery] = smtp_server.to("ada@people.test")
    assert delivery.sender == "us@site.test"
    assert delivery.raw == b"Subject: Hello\r\n\r\n.dots\r\n"
    assert delivery.message["Subject"] == "Hello"
    assert smtp_server.to("bob@people.test") == []


@pytest.mark.parametrize("code", [451, 550])
def test_the_smtp_server_refuses_an_address(smtp_server, code):
    smtp_server.refuse("ada@people.test", code)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send(smtp_server.port, "ada@people.test")
    assert refusal.value.recipients["ada@people.test"][0] == code
    smtp_server.accept("ada@people.test")
    send(smtp_server.port, "ada@people.test")
    assert len(smtp_server.deliveries) == 1


def test_the_smtp_server_drops_connections(smtp_server):
    smtp_server.fail_connections()
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(smtp_server.port, "ada@people.test")
    smtp_server.mend_connections()
    send(smtp_server.port, "ada@people.test")
    assert len(smtp_server.deliveries) == 1


def test_an_open_connection_is_dropped_too(smtp_server):
    with smtplib.SMTP("127.0.0.1", smtp_server.port, timeout=5) as client:
        client.ehlo()
        smtp_server.fail_connections()
        with pytest.raises(smtplib.SMTPException):
            client.sendmail("us@site.test", ["ada@people.test"], b"Subject: Hello\r\n\r\nhi\r\n")
    assert smtp_server.deliveries == []
