"""The page: its fields, and which function each of them calls."""

import pathlib

import gradio as gr
from gradio.utils import get_upload_folder

from learned_update.demo import handlers
from learned_update.demo.learning.settings import UNITS
from learned_update.demo.pictures.panel import EMPTY
from learned_update.demo.uploads.limits import MOST_STEPS
from learned_update.demo.uploads.reading import AUTOMATIC
from learned_update.zoo import list_rules

TOGETHER = 2  # visitors whose computations run at once; others wait in a queue
WAITING = 20  # who may wait
SIDES = (
    ("automatic", AUTOMATIC),
    *((f"{side} x {side}", side) for side in (14, 28, 32)),
)
NO_LABELS = -1
STYLE = pathlib.Path(__file__).parent / "style.css"
HEADER = """<header class="lu-header"><h1>learned_update</h1>
<p>Features of your unlabelled data, by a learning rule that was itself learned.</p>
</header>"""


class Page:
    """Layout and events.

    Args:
        visits: `Visits`.
        limits: `Limits`.
        steps: inner steps that the page proposes.
    """

    def __init__(self, visits, limits, steps):
        self._visits = visits
        self._limits = limits
        with gr.Blocks(title="learned_update", analytics_enabled=False) as self.blocks:
            gr.HTML(HEADER)
            with gr.Row(elem_classes="lu-columns"):
                with gr.Column(scale=3, min_width=300):
                    self._data_fields()
                    self._learning_fields(steps)
                with gr.Column(scale=7, min_width=300):
                    self._panel = gr.HTML(EMPTY, elem_id="panel")
            self._bind()
        self.blocks.queue(default_concurrency_limit=TOGETHER, max_size=WAITING)

    def _data_fields(self):
        self._files = gr.File(
            label=f"Data, up to {self._limits.megabytes} MB",
            file_count="multiple",
            height=150,
            elem_id="files",
        )
        self._files.async_move_resource_to_block_cache = only_uploads
        self._digits = gr.Button("Try handwritten digits", size="sm", elem_id="digits")
        self._summary = gr.HTML(elem_id="summary")
        self._label = gr.Dropdown(
            label="Labels",
            info="For colours and accuracy; nothing is learned from them.",
            visible=False,
            elem_id="label",
        )
        self._side = gr.Dropdown(
            SIDES,
            value=AUTOMATIC,
            label="Size of images",
            visible=False,
            elem_id="side",
        )

    def _learning_fields(self, steps):
        rules = list_rules()
        self._rule = gr.Dropdown(
            list(rules), value=rules[0], label="Rule", elem_id="rule"
        )
        self._units = gr.Textbox(
            ", ".join(map(str, UNITS)),
            label="Units",
            info="Widths of the layers; the last is the number of features.",
            max_lines=1,
            elem_id="units",
        )
        self._steps = gr.Slider(
            1,
            MOST_STEPS if steps > 2000 else 2000,
            value=steps,
            step=1,
            label="Inner steps",
            elem_id="steps",
        )
        with gr.Row():
            self._learn = gr.Button("Learn", variant="primary", elem_id="learn")
            self._stop = gr.Button("Stop here", elem_id="stop")

    def _bind(self):
        taken = [self._files, self._summary, self._label, self._side, self._panel]
        chosen = [self._label, self._side]
        self._files.upload(
            self._on_files, self._files, taken, api_name="take", show_progress="minimal"
        )
        self._digits.click(self._on_digits, None, taken, api_name="take_digits")
        for field in chosen:
            field.input(
                self._on_choice, chosen, [self._summary, self._panel], api_name="choose"
            )
        self._learn.click(
            self._on_learn,
            [self._rule, self._units, self._steps],
            self._panel,
            api_name="learn",
            show_progress="minimal",
        )
        self._stop.click(self._on_stop, None, None, api_name="stop", queue=False)
        self.blocks.unload(self._on_leaving)

    def _visit(self, request):
        return self._visits.of(request.session_hash)

    def _on_files(self, paths, request: gr.Request):
        html, columns, label = handlers.take(
            self._visit(request), paths or [], self._limits
        )
        return (
            None,
            html,
            gr.Dropdown(
                choices=[("none", NO_LABELS)]
                + [(x.name or f"column {x.index + 1}", x.index) for x in columns],
                value=NO_LABELS if label is None else label,
                visible=bool(columns),
            ),
            gr.Dropdown(value=AUTOMATIC, visible=self._are_images(request)),
            EMPTY,
        )

    def _are_images(self, request):
        kept = self._visit(request).kept
        return kept is not None and kept.kind == handlers.IMAGES

    def _on_digits(self, request: gr.Request):
        html = handlers.take_digits(self._visit(request))
        hidden = gr.Dropdown(visible=False)
        return None, html, hidden, hidden, EMPTY

    def _on_choice(self, label, side, request: gr.Request):
        label = None if label in (None, NO_LABELS) else int(label)
        return handlers.read_again(self._visit(request), label, int(side)), EMPTY

    def _on_learn(self, rule, units, steps, request: gr.Request):
        yield from handlers.learn(self._visit(request), rule, units, steps)

    def _on_stop(self, request: gr.Request):
        self._visit(request).stopping = True

    def _on_leaving(self, request: gr.Request):
        self._visits.end(request.session_hash)


async def only_uploads(path):
    """Returns the path of an upload; raises `gr.Error` for another file or an address.

    Gradio itself checks that of a page which it launches, but not of one that is
    mounted: there it copies what a visitor names.
    """
    uploads = pathlib.Path(get_upload_folder()).resolve()
    if not pathlib.Path(path).resolve().is_relative_to(uploads):
        raise gr.Error("This file was not uploaded here.", print_exception=False)
    return str(path)
