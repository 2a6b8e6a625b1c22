"""Signing in, in a real browser: by a link, a password, and a provider that nobody here wrote."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Open
from tests.served import Server, serve

import doumen
from doumen.rooms.protect.signin import codes
from doumen.session import Node, create

GOOD = "several words not together"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider of identity: oidc-provider-mock, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        try:
            httpx2.get(f"{base}/.well-known/openid-configuration", timeout=5)
            break
        except httpx2.HTTPError:
            assert process.poll() is None, "the provider ended"
            assert time.monotonic() < until, "the provider does not come up"
            time.sleep(0.1)
    yield base
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, everywhere: str, issuer: str) -> Iterator[Node]:
    """A node that lets people in by the provider."""
    folder = tmp_path_factory.mktemp("signin")
    create(folder / "node", "Port")
    settings = folder / "node" / "doumen.toml"
    text = settings.read_text("utf-8").replace('reach = "public"', 'reach = "loopback"')
    settings.write_text(text, "utf-8")
    document, secret = folder / "mock.yaml", folder / "secret"
    document.write_text(
        f"name: mock\ntitle: The bureau\nissuer: {issuer}\nclient: doumen\nactor: sub\n", "utf-8"
    )
    secret.touch(0o600)
    secret.write_text("any", "utf-8")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("provider set", file=document, secret_file=secret)
        owner.do("actor add", name="ana")
        yield node


@pytest.fixture(scope="module")
def server(node: Node) -> Iterator[Server]:
    running = serve(node.directory, "--rate", "10000")
    yield running
    running.close()


def test_by_a_provider_and_out_of_both(browser: Browser, server: Server, issuer: str) -> None:
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{server.url}/d")
        page.get_by_role("link", name="The bureau").click()
        page.wait_for_url(f"{issuer}/**")
        page.locator("input[name=sub]").fill("ling")
        page.get_by_role("button", name="Authorize").click()
        page.wait_for_url(f"{server.url}/d")
        expect(page.get_by_role("status")).to_contain_text("signed in as")
        (cookie,) = [c for c in context.cookies() if c["name"] == "doumen_session"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
        assert "doumen_flow" not in {c["name"] for c in context.cookies()}
        page.get_by_label("Account of ling").click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("link", name="Sign out there too").click()
        page.wait_for_url(f"{issuer}/**")
        page.goto(f"{server.url}/d")
        assert "/signin?next=/d" in page.url


def test_by_a_provider_that_is_denied(browser: Browser, server: Server, issuer: str) -> None:
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{server.url}/signin")
        page.get_by_role("link", name="The bureau").click()
        page.get_by_role("button", name="Deny").click()
        page.wait_for_url(f"{server.url}/signin/from/mock**")
        expect(page.get_by_role("alert")).to_contain_text("You are not signed in")


def test_by_an_invitation_then_a_password_with_a_code(
    node: Node, server: Server, opened: Open, browser: Browser
) -> None:
    made = node.session().do("account set", name="ana", invite=True).json
    page = opened(server.url + str(made["url"]).partition("8470")[2])
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("Once more").fill(GOOD)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url(f"{server.url}/")
    ana = node.session("ana")
    begun = ana.do("account totp").json
    seed = _seed(begun["uri"])
    step = int(time.time()) // 30
    ana.do("account totp", enrolment=begun["enrolment"], code=codes.code_at(seed, step - 1))
    with browser.new_context(locale="en-GB") as context:
        other = context.new_page()
        other.goto(f"{server.url}/signin")
        _fill(other, codes.code_at(seed, step - 1))
        expect(other.get_by_role("alert")).to_contain_text("You are not signed in")
        _fill(other, codes.code_at(seed, int(time.time()) // 30))
        other.wait_for_url(f"{server.url}/")
        expect(other.get_by_role("status")).to_contain_text("Since then 1")


def test_the_owner_comes_by_a_link(node: Node, server: Server, opened: Open) -> None:
    made = node.session().do("session link").json
    page = opened(server.url + str(made["url"]).partition("8470")[2])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}/")
    expect(page.get_by_role("status")).to_contain_text("owner")


def _fill(page: Page, code: str) -> None:
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(GOOD)
    page.get_by_label("Code of your app").fill(code)
    page.get_by_role("button", name="Sign in").click()


def _seed(uri: str) -> bytes:
    return base64.b32decode(uri.partition("secret=")[2].partition("&")[0])
