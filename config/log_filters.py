"""What must not be written into logs."""

import logging
import re

# The links of signers: who has one can act for them.
_TOKENS = re.compile(r"/(confirm|signature|unsubscribe|petitions/preview|demo/mail)/[^/\s'\"]+")


class WithoutTokens(logging.Filter):
    """Cut the secret out of the addresses of token pages."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cut = _TOKENS.sub(r"/\1/…", message)
        if cut != message:
            record.msg, record.args = cut, ()
        return True
