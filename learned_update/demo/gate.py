"""Requests that are let in: of the page itself, with bodies up to a limit."""

import json

HEARD_OUT = 20  # times the limit, of a body that is refused
FOREIGN = "This request comes from another page."


class Gate:
    """An ASGI application in front of another.

    A browser lets any page send files here, and says in the header `Origin` which page
    did; programs send none. A body that is too large is refused while it comes.

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
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is not None and origin.split(b"//")[-1] != headers.get(b"host"):
            await _refuse(send, 403, FOREIGN)
            return
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._most:
            await self._discard(receive)
            await _refuse(send, 413, self._text)
            return
        left, begun, refused = self._most, False, False

        async def counted():
            nonlocal left, refused
            message = await receive()
            left -= len(message.get("body", b""))
            if left >= 0:
                return message
            if not (refused or begun):
                refused = True
                await self._discard(receive, message)
                await _refuse(send, 413, self._text)
            refused = True
            return {"type": "http.disconnect"}

        async def unless_refused(message):
            nonlocal begun
            if not refused:
                begun = True
                await send(message)

        try:
            await self._app(scope, counted, unless_refused)
        except Exception:  # that nobody is there any more
            if not refused:
                raise

    async def _discard(self, receive, message=None):
        """Reads on, since who still sends does not hear; not for ever."""
        left = HEARD_OUT * self._most
        while left > 0 and (message is None or message.get("more_body")):
            message = await receive()
            left -= len(message.get("body", b""))


async def _refuse(send, status, text):
    body = json.dumps({"detail": text}).encode()
    head = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
