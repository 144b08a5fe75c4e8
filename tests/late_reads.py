"""What a kept part of a page asks the database for, although its key does not know it.

Such a part would stay as it is when that changes (supporters.kept), and no other test sees it:
Django reads a column, or a row beside it, at that moment. Here it is a mistake in every test, unless
another process does it.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper

from supporters.kept import Kept


@contextmanager
def refused() -> Iterator[None]:
    """Raises AssertionError where what is made to be kept reads something late."""
    get, execute = Kept.get, CursorWrapper.execute
    of_thread = threading.local()  # the late statements of each part that is being made

    def getting(kept: Kept[Any], key: Hashable, make: Callable[[], Any]) -> Any:
        def making() -> Any:
            parts = of_thread.__dict__.setdefault("parts", [])
            parts.append([])
            try:
                made = make()
            finally:
                late = parts.pop()
            if late:  # not before: {% if %} takes any exception for "no"
                raise AssertionError(
                    f"What is kept asks for what its key does not know: {late[0]}. Read it with"
                    " the row (supporters.petition_page)."
                )
            return made

        return get(kept, key, making)

    def executing(cursor: Any, sql: Any, *args: Any, **options: Any) -> Any:
        if parts := of_thread.__dict__.get("parts"):
            parts[-1].append(sql)
        return execute(cursor, sql, *args, **options)

    Kept.get = getting  # type: ignore[method-assign]
    CursorWrapper.execute = executing  # type: ignore[method-assign]
    try:
        yield
    finally:
        Kept.get = get  # type: ignore[method-assign]
        CursorWrapper.execute = execute  # type: ignore[method-assign]
