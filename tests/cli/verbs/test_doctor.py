"""`learned-update doctor`, and completion of the command's words."""

import subprocess

import keras
import pytest

from learned_update.cli import main
from learned_update.version import __version__


def test_report(capsys):
    assert main.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["learned_update", __version__]
    (backend,) = [line for line in lines if line.startswith("backend ")]
    assert keras.backend.backend() in backend
    (device,) = [line for line in lines if line.startswith("devices ")]
    assert "cpu:0" in device
    (rule,) = [line for line in lines if line.startswith("rule glyphs ")]
    assert rule.endswith("whole")


def test_bash_completes_verbs_and_options(capsys):
    with pytest.raises(SystemExit):
        main.main(["--print-completion", "bash"])
    script = capsys.readouterr().out

    def completed(*words):
        ask = f"COMP_WORDS=({' '.join(words)!s} ''); COMP_CWORD={len(words)}"
        code = (
            f"{script}\n{ask}\n_shtab_learned_update\nprintf '%s\\n' ${{COMPREPLY[@]}}"
        )
        done = subprocess.run(
            ["bash", "-c", code], capture_output=True, text=True, check=True
        )
        return set(done.stdout.split())

    assert completed("learned-update") >= set(main.VERBS)
    assert completed("learned-update", "rules") >= {"add", "show", "remove"}
