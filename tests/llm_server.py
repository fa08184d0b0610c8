"""A model server for tests: a process of its own on loopback that speaks OpenAI's protocol and misbehaves by name.

    python -m tests.llm_server good empty      # serves these models, prints its port as its first line

The model's name says what it does, so that one server can be each kind of trouble. `good` writes from the prompt: it
uses the slots that the prompt offers, as a careful model would.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
BEHAVIOURS = (
    "good", "slow", "error500", "cut", "empty", "endless", "thinking", "length", "wrong-json", "strict", "locked",
    "asking",
)  # fmt: skip
KEY = "sesame"
SLOW_S = 30.0


@dataclass(frozen=True)
class Served:
    """A running server. `heard` is what it was asked, in order."""

    url: str

    def heard(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/heard", timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


@contextmanager
def llm_server(*models: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "tests.llm_server", *models]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), "the server did not start"
        yield Served(f"http://127.0.0.1:{port}/v1")
    finally:
        process.kill()
        process.wait()


class Handler(BaseHTTPRequestHandler):
    models: tuple[str, ...] = ()
    heard: ClassVar[list[dict[str, Any]]] = []
    lock = threading.Lock()

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})
        elif self.path == "/v1/heard":
            self._json(200, self.heard)
        else:
            self._json(404, {"error": {"message": "no such path"}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            self.heard.append({"headers": dict(self.headers), "body": asked})
        model = asked.get("model")
        if self.path != "/v1/chat/completions" or model not in self.models:
            self._json(404, {"error": {"message": f"the model {model} does not exist"}})
            return
        getattr(self, "_" + model.replace("-", "_"))(asked)

    def _good(self, asked: Mapping[str, Any]) -> None:
        self._say(written(asked))

    def _slow(self, asked: Mapping[str, Any]) -> None:
        time.sleep(SLOW_S)
        self._say(written(asked))

    def _error500(self, asked: Mapping[str, Any]) -> None:
        self._json(500, {"error": {"message": "CUDA out of memory"}})

    def _cut(self, asked: Mapping[str, Any]) -> None:
        whole = json.dumps(answer(written(asked))).encode()
        self._head(200, len(whole))
        self.wfile.write(whole[: len(whole) // 2])
        self.wfile.flush()
        self.connection.close()

    def _empty(self, asked: Mapping[str, Any]) -> None:
        self._say("")

    def _endless(self, asked: Mapping[str, Any]) -> None:
        """A word every moment, for ever: no single wait is long."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"choices": [{"message": {"role": "assistant", "content": "')
        while True:
            self.wfile.write(b"and then ")
            self.wfile.flush()
            time.sleep(0.05)

    def _thinking(self, asked: Mapping[str, Any]) -> None:
        self._say(f"<think>\nShe waits since {{last_item}}. 50% off?\n</think>\n\n{written(asked)}")

    def _length(self, asked: Mapping[str, Any]) -> None:
        self._say(written(asked)[:40], reason="length")

    def _wrong_json(self, asked: Mapping[str, Any]) -> None:
        self._json(200, {"object": "chat.completion", "choices": None})

    def _strict(self, asked: Mapping[str, Any]) -> None:
        known = {"model", "messages", "temperature", "max_tokens", "seed", "stream"}
        if unknown := sorted(asked.keys() - known):
            self._json(400, {"error": {"message": f"unknown parameters: {', '.join(unknown)}"}})
            return
        self._say(written(asked))

    def _locked(self, asked: Mapping[str, Any]) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._json(401, {"error": {"message": "wrong key"}})
            return
        self._say(written(asked))

    def _asking(self, asked: Mapping[str, Any]) -> None:
        """Questions, as a chat model lists them: numbered, with a remark, somebody's number and the rule itself."""
        rule = re.findall(r"<data>\n(.*?)\n</data>", str(asked["messages"][-1]["content"]), re.DOTALL)[-1]
        self._say(
            "<think>hm</think>1. Can I still send it back?\n2) “how long do I have”\n- my number is 13812345678\n"
            f"* {{salutation}} wants to know\n{rule}\n- How long do I have\n• Can I still send it back?\n还能退吗？\n"
        )

    def _say(self, text: str, reason: str = "stop") -> None:
        self._json(200, answer(text, reason))

    def _json(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self._head(status, len(data))
        self.wfile.write(data)

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *what: object) -> None:
        """Nothing: the test's own output is enough."""


def answer(text: str, reason: str = "stop") -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_772_418_600,
        "model": "m",
        "system_fingerprint": "fp_7",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason, "logprobs": None}
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


CHINESE = {
    "offer": "给您留了{offer|gift}。",
    "offer_code": "券码是{offer_code}。",
    "offer_expires": "{offer_expires}前都可以用。",
    "offer_min_spend": "订单满{offer_min_spend}可用。",
    "offer_exclusions": "{offer_exclusions|clause}。",
}
ENGLISH = {
    "offer": "We have put aside {offer|gift} for you.",
    "offer_code": "The code is {offer_code}.",
    "offer_expires": "You can use it until {offer_expires}.",
    "offer_min_spend": "It is for orders from {offer_min_spend}.",
    "offer_exclusions": "It is {offer_exclusions|clause}.",
}


def written(asked: Mapping[str, Any]) -> str:
    """A message with every required slot that the prompt lists, and no word that the gate minds."""
    prompt = "\n".join(message["content"] for message in asked["messages"])
    if "{salutation}" not in prompt:  # a chat: lead up to the slots that are listed
        slots = re.findall(r"^(\{policy_\w+\}) ", prompt, re.MULTILINE)
        return ("您好，相关的说明在这里：" if "占位符" in prompt else "Thanks for asking. Here it is: ") + " ".join(
            slots
        )
    required = re.findall(r"^(?:【必须】|\(required\) ?|required: ?|\[required\] ?)\{(\w+)\}", prompt, re.MULTILINE)
    if "占位符" in prompt:
        said = "".join(CHINESE[name] for name in required)
        return f"主题：来自我们的问候\n\n{{salutation}}：\n\n好久没有您的消息，一切都好吗？\n\n{said}\n\n{{sign_off}}"
    said = " ".join(ENGLISH[name] for name in required)
    greeting = "{salutation},\n\nIt has been a while. We hope you are well."
    return f"Subject: A note from us\n\n{greeting}\n\n{said}\n\n{{sign_off}}"


def main() -> None:
    Handler.models = tuple(sys.argv[1:]) or BEHAVIOURS
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
