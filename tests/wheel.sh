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
"$work/venv/bin/holdfast" serve --port 0 > served.txt 2> served.log &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q Ctrl-C served.txt && break; sleep 0.2; done
"$work/venv/bin/python" - <<'P'
import pathlib, re, urllib.request
said = pathlib.Path("served.txt").read_text()
url = re.search(r"http://localhost:\d+", said)[0].replace("localhost", "127.0.0.1")
link = re.search(r"/link/\S+", said)[0]
for path in ("/readyz", "/docs", "/openapi.json", "/sign-in", link, "/static/console.css"):
    with urllib.request.urlopen(url + path, timeout=30) as answer:
        assert answer.status == 200 and len(answer.read()) > 20, path
print("wheel: the console and the API answer")
P
