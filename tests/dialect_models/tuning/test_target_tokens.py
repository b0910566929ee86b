"""What is learnt is what recognition asks for: the same beginning, and the same likelihood of what comes after."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from tokenizers import Tokenizer as Vocabulary

import asr
from api.settings import get_settings
from dialect_models.torchaudio_shim import import_torchaudio
from dialect_models.tuning.examples import Example
from dialect_models.tuning.label_writing import LikelihoodJudge
from dialect_models.tuning.line_sounds import RATE
from dialect_models.tuning.target_tokens import NOTHING, TokenWriter
from dialect_models.tuning.trainable import load_trainable

pytestmark = pytest.mark.model

BASE = get_settings().models_path / "whisper-base"
CALL = Path(asr.__file__).parent / "sample_calls" / "stereo-b-021.flac"
PROMPT, SAID = "以下係廣東話嘅對話。", "您好,云江市政务服务热线"


def test_a_clip_begins_as_recognition_begins() -> None:
    model = WhisperModel(str(BASE), device="cpu", compute_type="int8", cpu_threads=1)
    tokenizer = Tokenizer(model.hf_tokenizer, True, task="transcribe", language="zh")
    writer = TokenWriter(BASE, PROMPT)
    example = Example(np.zeros(RATE, np.float32), SAID, (SAID,), ((0.0, 1.0),), "mandarin")
    for prompt, own in ((PROMPT, writer), ("", TokenWriter(BASE))):
        asked = model.get_prompt(tokenizer, tokenizer.encode(" " + prompt) if prompt else [], without_timestamps=True)
        tokens, wanted = own.write(example, timestamps=False)
        first = wanted.count(NOTHING) + 1
        assert tokens[:first] == asked
        assert tokens[first:] == wanted[first - 1 :] == [*tokenizer.encode(SAID), tokenizer.eot]
    tokens, wanted = writer.write(example, timestamps=True)
    assert tokens[wanted.count(NOTHING) + 1] == tokenizer.timestamp_begin
    assert tokens[-2] == tokenizer.timestamp_begin + 50


def test_where_nobody_speaks_that_is_learnt_and_no_word() -> None:
    writer = TokenWriter(BASE, PROMPT)
    silence = Example(np.zeros(RATE, np.float32), "", (), (), "")
    tokens, wanted = writer.write(silence, timestamps=True)
    learnt = {tokens[place]: token for place, token in enumerate(wanted) if token != NOTHING}
    vocabulary = Vocabulary.from_file(str(BASE / "tokenizer.json"))
    start, nobody, end = map(vocabulary.token_to_id, ("<|startoftranscript|>", "<|nospeech|>", "<|endoftext|>"))
    assert learnt == {start: nobody, vocabulary.token_to_id("<|notimestamps|>"): end}


def test_a_prompt_is_heard_by_the_judge_as_by_the_model_that_learns() -> None:
    import_torchaudio()
    import torch

    audio, rate = soundfile.read(CALL, start=int(0.4 * 8000), frames=3 * 8000, dtype="float32")
    samples = np.asarray(soxr.resample(audio[:, 0], rate, RATE), np.float32)
    clip = Example(samples, SAID, (SAID,), ((0.0, 3.0),), "mandarin")
    model = load_trainable(BASE).eval()
    found = []
    for prompt in ("", PROMPT):
        judge = LikelihoodJudge(BASE, prompt=prompt)
        # The judge looks at a clip and a second of silence; ``transformers`` takes windows of 30 s only.
        features = judge._extractor(np.concatenate([samples, np.zeros(RATE, np.float32)]), padding=0)[:, :400]
        tokens, learnt = TokenWriter(BASE, prompt).write(clip, timestamps=False)
        first = learnt.count(NOTHING) + 1
        encoder = model.model.encoder
        with torch.no_grad():
            states = torch.nn.functional.gelu(encoder.conv1(torch.from_numpy(features)[None]))
            states = torch.nn.functional.gelu(encoder.conv2(states)).permute(0, 2, 1)
            states = states + encoder.embed_positions.weight[: states.shape[1]]
            for layer in encoder.layers:
                states = layer(states, None)
            heard = encoder.layer_norm(states)
            decoded = model.model.decoder(input_ids=torch.tensor([tokens[:-2]]), encoder_hidden_states=heard)
            odds = model.proj_out(decoded.last_hidden_state[0]).log_softmax(-1)[first - 1 :]
        wanted = float(odds[torch.arange(len(odds)), tokens[first:-1]].sum())
        assert judge.mean([SAID], [clip]) == pytest.approx(wanted, abs=1.5)
        found.append(wanted)
    # The prompt makes a difference that the judge's rounding to int8 cannot hide.
    assert abs(found[0] - found[1]) > 3
