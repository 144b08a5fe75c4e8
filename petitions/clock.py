"""The database's clock: one for all processes, whatever the clocks of their machines say.

What is compared with a time that another process has written belongs to it. On SQLite all
processes run on one machine, so that its clock and ours are one.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import functions
from django.utils import timezone


class Moment(functions.Now):
    """The time of the statement, as an expression in it."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # It counts in milliseconds: the next one, or what was written just now were later.
        template = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW', '+0.001 seconds')"
        return self.as_sql(compiler, connection, template=template, **context)


def is_ours() -> bool:
    """Whether it is this process's own. Tests that move the time say yes."""
    return connection.vendor != "postgresql"


def now() -> datetime:
    """The time, to be written down. One short statement on PostgreSQL."""
    if is_ours():
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT STATEMENT_TIMESTAMP()")
        moment: datetime = cursor.fetchone()[0]
    return moment
