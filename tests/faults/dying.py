"""Dying between COMMIT and the answer, which nobody could hit from outside."""

import os
import signal

HEADER = "X-Die"


class Dying:
    """Stands first, so that the request is done in every respect. Names the process to all."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if HEADER in request.headers:
            os.kill(os.getpid(), signal.SIGKILL)
        response["X-Process"] = str(os.getpid())
        return response
