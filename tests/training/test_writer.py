"""Checkpoints are written in a thread, whose errors stop the run."""

import threading

import pytest

from learned_update.training.saving.writer import BackgroundWriter


def test_pieces_are_written_in_order_while_others_go_on():
    written, may_go_on = [], threading.Event()
    with BackgroundWriter() as writer:
        writer.submit(lambda: (may_go_on.wait(60), written.append(1)))
        writer.check()
        assert written == []
        may_go_on.set()
        writer.submit(lambda: written.append(2))
        writer.wait()
        assert written == [1, 2]
        writer.submit(lambda: written.append(3))
    assert written == [1, 2, 3]


def fails():
    raise OSError("the disk is full")


@pytest.mark.parametrize("method", ["check", "wait", "submit", "__exit__"])
def test_an_error_is_raised_once_by_the_next_call(method):
    writer = BackgroundWriter()
    writer.submit(fails)
    writer._given.join()
    arguments = {"submit": [fails], "__exit__": [None, None, None]}.get(method, [])
    with pytest.raises(OSError, match="the disk is full"):
        getattr(writer, method)(*arguments)
    writer.check()


def test_the_first_error_is_that_of_the_block():
    def block():
        with BackgroundWriter() as writer:
            writer.submit(fails)
            raise RuntimeError("of the block")

    with pytest.raises(RuntimeError, match="of the block"):
        block()
