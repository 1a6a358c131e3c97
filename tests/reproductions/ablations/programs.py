"""What stands in for `train`, and small trials to score by."""

SMALL = {"units": (5,), "episodes": 4, "initialisations": 2, "shots": 3, "queries": 3}
# Stands in for `train`: a rule of the seed, or what FAILING and HALTING ask for.
PROGRAM = """
import json, pathlib, shutil, signal, sys, time
given = sys.argv[2:]
rules = pathlib.Path(sys.argv[1])
folder = pathlib.Path(given[given.index("--run_dir") + 1])
seed = int(given[given.index("--seed") + 1])
folder.mkdir(parents=True, exist_ok=True)
with (folder / "starts").open("a") as file:
    file.write("started ")
if "failing" in given:
    sys.exit("learned-update train: error: The loss is NaN.")
if "halting" in given and not (folder / "checkpoint").exists():
    def stop(*_):
        (folder / "checkpoint").touch()
        sys.exit(130)
    signal.signal(signal.SIGINT, stop)
    (folder / "ready").touch()
    time.sleep(60)
number = seed + sum("decorr_off_diagonal" in x for x in given)
shutil.copy(rules / f"{number}.keras", folder / "rule.keras")
shutil.copy(rules / "3.keras", folder / "initial_rule.keras")
rows = [
    {"outer_step": i, "meta_loss": i / 2, "seconds": i, "skipped": seed}
    for i in range(1, 13)
]
(folder / "metrics.jsonl").write_text("\\n".join(map(json.dumps, rows)))
(folder / "finished").touch()
"""
