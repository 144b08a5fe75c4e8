"""How log lines look: as text, or one JSON object each. Neither holds personal data."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from config.log_filters import without_personal_data
from config.observing import request_id


class Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = without_personal_data(super().format(record))
        return f"{line} [{found}]" if (found := request_id.get()) else line


class Json(logging.Formatter):
    """{"time", "level", "logger", "message"} and, where there is one, "request", "exception"."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_personal_data(record.getMessage()),
        }
        if found := request_id.get():
            said["request"] = found
        said |= getattr(record, "fields", {})
        if record.exc_info:
            said["exception"] = without_personal_data(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False, default=str)
