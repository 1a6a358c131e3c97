"""Held-out accuracies on disk, and what a run goes on with."""

import pytest

from learned_update.evaluation.held_out.log import (
    HeldOutScore,
    append_scores,
    best_path,
    best_score,
    read_scores,
    resume_scores,
)

DOMAINS = ("digits", "glyphs")
TRIALS = "0123abcd"


def score(outer_step, domain, accuracy=0.5, best=False):
    return HeldOutScore(
        outer_step=outer_step,
        domain=domain,
        accuracy=accuracy,
        half_width=0.1,
        seconds=0.25,
        best=best,
        worse=False,
        scores=[[accuracy - 0.1 / 3, accuracy + 0.1 / 3]],
        trials=TRIALS,
    )


FIRST = [score(0, "digits", 0.5, best=True), score(0, "glyphs", 0.4, best=True)]
SECOND = [score(4, "digits", 0.6, best=True), score(4, "glyphs", 0.3)]
THIRD = [score(8, "digits", 0.5), score(8, "glyphs", 0.5, best=True)]


@pytest.fixture
def run_dir(tmp_path):
    for scores in (FIRST, SECOND, THIRD):
        append_scores(tmp_path, scores)
    for domain in DOMAINS:
        path = best_path(tmp_path, domain)
        path.parent.mkdir(exist_ok=True)
        path.write_text(domain)
    return tmp_path


def test_scores_are_read_as_they_were_written(run_dir):
    assert read_scores(run_dir) == [*FIRST, *SECOND, *THIRD]
    assert len((run_dir / "held_out.jsonl").read_text().splitlines()) == 6


def test_no_file_holds_no_scores(tmp_path):
    assert read_scores(tmp_path) == []
    assert resume_scores(tmp_path, 0, DOMAINS, TRIALS) == []


def test_nothing_is_dropped_at_the_last_evaluation(run_dir):
    content = (run_dir / "held_out.jsonl").read_bytes()
    assert resume_scores(run_dir, 9, DOMAINS, TRIALS) == [*FIRST, *SECOND, *THIRD]
    assert (run_dir / "held_out.jsonl").read_bytes() == content


def test_later_lines_are_dropped_with_the_best_rules_that_they_stand_for(run_dir):
    kept = resume_scores(run_dir, 7, DOMAINS, TRIALS)
    glyphs = [FIRST[1]._replace(best=False), SECOND[1]]
    assert kept == [FIRST[0], glyphs[0], SECOND[0], glyphs[1]]
    assert read_scores(run_dir) == kept
    assert best_path(run_dir, "digits").is_file()
    assert best_score([FIRST[0], SECOND[0]]) == SECOND[0]
    assert not best_path(run_dir, "glyphs").exists()
    assert best_score(glyphs) is None


def test_a_best_rule_that_somebody_removed_is_no_longer_the_best(run_dir):
    best_path(run_dir, "digits").unlink()
    kept = resume_scores(run_dir, 8, DOMAINS, TRIALS)
    assert [score.best for score in kept] == [False, True, False, False, False, True]


def test_an_evaluation_that_was_cut_off_is_dropped(run_dir):
    path = run_dir / "held_out.jsonl"
    path.write_text(path.read_text()[:-10])
    kept = resume_scores(run_dir, 8, DOMAINS, TRIALS)
    assert kept == [*FIRST, *SECOND]
    assert best_path(run_dir, "glyphs").is_file()  # that of THIRD never got its line


def test_accuracies_on_other_trials_are_refused(run_dir):
    with pytest.raises(ValueError, match="other trials.*trials ffff.*trials 0123abcd"):
        resume_scores(run_dir, 8, DOMAINS, "ffff0000")
    assert read_scores(run_dir) == [*FIRST, *SECOND, *THIRD]
