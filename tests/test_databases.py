"""How connections to the database are kept."""

from pathlib import Path

from environs import Env

from config.databases import read_database


def options(monkeypatch, url: str) -> dict[str, object]:
    monkeypatch.setenv("DATABASE_URL", url)
    return read_database(Env(), Path("/nowhere"))["OPTIONS"]


def test_a_machine_that_went_without_a_word_is_noticed(monkeypatch):
    assert options(monkeypatch, "postgres://u@db/x") == {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }


def test_what_the_address_says_goes_before(monkeypatch):
    url = "postgres://u@db/x?keepalives_idle=60&sslmode=require&connect_timeout=2"
    read = options(monkeypatch, url)
    assert {name: str(read[name]) for name in ("keepalives_idle", "connect_timeout")} == {
        "keepalives_idle": "60",
        "connect_timeout": "2",
    }
    assert read["sslmode"] == "require"
    assert read["keepalives_count"] == 3


def test_a_socket_in_the_file_system(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u@%2Fvar%2Frun%2Fpostgresql/x")
    database = read_database(Env(), Path("/nowhere"))
    assert (database["HOST"], database["NAME"]) == ("/var/run/postgresql", "x")
