"""What a page gave, as an answer: drawn in its frame, a file, or the way on.

A form that goes wrong shows its page again, with what was typed and what went wrong; one that went
well sends the browser on (303), with what it says in a cookie that is read once.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from doumen.faces.web import problems
from doumen.faces.web.page import cookies, draw, guard
from doumen.faces.web.page.frame import framed
from doumen.faces.web.page.noun import Away, Done, Page, Reply, View
from doumen.faces.web.page.visit import Visit
from doumen.model.errors import DoumenError

_SMALL = 1024


@dataclass(frozen=True, slots=True)
class Drawing:
    """A page that is drawn for one visit."""

    page: Page
    visit: Visit
    scope: Scope

    def shown(self, error: DoumenError | None = None) -> Response:
        """The page as it is; with an error, where a form of it went wrong."""
        try:
            found = self.page.view(self.visit)
        except DoumenError as failed:
            return self.wrong(error or failed)
        return self.answered(found, error)

    def answered(
        self, found: View | Done | Reply | Away, error: DoumenError | None = None
    ) -> Response:
        """What a view or a form gave, as an answer."""
        if isinstance(found, Done):
            return self._sent_on(found)
        if isinstance(found, Away):
            response: Response = RedirectResponse(found.where, 303, headers=dict(guard.HEADERS))
            for header in found.headers:
                _add(response, header)
            return response
        if isinstance(found, Reply):
            headers = dict(guard.HEADERS)
            if found.name is not None:
                name = quote(found.name)
                headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
            return Response(found.content, media_type=found.media, headers=headers)
        status = 200 if error is None else problems.told(error).status
        return self._html(found, found.template or self.page.template, status, error)

    def wrong(self, error: DoumenError, status: int | None = None) -> Response:
        """The page that tells an error, in place of the one that was asked for."""
        status = status or problems.told(error).status
        body = {"status": status, "request": self.scope["state"]["line"].request}
        return self._html(View(error.what, body), "frame/wrong.html", status, error)

    def _html(self, view: View, template: str, status: int, error: DoumenError | None) -> Response:
        visit = self.visit
        known = cookies.bound(visit.cookies)
        bound = known or cookies.guest()
        news = cookies.read_news(visit.cookies.get(cookies.NEWS, ""), bound)
        frame = framed(self.page, view, visit, bound=bound, news=news, error=error)
        text = draw.drawn(visit.language, template, {**view.body, "frame": frame})
        secure = visit.secure
        response = _packed(text.encode("utf-8", "replace"), self.scope, status)
        response.headers["Content-Language"] = visit.language
        if error is not None:
            self.scope["state"]["line"].said["code"] = error.code
        if not known:
            _add(response, cookies.cookie(cookies.GUEST, bound, seconds=None, secure=secure))
        if cookies.NEWS in visit.cookies:
            _add(response, cookies.cookie(cookies.NEWS, "", seconds=0, secure=secure))
        return response

    def _sent_on(self, done: Done) -> Response:
        response = RedirectResponse(guard.local(done.where), 303, headers=dict(guard.HEADERS))
        for header in done.headers:
            _add(response, header)
        folder = self.visit.folder
        said = done.said if folder is None else tuple(map(folder.hide, done.said))
        news = cookies.news(said, cookies.bound(self.visit.cookies)) if said else ""
        if news:
            header = cookies.cookie(cookies.NEWS, news, seconds=60, secure=self.visit.secure)
            _add(response, header)
        return response


def _packed(body: bytes, scope: Scope, status: int) -> Response:
    headers = {**guard.HEADERS, "Vary": "Accept-Encoding, Accept-Language, Cookie"}
    taken = Request(scope).headers.get("accept-encoding", "")
    if len(body) > _SMALL and "gzip" in taken:
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type="text/html")


def _add(response: Response, header: tuple[str, str]) -> None:
    response.headers.append(*header)
