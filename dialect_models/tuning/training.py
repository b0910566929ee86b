"""Tunes a Whisper model with low-rank adapters (LoRA, Hu et al. 2021) and keeps the best of what it learnt.

The loss is taken where recognition decodes: no timestamps, or, for a share of clips, with them, so that they are not
forgotten. What a part of the data was never shown decides when to stop.
"""

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dialect_models.adapter import applied, read_adapter
from dialect_models.ctranslate2_file import read_variables, write_variables
from dialect_models.torchaudio_shim import import_torchaudio
from dialect_models.tuning.augmentation import augmented, masked
from dialect_models.tuning.examples import LONGEST_UTTERANCE, Example, count, examples, usable
from dialect_models.tuning.line_sounds import RATE, without_speech
from dialect_models.tuning.manifest import Utterance
from dialect_models.tuning.target_tokens import NOTHING, TokenWriter
from dialect_models.tuning.trainable import load_trainable
from dialect_models.weights import WEIGHTS, sha256_of

TARGETS = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
Parts = Literal["both", "decoder"]

ADAPTER, CHECKPOINT, LOG = "adapter.safetensors", "checkpoint.pt", "training.jsonl"

TAIL = 1.0
"""Silence after a clip, in seconds, as in recognition."""

SHORTEST = 6.0
"""Shortest window in seconds, as in recognition."""

MAX_FRAMES = 3000
WARM_UP = 20
SCALE = 2.0
"""What a LoRA update is multiplied with (alpha over rank)."""

PREFIX = "base_model.model."


class TuningError(Exception):
    """A model that cannot be tuned as asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """How a model is tuned.

    ``epochs`` over the data, a clip a step. ``telephone`` is the share of clips sent through a line first (0 where the
    recordings come from one), ``timestamps`` the share learnt with timestamps, ``distillation`` the weight of staying
    near the base model (Kullback-Leibler divergence, a fraction of the loss), ``replay`` the share of clips that are of
    what must not be forgotten, ``non_speech`` that of sounds without speech: a model that never hears such in tuning
    forgets to write nothing. ``heat`` multiplies how far augmentation goes, ``parts`` are those of the model that
    learn, ``prompt`` is what the model is told came before, as when it is used. Validation every ``validate_every``
    steps; tuning ends after ``patience`` validations without a better one.
    """

    rank: int = 32
    epochs: float = 4.0
    learning_rate: float = 5e-4
    label_smoothing: float = 0.05
    dropout: float = 0.05
    telephone: float = 0.0
    timestamps: float = 0.1
    distillation: float = 0.0
    replay: float = 0.2
    non_speech: float = 0.1
    heat: float = 1.0
    parts: Parts = "both"
    prompt: str = ""
    validate_every: int = 60
    patience: int = 4
    seed: int = 0
    device: str = "cpu"
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """A step done. ``loss`` is the mean of the last steps, ``validation`` the loss on held-out data where measured."""

    step: int
    steps: int
    loss: float
    validation: float | None


def tune(
    base: Path,
    training: Sequence[Utterance],
    validation: Sequence[Utterance],
    folder: Path,
    *,
    replay: Sequence[Utterance] = (),
    options: TuningOptions = TuningOptions(),
    progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Tune the CTranslate2 model in ``base``; the adapter's path in ``folder``.

    ``replay`` is what must not be forgotten, mostly Mandarin: clips of it are mixed in (``options.replay``).

    A run that was killed goes on from its last checkpoint in ``folder`` when called again; :func:`write_tuned` ends it.

    Raises :class:`TuningError` where there is nothing to train on, or ``folder`` holds a run on other data, from
    another base or with other options.
    """
    if not usable(training):
        raise TuningError(
            "There is nothing to train on: the manifest has no utterance outside the held-out recordings that fits "
            f"into the model's window ({LONGEST_UTTERANCE:.0f} s)."
        )
    run = _Run(base, training, validation, replay, folder=folder, options=options)
    run.go_on()
    while run.step < run.steps and run.unimproved < options.patience:
        progress(run.advance())
    return run.finish()


def write_tuned(base: Path, adapter: Path, folder: Path, strength: float = 1.0) -> None:
    """The base model with the adapter at ``strength``, in a folder that recognition can load."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in base.iterdir():
        if file.suffix in {".json", ".txt"}:
            shutil.copyfile(file, folder / file.name)
    unfinished = folder / f"{WEIGHTS}.unfinished"
    write_variables(unfinished, applied(read_variables(base / WEIGHTS), read_adapter(adapter), strength))
    unfinished.replace(folder / WEIGHTS)
    (folder / CHECKPOINT).unlink(missing_ok=True)


class _Run:
    """A training run and its state."""

    def __init__(
        self,
        base: Path,
        training: Sequence[Utterance],
        validation: Sequence[Utterance],
        replay: Sequence[Utterance],
        *,
        folder: Path,
        options: TuningOptions,
    ) -> None:
        import_torchaudio()
        import torch  # noqa: PLC0415 — heavy
        from faster_whisper.feature_extractor import FeatureExtractor  # noqa: PLC0415
        from peft import LoraConfig, get_peft_model  # noqa: PLC0415

        self._torch = torch
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        self._options, self._folder, self._training = options, folder, training
        folder.mkdir(parents=True, exist_ok=True)
        model = load_trainable(base)
        self._extractor: Any = FeatureExtractor(feature_size=model.config.num_mel_bins)
        self._writer = TokenWriter(base, options.prompt)
        lora = LoraConfig(
            r=options.rank,
            lora_alpha=round(SCALE * options.rank),
            lora_dropout=options.dropout,
            target_modules=rf".*{'' if options.parts == 'both' else options.parts}.*\.({'|'.join(TARGETS)})",
        )
        self._adapted: Any = get_peft_model(model, lora).to(options.device)
        self._model: Any = self._adapted.base_model.model
        self._parameters = [p for p in self._adapted.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(self._parameters, lr=options.learning_rate, weight_decay=0.01)
        self._random = np.random.default_rng(options.seed)
        self._held_out = list(examples(validation, np.random.default_rng(0)))
        clips = count(training, np.random.default_rng(options.seed))
        self._replay = usable(replay)
        self._replay_share = options.replay if self._replay else 0.0
        steps = math.ceil(options.epochs * clips / (1 - self._replay_share) / (1 - options.non_speech))
        self.step, self.steps, self.unimproved = 0, max(1, steps), 0
        self._identity = _identity(base, training, validation, options, replay)
        self._best = math.inf
        self._losses: list[float] = []
        self._waiting: Iterator[Example] = iter(())
        self._replayed: Iterator[Example] = iter(())

    def advance(self) -> Progress:
        """One step, and a validation where it is due."""
        example = self._next()
        for group in self._optimizer.param_groups:
            group["lr"] = self._options.learning_rate * _schedule(self.step, self.steps)
        self._adapted.train()
        loss = self._loss(self._prepared(example))
        loss.backward()
        self._torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._losses = [*self._losses[-19:], loss.item()]
        self.step += 1
        due = self.step % self._options.validate_every == 0 or self.step == self.steps
        done = Progress(self.step, self.steps, float(np.mean(self._losses)), self._validate() if due else None)
        with (self._folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(asdict(done) | {"time": round(time.time(), 1)}) + "\n")
        if due:
            self._checkpoint()
        return done

    def go_on(self) -> None:
        """Take up a run that was killed."""
        path = self._folder / CHECKPOINT
        if not path.is_file():
            return
        state = self._torch.load(path, weights_only=True)
        if state["identity"] != self._identity:
            raise TuningError(
                f"{path} is of a run with other data, options or another base. Delete it to begin anew, or choose "
                "another folder."
            )
        if unknown := self._adapted.load_state_dict(state["weights"], strict=False).unexpected_keys:
            raise TuningError(f"{path} does not fit the model ({unknown[0]}). Delete it to begin anew.")
        self._optimizer.load_state_dict(state["optimizer"])
        self._random.bit_generator.state = state["random"]
        self._torch.set_rng_state(state["torch"])
        self.step, self._best, self.unimproved = state["step"], state["best"], state["unimproved"]

    def finish(self) -> Path:
        """Where the adapter is; that of the last step where nothing was held out."""
        if not self._held_out:
            self._save()
        return self._folder / ADAPTER

    def _next(self) -> Example:
        if self._random.random() < self._options.non_speech:
            return Example(without_speech(self._random), "", (), (), "")
        if self._replay_share and self._random.random() < self._replay_share:
            while (example := next(self._replayed, None)) is None:
                self._replayed = examples(self._replay, self._random)
            return example
        while (example := next(self._waiting, None)) is None:
            self._waiting = examples(self._training, self._random)
        return example

    def _prepared(self, example: Example) -> Example:
        heard = augmented(example.samples, self._random, self._options.telephone, self._options.heat)
        scale = len(heard) / len(example.samples)
        marks = tuple((start * scale, end * scale) for start, end in example.marks)
        return Example(heard, example.text, example.texts, marks, example.dialect)

    def _validate(self) -> float | None:
        if not self._held_out:
            return None
        self._adapted.eval()
        with self._torch.no_grad():
            loss = float(np.mean([self._loss(e, plain=True).item() for e in self._held_out]))
        if loss < self._best:
            self._best, self.unimproved = loss, 0
            self._save()
        else:
            self.unimproved += 1
        return loss

    def _loss(self, example: Example, *, plain: bool = False) -> Any:
        torch, functional = self._torch, self._torch.nn.functional
        timestamps = not plain and bool(self._random.random() < self._options.timestamps)
        features = self._features(example, plain)
        tokens, learnt = self._writer.write(example, timestamps=timestamps)
        inputs = torch.tensor([tokens[:-1]], device=self._options.device)
        wanted = torch.tensor(learnt, device=self._options.device)
        with torch.autocast(self._options.device, dtype=torch.bfloat16):
            logits = self._logits(features, inputs)
        smoothing = 0.0 if plain else self._options.label_smoothing
        loss = functional.cross_entropy(logits, wanted, ignore_index=NOTHING, label_smoothing=smoothing)
        if plain or not self._options.distillation:
            return loss
        low_precision = torch.autocast(self._options.device, dtype=torch.bfloat16)
        with torch.no_grad(), self._adapted.disable_adapter(), low_precision:
            before = self._logits(features, inputs)
        kept = wanted >= 0
        apart = functional.kl_div(
            logits[kept].log_softmax(-1), before[kept].log_softmax(-1), reduction="batchmean", log_target=True
        )
        return (1 - self._options.distillation) * loss + self._options.distillation * apart

    def _features(self, example: Example, plain: bool) -> Any:
        silence = max(round(TAIL * RATE), round(SHORTEST * RATE) - len(example.samples))
        padded = np.concatenate([example.samples, np.zeros(silence, np.float32)])
        features = self._extractor(padded, padding=0)[:, :MAX_FRAMES]
        features = features[:, : features.shape[1] // 2 * 2]
        heard = features if plain else masked(features, self._random, self._options.heat)
        return self._torch.from_numpy(heard).to(self._options.device)

    def _logits(self, features: Any, inputs: Any) -> Any:
        """``transformers`` takes windows of 30 s only; this encoder takes any length, as recognition's does."""
        with self._torch.set_grad_enabled(self._options.parts == "both" and self._torch.is_grad_enabled()):
            heard = self._encoded(features)
        decoded = self._model.model.decoder(input_ids=inputs, encoder_hidden_states=heard).last_hidden_state
        return self._model.proj_out(decoded[0]).float()

    def _encoded(self, features: Any) -> Any:
        encoder, functional = self._model.model.encoder, self._torch.nn.functional
        states = functional.gelu(encoder.conv1(features[None]))
        states = functional.gelu(encoder.conv2(states)).permute(0, 2, 1)
        states = states + encoder.embed_positions.weight[: states.shape[1]]
        for layer in encoder.layers:
            states = layer(states, None)
        return encoder.layer_norm(states)

    def _checkpoint(self) -> None:
        path = self._folder / CHECKPOINT
        weights = {name: p.detach().cpu() for name, p in self._adapted.named_parameters() if p.requires_grad}
        state = {
            "identity": self._identity,
            "weights": weights,
            "optimizer": self._optimizer.state_dict(),
            "random": self._random.bit_generator.state,
            "torch": self._torch.get_rng_state(),
            "step": self.step,
            "best": self._best,
            "unimproved": self.unimproved,
        }
        unfinished = path.with_suffix(".unfinished")
        self._torch.save(state, unfinished)
        unfinished.replace(path)

    def _save(self) -> None:
        """The adapter in the form of :mod:`dialect_models.adapter`."""
        from safetensors.numpy import save_file  # noqa: PLC0415

        matrices = {}
        for name, parameter in self._adapted.named_parameters():
            if not parameter.requires_grad:
                continue
            module, _, kind = name.removeprefix(PREFIX).removesuffix(".default.weight").rpartition(".lora_")
            value = parameter.detach().float().cpu().numpy()
            matrices[module + (".down" if kind == "A" else ".up")] = (value if kind == "A" else SCALE * value).astype(
                np.float16
            )
        unfinished = self._folder / f"{ADAPTER}.unfinished"
        save_file(matrices, unfinished)
        unfinished.replace(self._folder / ADAPTER)


def _identity(
    base: Path,
    training: Sequence[Utterance],
    validation: Sequence[Utterance],
    options: TuningOptions,
    replay: Sequence[Utterance],
) -> str:
    """What a checkpoint must agree with: base, data and whatever of the options changes the result."""
    chosen = asdict(replace(options, threads=1, device="cpu"))
    digest = sha256(f"{sha256_of(base / WEIGHTS)} {sorted(chosen.items())}".encode())
    for utterance in (*training, None, *validation, None, *replay):
        digest.update(repr(utterance).encode())
    return digest.hexdigest()


def _schedule(step: int, steps: int) -> float:
    """Up over the first steps, then down along half a cosine."""
    return min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / steps))
