"""Models from a hub: the real client against a small server that speaks the hub's protocol on this machine."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from dialect_models import hub, weights
from dialect_models.card import Hub, ModelCard
from dialect_models.catalogue import resolve
from dialect_models.weights import WeightsError

REVISION, LATER = "a" * 40, "b" * 40
FILES = {"model.bin": b"weights", "config.json": b"{}", "tokenizer.json": b'{"a": 1}', "README.md": b"not wanted"}


class FakeHub:
    """Repositories by name; ``newest`` is the revision of ``main``."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.newest = REVISION
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer(body=False)

            def do_GET(self) -> None:
                self.answer(body=True)

            def answer(self, *, body: bool) -> None:
                path = unquote(urlsplit(self.path).path)
                if path.startswith("/api/models/us/tuned/tree/"):
                    tree = [
                        {"path": name, "type": "file", "size": len(content), "oid": hashlib.sha1(content).hexdigest()}  # noqa: S324
                        for name, content in outer.files.items()
                    ]
                    self.send(200, json.dumps(tree).encode(), body, "")
                elif path.startswith("/api/models/us/tuned"):
                    revision = path.rpartition("/revision/")[2] if "/revision/" in path else outer.newest
                    names = [{"rfilename": name, "path": name, "type": "file"} for name in outer.files]
                    about = {"id": "us/tuned", "sha": outer.newest if revision == "main" else revision}
                    self.send(200, json.dumps(about | {"siblings": names, "private": False}).encode(), body, "")
                elif path.startswith("/us/tuned/resolve/"):
                    revision, _, name = path.removeprefix("/us/tuned/resolve/").partition("/")
                    content = outer.files.get(name)
                    if content is None:
                        self.send(404, b"", body, revision)
                    else:
                        self.send(200, content, body, revision)
                else:
                    self.send(404, b"{}", body, "")

            def send(self, status: int, content: bytes, body: bool, revision: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
                if revision:
                    self.send_header("X-Repo-Commit", revision)
                self.end_headers()
                if body:
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def server() -> Iterator[FakeHub]:
    found = FakeHub()
    yield found
    found.server.shutdown()
    found.server.server_close()


def fetch(server: FakeHub, folder: Path, **about: str) -> None:
    hub.fetch(Hub("us/tuned", **about), folder, lambda _: None, server.address)  # type: ignore[arg-type]


def test_the_newest_revision_is_pinned_and_stays(server: FakeHub, tmp_path: Path) -> None:
    card = ModelCard("tuned", "speech", "", "MIT", "", hub=Hub("us/tuned"))
    folder = weights.model_dir(tmp_path, card)
    fetch(server, folder)
    assert hub.pinned(folder) == REVISION
    assert hub.pinned_sums(folder)["model.bin"] == hashlib.sha256(b"weights").hexdigest()
    assert not (folder / "README.md").exists()
    weights.verify(tmp_path, card)
    assert weights.is_complete(tmp_path, card)

    server.newest = LATER
    fetch(server, folder)
    assert hub.pinned(folder) == REVISION

    (folder / "model.bin").write_bytes(b"rotten")
    with pytest.raises(WeightsError, match=r"model\.bin: sha256 is .* refused"):
        weights.verify(tmp_path, card)
    fetch(server, folder)
    weights.verify(tmp_path, card)


def test_what_is_no_longer_what_was_pinned_is_refused(server: FakeHub, tmp_path: Path) -> None:
    fetch(server, tmp_path / "tuned")
    server.files["model.bin"] = b"other weights under the same revision"
    with pytest.raises(hub.HubError, match=r"model\.bin is not what was fetched before"):
        fetch(server, tmp_path / "tuned")
    assert (tmp_path / "tuned/model.bin").read_bytes() == b"weights"
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]


def test_a_repository_without_a_model_leaves_nothing(server: FakeHub, tmp_path: Path) -> None:
    del server.files["model.bin"]
    with pytest.raises(hub.HubError, match=r"has no model\.bin"):
        fetch(server, tmp_path / "tuned")
    assert list(tmp_path.iterdir()) == []


def test_without_a_way_to_the_hub_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(hub.HubError, match=r"us/tuned cannot be downloaded.*copy the folder"):
        hub.fetch(Hub("us/tuned"), tmp_path / "tuned", lambda _: None, "http://127.0.0.1:9")


def test_a_wenet_checkpoint_is_named_as_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(hub.HubError, match="WeNet checkpoint"):
        hub.fetch(Hub("us/tuned", form="wenet"), tmp_path / "tuned", lambda _: None)


def test_a_card_of_the_hub_resolves_to_its_folder_or_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="hotline models fetch whisper-small-cantonese"):
        resolve("whisper-small-cantonese", tmp_path)
    folder = tmp_path / "whisper-small-cantonese"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"x")
    (folder / hub.PINNED).write_text(json.dumps({"revision": REVISION, "sha256": {"model.bin": "0"}}))
    found = resolve("whisper-small-cantonese", tmp_path)
    assert (found.location, found.decoding.script) == (str(folder), "traditional")


@pytest.mark.model
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_transformers_checkpoint_is_converted_and_loads(server: FakeHub, tmp_path: Path) -> None:
    from ctranslate2.models import Whisper

    from api.settings import get_settings
    from dialect_models.torchaudio_shim import import_torchaudio
    from dialect_models.tuning.trainable import load_trainable

    import_torchaudio()
    base = get_settings().models_path / "whisper-base"
    checkpoint = tmp_path / "checkpoint"
    model = load_trainable(base)
    model.generation_config.alignment_heads = [[1, 2], [3, 4]]
    model.save_pretrained(checkpoint)
    server.files = {path.name: path.read_bytes() for path in checkpoint.iterdir()}
    server.files["tokenizer.json"] = (base / "tokenizer.json").read_bytes()
    fetch(server, tmp_path / "models" / "tuned", form="transformers")
    assert Whisper(str(tmp_path / "models" / "tuned"), device="cpu", compute_type="int8").is_multilingual
    assert set(hub.pinned_sums(tmp_path / "models" / "tuned")) >= {"model.bin", "tokenizer.json"}
