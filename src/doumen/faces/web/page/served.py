"""A page at its address: who comes, what it shows, as HTML or as JSON, and what its forms do.

Work is done in the places that all requests share. A form that goes wrong shows its page again,
with what was typed and what went wrong; one that went well sends the browser on (303).
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from doumen.faces.languages import catalogue, negotiated, understood
from doumen.faces.web import problems, uploads
from doumen.faces.web.outer import Gone
from doumen.faces.web.page import cookies, draw, guard
from doumen.faces.web.page.entered import entered
from doumen.faces.web.page.frame import framed
from doumen.faces.web.page.noun import Away, Done, Page, Reply, View
from doumen.faces.web.page.visit import Visit
from doumen.faces.web.uploads import FORM, Folder
from doumen.faces.web.verb import House, media_of, sized
from doumen.model.errors import INTERNAL, DoumenError, Invalid
from doumen.model.message import msg
from doumen.rooms.protect.tokens import Bearer

URLENCODED = "application/x-www-form-urlencoded"
BUTTON = "do"
"""Name of the button that says which form was sent."""
_SMALL = 1024


@dataclass(frozen=True, slots=True)
class Served:
    """One page as an application.

    Attributes:
        house: Gives the service.
        page: The page.
        twin: Whether it is served as JSON.
    """

    house: Callable[[], House]
    page: Page
    twin: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; people are told on a page what goes wrong, machines in JSON."""
        house = self.house()
        scope["state"]["line"].said["page"] = self.page.path
        try:
            answer = await self._come(house, scope, receive)
        except Gone:
            raise
        except Exception as error:
            if self.twin:
                raise
            answer = _wrong(self.page, house, scope, error)
        await answer(scope, receive, send)

    async def _come(self, house: House, scope: Scope, receive: Receive) -> Response:
        bearer = await house.work.at_door(lambda: entered(house, Request(scope).cookies))
        if bearer is not None:
            line = scope["state"]["line"]
            line.said |= {"actor": bearer.actor, "token": bearer.token}
            house.rate.take(bearer.token)
        elif not self.page.open:
            return self._stranger(scope)
        if scope["method"] != "POST":
            async with house.work.attended(receive) as attended:
                return await attended.do(lambda: self._look(visit_of(house, scope, bearer), scope))
        folder, begun = Folder(), time.monotonic()
        try:
            form = await self._form(house, scope, receive, folder, known=bearer is not None)
            async with house.work.attended(receive) as attended:
                visit = replace(visit_of(house, scope, bearer), form=form, folder=folder)
                answer = await attended.do(lambda: self._act(visit, scope))
            if answer.status_code >= 400:
                await asyncio.sleep(max(0.0, self.page.floor - (time.monotonic() - begun)))
            return answer
        except DoumenError as error:
            raise folder.hidden(error) from None
        finally:
            await house.work.at_door(folder.close)

    def _look(self, visit: Visit, scope: Scope) -> Response:
        return self._twin(visit) if self.twin else Drawing(self.page, visit, scope).shown()

    def _stranger(self, scope: Scope) -> Response:
        """The way to the sign-in for people; machines are told."""
        if self.twin or scope["method"] != "GET":
            raise problems.unauthenticated()
        here = _address(scope)
        return RedirectResponse("/signin" if here == "/" else f"/signin?next={quote(here)}", 303)

    async def _form(
        self, house: House, scope: Scope, receive: Receive, folder: Folder, *, known: bool
    ) -> Mapping[str, Sequence[Any]]:
        """What was sent; files of somebody who is not signed in only as far as a form is long."""
        media = media_of(scope)
        if media not in {FORM, URLENCODED}:
            raise problems.wrong_media(msg("It takes a form of its page."), 415)
        uploading = media == FORM and known
        most = house.terms.upload if uploading else house.terms.body
        request = sized(scope, uploads.bounded(receive, house.terms, most), most)
        fields = await uploads.form(request)
        chosen = FormData([pair for pair in fields.multi_items() if not _empty(pair[1])])
        try:
            return await house.work.at_door(lambda: uploads.parts(chosen, folder.keep))
        finally:
            await fields.close()

    def _act(self, visit: Visit, scope: Scope) -> Response:
        here = Drawing(self.page, visit, scope)
        action = self.page.actions.get(visit.given(BUTTON))
        if action is None:
            raise _no_action()
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        guard.check(
            cookies.bound(visit.cookies), visit.given(guard.FIELD), headers, headers.get("host", "")
        )
        try:
            return here.answered(action(visit))
        except DoumenError as error:
            return here.shown(error if visit.folder is None else visit.folder.hidden(error))

    def _twin(self, visit: Visit) -> Response:
        found = self.page.view(visit)
        if not isinstance(found, View):
            raise problems.no_route()
        return Response(problems.encoded(found.body), media_type="application/json")


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


def _empty(value: UploadFile | str) -> bool:
    """Whether it is a field for a file in which none was chosen."""
    return isinstance(value, UploadFile) and not value.filename


def visit_of(house: House, scope: Scope, bearer: Bearer | None) -> Visit:
    """The visit that a request is."""
    request = Request(scope)
    language = _language(request)
    given = request.query_params.get("purpose", request.cookies.get(cookies.PURPOSE, ""))
    purpose = unquote(given) or None
    visit = Visit(
        house=house,
        session=None,
        bearer=bearer,
        path=dict(request.path_params),
        query={name: request.query_params.getlist(name) for name in request.query_params},
        language=language,
        say=catalogue(language),
        cookies=request.cookies,
        address=_address(scope),
        base=f"{request.url.scheme}://{request.url.netloc}",
        client=request.client.host if request.client else "",
    )
    if bearer is None:
        return visit
    session = house.node.session(bearer.actor, None)
    actor = session.desk.actor
    if purpose is None or not (actor.is_owner or purpose in actor.purposes):
        return replace(visit, session=session)
    session = house.node.session(bearer.actor, purpose)
    return replace(visit, session=session, purpose=purpose)


def _wrong(page: Page, house: House, scope: Scope, error: Exception) -> Response:
    """The page of an error that came before, or in place of, the page itself."""
    problem = problems.told(error)
    if problem.error.code == INTERNAL:
        scope["state"]["line"].failed(error)
    visit = visit_of(house, scope, None)
    response = Drawing(page, visit, scope).wrong(problem.error, problem.status)
    for name, value in problem.headers.items():
        if name != "WWW-Authenticate":
            response.headers[name] = value
    return response


def _language(request: Request) -> str:
    """The language that the address, the cookie or the browser asks for, in that order."""
    for said in (request.query_params.get("lang"), request.cookies.get(cookies.LANGUAGE)):
        found = understood(said) if said else None
        if found is not None:
            return found
    return negotiated(request.headers.get("accept-language", ""))


def _address(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return quote(scope["path"], safe="/@:~.-_") + (f"?{query}" if query else "")


def _packed(body: bytes, scope: Scope, status: int) -> Response:
    headers = {**guard.HEADERS, "Vary": "Accept-Encoding, Accept-Language, Cookie"}
    taken = Request(scope).headers.get("accept-encoding", "")
    if len(body) > _SMALL and "gzip" in taken:
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type="text/html")


def _add(response: Response, header: tuple[str, str]) -> None:
    response.headers.append(*header)


def _no_action() -> DoumenError:
    return Invalid(
        msg("The page has no form of this kind."),
        next=msg("Load the page again."),
        detail="form",
    )
