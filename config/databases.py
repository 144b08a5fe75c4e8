"""The database that DATABASE_URL names, and how connections to it are kept."""

from pathlib import Path
from typing import Any

from environs import Env, EnvError, validate

# libpq's own, so that PgBouncer never sees them; libpq ignores them for a Unix socket. Without
# them a thread waits two hours for a machine that went without a word.
_FROM_LIBPQ = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,  # seconds of silence until it is asked whether it is there
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds for which what was sent may stay unacknowledged
}


def read_database(env: Env, default: Path) -> dict[str, Any]:
    """For DATABASES. `default`: the file where no DATABASE_URL is given. Raises EnvError."""
    database: dict[str, Any] = dict(env.dj_db_url("DATABASE_URL", f"sqlite:///{default}"))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # BEGIN IMMEDIATE waits for the write lock where a deferred transaction fails half-way with
        # "database is locked"; WAL lets readers go on; FULL keeps what was acknowledged.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        # A file: threads of a test would lock each other up on an in-memory database.
        database["TEST"] = {"NAME": str(default.with_name("test.sqlite3"))}
    elif database["ENGINE"] == "django.db.backends.postgresql":
        database["CONN_MAX_AGE"] = env.int(
            "PETITIONS_CONN_MAX_AGE", 600, validate=validate.Range(min=0)
        )
        database["CONN_HEALTH_CHECKS"] = True
        # PgBouncer in transaction mode gives the next statement another connection, without the
        # cursor.
        database["DISABLE_SERVER_SIDE_CURSORS"] = True
        database["OPTIONS"] = {**_FROM_LIBPQ, **database.get("OPTIONS", {})}
    else:
        raise EnvError("DATABASE_URL must name SQLite (sqlite://) or PostgreSQL (postgres://).")
    return database
