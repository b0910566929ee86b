"""A real HTTP server that speaks the protocol of chat completions, and answers what a test tells it to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from tickets.language_model_review.options import LanguageModel

Answering = Callable[[dict[str, Any]], Any]


def completion(content: str) -> dict[str, Any]:
    """The body of a completion, as servers send it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@dataclass
class ModelServer:
    """``answer`` gives, for a request's body, the message's content, or a Response for anything else."""

    url: str = ""
    answer: Answering = lambda _: "{}"
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def model(self, seconds: float = 10.0, key: str | None = None) -> LanguageModel:
        return LanguageModel(self.url, "test-model", seconds, key)

    @property
    def sent(self) -> str:
        """All words that ever reached the server."""
        return json.dumps(self.requests, ensure_ascii=False)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    app, served = FastAPI(), ModelServer()

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        body = await request.json()
        served.requests.append(body)
        served.keys.append(request.headers.get("authorization"))
        answer = served.answer(body)
        if isinstance(answer, Response):
            return answer
        content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        return Response(json.dumps(completion(content)), media_type="application/json")

    running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.01)
    served.url = f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}/v1"
    yield served
    running.should_exit = True
    thread.join(10)
    assert not thread.is_alive()
