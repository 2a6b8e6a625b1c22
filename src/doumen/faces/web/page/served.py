"""A page at its address: who comes, what is asked of it, and what its forms do.

Work is done in the places that all requests share. How the answer looks is left to `answered`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from doumen.faces.web import problems, uploads
from doumen.faces.web.outer import Gone
from doumen.faces.web.page import cookies, guard
from doumen.faces.web.page.answered import Drawing
from doumen.faces.web.page.entered import address_of, entered, visit_of
from doumen.faces.web.page.noun import Page, View
from doumen.faces.web.page.visit import Visit
from doumen.faces.web.uploads import FORM, Folder
from doumen.faces.web.verb import House, media_of, sized
from doumen.model.errors import INTERNAL, DoumenError, Invalid, Refused
from doumen.model.message import msg

URLENCODED = "application/x-www-form-urlencoded"
BUTTON = "do"
"""Name of the button that says which form was sent."""


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
        """The way to the sign-in for people; machines are told.

        A form that comes after the end of a sign-in is told so: it is sent again by going back.
        """
        if self.twin:
            raise problems.unauthenticated()
        if scope["method"] != "GET":
            raise problems.Problem(_signed_out(), 401)
        here = address_of(scope)
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


def _empty(value: UploadFile | str) -> bool:
    """Whether it is a field for a file in which none was chosen."""
    return isinstance(value, UploadFile) and not value.filename


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


def _signed_out() -> DoumenError:
    return Refused(
        msg("You are not signed in any more, so the form did nothing."),
        why=msg("The sign-in ended, or was ended elsewhere."),
        next=msg("Sign in, go back to the form, load it again and send it."),
        detail="signed-out",
    )


def _no_action() -> DoumenError:
    return Invalid(
        msg("The page has no form of this kind."),
        next=msg("Load the page again."),
        detail="form",
    )
