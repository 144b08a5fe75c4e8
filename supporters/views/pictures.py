"""The files of pictures, handed out by the site itself."""

from csp.constants import NONE
from csp.decorators import csp
from django.core.files.storage import default_storage
from django.db.models import Case, F, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from petitions import pictures
from petitions.models import Petition, PetitionDraft
from petitions.states import PUBLIC, Status

# A file never changes under its name, so browsers need not ask again. Shared caches ask each hour,
# so that what a moderator hid is gone from them too.
# One of a draft is for whoever was given the preview, and not to be kept.
FOR_EVER = "public, max-age=31536000, s-maxage=3600, immutable"


@require_safe
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """One statement: 404 without a petition or draft that shows it, 410 while it is hidden, or its
    petition was rejected for a reason that hides what it shows."""
    found = pictures.NAME.fullmatch(name)
    if found is None:
        raise Http404
    jpeg = f"{pictures.FOLDER}{found['stem']}.jpg"
    withheld = Case(When(is_text_withheld=True, then=Value(Status.HIDDEN)), default=F("status"))
    drafts = PetitionDraft.objects.with_picture(jpeg).values_list(Value(Status.DRAFT))
    shown = Petition.objects.with_picture(jpeg).values_list(withheld).union(drafts)
    statuses = {status for (status,) in shown}
    if not statuses:
        raise Http404
    if statuses == {Status.HIDDEN}:
        return HttpResponse(
            "This picture is no longer shown.", content_type="text/plain", status=410
        )
    etag = f'"{name}"'
    response = get_conditional_response(request, etag=etag) or _file(name)
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER if statuses.intersection(PUBLIC) else "private, no-cache"
    return response


def _file(name: str) -> HttpResponse:
    try:
        with default_storage.open(f"{pictures.FOLDER}{name}") as file:
            content = file.read()  # a few hundred kilobytes
    except FileNotFoundError as error:
        raise Http404 from error
    kind = pictures.TYPES[name.rpartition(".")[2]]
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": "inline"})
