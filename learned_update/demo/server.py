"""The server of the page: on which address, how long its files live."""

import contextlib
import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import threading
import time

from learned_update.demo.gate import Gate
from learned_update.demo.handlers import DOWNLOADS
from learned_update.demo.uploads.limits import MEGABYTE
from learned_update.demo.uploads.notes import listening
from learned_update.demo.visits import Visits
from learned_update.errors import Stopped, describe, invalid

FONTS = ("system-ui", "sans-serif"), ("ui-monospace", "monospace")
FORM = MEGABYTE // 2  # bytes of a request around the files
KEPT = 600  # seconds that an upload is kept beside the visit that linked it
SWEPT = 60  # seconds between two looks
CLOSED = "The page is closed; what was uploaded is removed."
_ENVIRONMENT = {  # of Gradio and of what it brings, before they are imported
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}


def serve(host, port, limits, steps):
    """Serves the page until Ctrl-C or SIGTERM.

    Args:
        host: address that is listened on.
        port: likewise; 0 for one that is free.
        limits: `Limits`.
        steps: inner steps that the page proposes.

    Raises:
        ValueError: Gradio is not installed.
        OSError: the address cannot be had.
        Stopped: after SIGTERM.
    """
    check_installed()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(_listener(host, port))
        folder = pathlib.Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(
                    prefix="learned-update-demo-", ignore_cleanup_errors=True
                )
            )
        )
        stack.enter_context(listening())
        stack.enter_context(_swept(folder / "uploads"))
        app = application(folder, limits, steps)
        address = listener.getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        print(f"The page is at http://{shown}:{address[1]} (Ctrl-C closes it).")
        _run(app, listener)


def check_installed():
    """Raises `ValueError` if a package that the page needs is missing."""
    if importlib.util.find_spec("gradio") is None:
        raise invalid(
            "The page needs Gradio, which is not installed.",
            expected="the packages of the extra `demo`",
            received="an environment without the package gradio",
            remedy='Install them: pip install "learned-update[demo]".',
        )


def application(folder, limits, steps):
    """The page as an ASGI application.

    Args:
        folder: for all files, which the caller removes.
        limits: `Limits`.
        steps: inner steps that the page proposes.
    """
    os.environ.update(_ENVIRONMENT, GRADIO_TEMP_DIR=str(folder / "uploads"))
    import fastapi
    import gradio as gr

    from learned_update.demo.page import STYLE, Page

    (folder / "visits").mkdir()
    visits = Visits(folder / "visits")
    app = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(f"/{DOWNLOADS}/{{token}}/{{name}}")
    def download(token: str, name: str):
        path = visits.file(token, name)
        if path is None or not path.is_file():
            raise fastapi.HTTPException(404, "There is no such file any more.")
        return fastapi.responses.FileResponse(
            path, filename=name, media_type="application/octet-stream"
        )

    gr.mount_gradio_app(
        app,
        Page(visits, limits, steps).blocks,
        path="",
        max_file_size=limits.bytes,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=True,
        theme=gr.themes.Default(
            primary_hue="indigo", font=FONTS[0], font_mono=FONTS[1]
        ),
        css=STYLE.read_text(encoding="utf-8"),
    )
    text = describe(
        "What was dropped is too large.",
        expected=f"at most {limits.megabytes} MB in all",
        received="more",
        remedy="Give fewer or smaller files, or start the page with a larger "
        "--max_megabytes.",
    )
    return Gate(app, limits.bytes + FORM, text)


def sweep(folder, age):
    """Removes files that nobody has touched for some seconds, and empty folders."""
    now = time.time()
    for path in sorted(pathlib.Path(folder).rglob("*"), reverse=True):
        with contextlib.suppress(OSError):  # somebody else was faster
            if path.is_dir():
                path.rmdir()
            elif now - path.stat().st_ctime > age:
                path.unlink()


@contextlib.contextmanager
def _swept(folder):
    """Keeps a folder of uploads from growing, in a thread."""
    folder.mkdir()
    done = threading.Event()

    def work():
        while not done.wait(SWEPT):
            sweep(folder, KEPT)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        shutil.rmtree(folder, ignore_errors=True)


def _listener(host, port):
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
            stack.pop_all()
    except OSError as error:
        raise OSError(
            describe(
                "The page cannot be served there.",
                expected="an address of this machine, and a port that is free",
                received=f"--host {host} --port {port}: {error.strerror}",
                remedy="Give another --port, or --port 0 for one that is free.",
            )
        ) from error
    return listener


def _run(app, listener):
    """Runs the event loop until a signal; then files are removed as after an error."""
    import uvicorn

    def stopped(number, _):
        raise Stopped(CLOSED, number)

    before = signal.signal(signal.SIGTERM, stopped)
    config = uvicorn.Config(
        app, log_level="critical", timeout_graceful_shutdown=1, lifespan="on"
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except Stopped:
        raise
    except KeyboardInterrupt:
        print(f"\n{CLOSED}")
    finally:
        signal.signal(signal.SIGTERM, before)
