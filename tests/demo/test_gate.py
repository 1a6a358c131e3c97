"""Requests of other pages, and bodies over the limit, declared or not."""

import asyncio
import json

import pytest

from learned_update.demo.gate import Gate


def _answer(pieces, headers=(), most=10, scheme="http", reads=None):
    """Messages sent, and what the application behind read."""
    read, sent = [], []
    waiting = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    waiting.append({"type": "http.request"})

    async def app(scope, receive, send):
        for _ in range(reads or len(pieces)):
            read.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": scheme, "headers": list(headers)}
    asyncio.run(Gate(app, most, "at most 10")(scope, receive, send))
    return sent, read


def test_a_small_body_passes():
    sent, read = _answer([b"12345", b"67890"])
    assert sent[0]["status"] == 200
    assert read == [b"12345", b"67890"]


@pytest.mark.parametrize("length", [b"11", b"-1", b"many"])
def test_a_declared_body_is_not_read(length):
    sent, read = _answer([b"12345678901"], [(b"content-length", length)])
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"]) == {"detail": "at most 10"}
    assert read == []


def test_an_undeclared_body_is_read_up_to_the_limit():
    sent, read = _answer([b"123456", b"123456", b"never"])
    assert [message.get("status") for message in sent] == [413, None]
    assert read == [b"123456"]


def test_other_errors_are_not_hidden():
    with pytest.raises(KeyError, match="body"):
        _answer([b"1"], reads=2)


def test_what_is_no_request_passes():
    sent, _ = _answer([], scheme="lifespan")
    assert sent[0]["status"] == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (b"http://127.0.0.1:7860", 200),
        (b"https://127.0.0.1:7860", 200),
        (b"http://127.0.0.1:7861", 403),
        (b"https://example.com", 403),
        (b"null", 403),
    ],
)
def test_requests_of_other_pages_are_refused(origin, status):
    headers = [(b"host", b"127.0.0.1:7860"), (b"origin", origin)]
    sent, read = _answer([b"1"], headers)
    assert sent[0]["status"] == status
    assert read == ([b"1"] if status == 200 else [])
