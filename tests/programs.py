"""Where a server's program is on this machine."""

import os
import shutil

SERVERS = {"redis": "redis-server", "pgbouncer": "pgbouncer"}  # marker → program
# Debian keeps PgBouncer where not everybody's PATH leads.
_BESIDE = "/usr/sbin"


def find_program(name: str) -> str | None:
    """Its path."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}{_BESIDE}")
