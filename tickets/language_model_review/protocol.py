"""The OpenAI-compatible protocol: one request of chat completions with structured output, bounded in time and size.

https://platform.openai.com/docs/api-reference/chat/create (``response_format`` of type ``json_schema``); spoken by
vLLM, llama.cpp, SGLang, Ollama and others.
"""

import asyncio
import json
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from tickets.language_model_review.options import LanguageModel

LONGEST_ANSWER = 256 * 1024
MOST_TOKENS = 800


class LanguageModelError(Exception):
    """No usable answer; says why in simplified Chinese, without a word of the call."""


def ask(model: LanguageModel, messages: list[dict[str, str]], schema: dict[str, Any]) -> Any:
    """The JSON that the model answers with, unchecked.

    Raises:
        LanguageModelError: no answer in time, an error of the server, or something else than JSON.
    """
    body = {
        "model": model.name,
        "messages": messages,
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "review", "strict": True, "schema": schema},
        },
    }
    try:
        # A loop in a thread of its own: the caller's thread may run one.
        with start_blocking_portal() as portal:
            answer = portal.call(_post, model, body)
    except TimeoutError as error:
        raise LanguageModelError(f"{model.seconds:g}秒内没有答复") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LanguageModelError(f"连接失败（{type(error).__name__}）") from error
    try:
        return json.loads(json.loads(answer)["choices"][0]["message"]["content"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise LanguageModelError("答复不是约定的JSON") from error


async def _post(model: LanguageModel, body: dict[str, Any]) -> bytes:
    headers = {"Authorization": f"Bearer {model.key}"} if model.key else {}
    # No proxy from the environment: what citizens say goes to the address of the settings and nowhere else.
    async with asyncio.timeout(model.seconds), httpx.AsyncClient(timeout=model.seconds, trust_env=False) as client:
        # Half a surrogate pair can't be sent.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers["Content-Type"] = "application/json"
        url = f"{model.url.rstrip('/')}/chat/completions"
        async with client.stream("POST", url, content=content, headers=headers) as response:
            if response.status_code != httpx.codes.OK:
                raise LanguageModelError(f"服务返回{response.status_code}")
            received = bytearray()
            async for part in response.aiter_bytes():
                received += part
                if len(received) > LONGEST_ANSWER:
                    raise LanguageModelError("答复过长")
            return bytes(received)
