"""The address of a lake in a bucket: what may be written, and what is refused."""

from __future__ import annotations

import pytest

from doumen.model.errors import Invalid
from doumen.stores.lake.bucket import Address


def test_a_bucket_alone_is_enough() -> None:
    found = Address.parse("s3://lake")
    assert found == Address("lake", "")
    assert not found.in_path
    assert found.asked is None


def test_all_of_it() -> None:
    found = Address.parse(
        "s3://lake/a/%E8%BF%90/?endpoint=https://s3.example:9000&region=cn-north-1&path_style=false"
    )
    assert found == Address(
        "lake", "a/运", "https://s3.example:9000", "cn-north-1", path_style=False
    )
    assert found.asked == "https://lake.s3.example:9000"
    plain = Address.parse("s3://lake?endpoint=https://s3.example/")
    assert (plain.in_path, plain.asked) == (True, "https://s3.example")


def test_the_environment_says_what_the_address_leaves_open() -> None:
    said = {
        "AWS_ENDPOINT_URL": "https://other.example",
        "AWS_ENDPOINT_URL_S3": "https://s3.example",
    }
    found = Address.parse("s3://lake").within(said)
    assert (found.asked, found.in_path) == ("https://s3.example", True)
    named = Address.parse("s3://lake?endpoint=https://mine.example")
    assert named.within(said) is named
    with pytest.raises(Invalid) as raised:
        Address.parse("s3://lake").within({"AWS_ENDPOINT_URL": "http://10.0.0.5"})
    assert raised.value.code == "invalid.tls"


def test_what_may_be_keys_is_not_said_again() -> None:
    for text in ("s3://lake?secret_access_key=hush", "s3://lake?endpoint=https://a:hush@h"):
        with pytest.raises(Invalid) as raised:
            Address.parse(text)
        assert "hush" not in str(raised.value.as_json())


@pytest.mark.parametrize(
    "text",
    [
        "s3://", "s3://a", "s3:///x", "s3://lake/../x", "s3://lake/a//b", "s3://lake/a?x=1",
        "s3://lake?endpoint=ftp://h", "s3://lake?endpoint=https://h/path", "s3://lake?endpoint=",
        "s3://lake?endpoint=http://[", "s3://lake?path_style=yes", "s3://la ke/x",
        "s3://lake/a#b", "s3://lake#b",
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        Address.parse(text)
    assert raised.value.code == "invalid.lake"


def test_keys_do_not_belong_into_it() -> None:
    with pytest.raises(Invalid) as raised:
        Address.parse("s3://key:secret@lake/x")
    assert "secret" not in str(raised.value.as_json())


def test_without_tls_only_on_this_machine_or_on_demand() -> None:
    assert Address.parse("s3://lake?endpoint=http://127.0.0.1:8333").endpoint
    assert Address.parse("s3://lake?endpoint=http://minio:9000&allow_http=true").allow_http
    with pytest.raises(Invalid) as raised:
        Address.parse("s3://lake?endpoint=http://minio:9000")
    assert raised.value.code == "invalid.tls"
