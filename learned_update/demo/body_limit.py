"""Requests whose body is larger than a limit are refused while they come."""

import json


class BodyLimit:
    """An ASGI application in front of another.

    Args:
        app: the other.
        most: bytes of a body.
        text: of the answer to a larger one, whose status is 413.
    """

    def __init__(self, app, most, text):
        self._app = app
        self._most = most
        self._text = text

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._most:
            await self._refuse(send)
            return
        left, begun = self._most, False

        async def counted():
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _TooLarge
            return message

        async def noted(message):
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLarge:
            if not begun:
                await self._refuse(send)

    async def _refuse(self, send):
        body = json.dumps({"detail": self._text}).encode()
        head = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": head})
        await send({"type": "http.response.body", "body": body})


class _TooLarge(Exception):
    pass
