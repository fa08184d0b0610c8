#!/usr/bin/env bash
# Build the wheel, install it where nothing of the checkout is in sight, and run the demo from another folder.
# Takes a scratch folder whose `venv` holds the dependencies already, so that they are not downloaded twice.
set -euo pipefail
work=$1
root=$(pwd)
"$work/venv/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/dist" "$root"
"$work/venv/bin/pip" uninstall --quiet --yes holdfast
"$work/venv/bin/pip" install --quiet --no-deps "$work"/dist/holdfast-*.whl
mkdir -p "$work/elsewhere" && cd "$work/elsewhere"
"$work/venv/bin/holdfast" demo --customers 200 --json > first.json
"$work/venv/bin/holdfast" demo --customers 200 --json > second.json
"$work/venv/bin/python" - <<'P'
import json, pathlib
first, second = (json.loads(pathlib.Path(name).read_text()) for name in ("first.json", "second.json"))
letters = list(pathlib.Path(first["outbox"]).glob("*.eml"))
manifest = (pathlib.Path(first["outbox"]) / "manifest.jsonl").read_text().splitlines()
assert first["drafted"] == first["passed"] + first["needs_person"] + first["blocked"], first
assert first["sent"] == len(letters) == len(manifest) > 0, (first["sent"], len(letters), len(manifest))
assert second["sent"] == first["sent"], "a second run sends nothing twice"
assert len(first["writers"]) >= 2, first["writers"]
print("wheel: demo ran twice from another folder,", first["sent"], "messages in the sink")
P
