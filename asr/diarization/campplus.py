"""The CAM++ network: filter banks to a sequence of frame features, and their statistics to a speaker embedding.

H. Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware Masking", Interspeech
2023. A residual 2-d convolution front end, then a densely connected TDNN whose layers are masked by context. Names of
modules are those of the published weights (3D-Speaker, Apache-2.0), so that their state loads without renaming.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

MEL_BINS = 80
DIMENSION = 192

_BLOCKS = ((12, 1), (24, 2), (16, 2))  # layers and dilation of each densely connected block
_GROWTH = 32
_BOTTLENECK = 128
_CONTEXT = 100  # frames over which a mask's local context is averaged


def _normalised(channels: int, affine: bool = True, relu: bool = True) -> nn.Sequential:
    layers: OrderedDict[str, nn.Module] = OrderedDict(batchnorm=nn.BatchNorm1d(channels, affine=affine))
    if relu:
        layers["relu"] = nn.ReLU(inplace=True)
    return nn.Sequential(layers)


class _ResidualBlock(nn.Module):
    """Two 3×3 convolutions with a shortcut; ``stride`` only along frequency."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut.append(nn.Conv2d(channels, channels, 1, stride=(stride, 1), bias=False))
            self.shortcut.append(nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return functional.relu(out + self.shortcut(x))


class _FrontEnd(nn.Module):
    """(batch, mel bins, frames) → (batch, 320, frames): 32 channels by an eighth of the mel bins."""

    channels = 32 * (MEL_BINS // 8)

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.layer1 = nn.Sequential(_ResidualBlock(32, 2), _ResidualBlock(32, 1))
        self.layer2 = nn.Sequential(_ResidualBlock(32, 2), _ResidualBlock(32, 1))
        self.conv2 = nn.Conv2d(32, 32, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)

    def forward(self, features: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(features.unsqueeze(1))))
        x = self.layer2(self.layer1(x))
        return functional.relu(self.bn2(self.conv2(x))).flatten(1, 2)


class _ContextMasking(nn.Module):
    """A convolution whose output is weighted by what the whole and the neighbouring second sound like."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(_BOTTLENECK, _GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(_BOTTLENECK, _BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(_BOTTLENECK // 2, _GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        frames = x.shape[-1]
        local = functional.avg_pool1d(x, _CONTEXT, _CONTEXT, ceil_mode=True)
        context = x.mean(-1, keepdim=True) + local
        # The mask is the same over each stretch of context: work it out once per stretch, then repeat.
        mask = torch.sigmoid(self.linear2(functional.relu(self.linear1(context))))
        masks: Tensor = mask.repeat_interleave(_CONTEXT, dim=-1)[..., :frames]
        output: Tensor = self.linear_local(x) * masks
        return output


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _normalised(channels)
        self.linear1 = nn.Conv1d(channels, _BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _normalised(_BOTTLENECK)
        self.cam_layer = _ContextMasking(dilation)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return output


class _DenseBlock(nn.ModuleDict):
    def __init__(self, layers: int, channels: int, dilation: int) -> None:
        super().__init__({f"tdnnd{i + 1}": _DenseLayer(channels + i * _GROWTH, dilation) for i in range(layers)})

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.values():
            x = torch.cat([x, layer(x)], dim=1)
        return x


class _Transition(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.nonlinear = _normalised(channels)
        self.linear = nn.Conv1d(channels, out, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.linear(self.nonlinear(x))
        return output


class _FirstConvolution(nn.Module):
    """The only layer that halves the frame rate."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, out, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _normalised(out)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.nonlinear(self.linear(x))
        return output


class _Projection(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, out, 1, bias=False)
        self.nonlinear = _normalised(out, affine=False, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.nonlinear(self.linear(x.unsqueeze(-1))).squeeze(-1)
        return output


class CamPlusPlus(nn.Module):
    """CAM++ for 80 mel bins and 192 dimensions."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _FrontEnd()
        channels = 128
        layers: OrderedDict[str, nn.Module] = OrderedDict(tdnn=_FirstConvolution(self.head.channels, channels))
        for number, (count, dilation) in enumerate(_BLOCKS, 1):
            layers[f"block{number}"] = _DenseBlock(count, channels, dilation)
            channels += count * _GROWTH
            layers[f"transit{number}"] = _Transition(channels, channels // 2)
            channels //= 2
        layers["out_nonlinear"] = _normalised(channels)
        layers["dense"] = _Projection(2 * channels, DIMENSION)
        self.xvector = nn.ModuleDict(layers)

    def frame_features(self, filter_bank: Tensor) -> Tensor:
        """(batch, frames, 80), each bin's mean over the frames taken off → (batch, 512, half as many frames)."""
        x: Tensor = self.head(filter_bank.transpose(1, 2))
        for name, layer in self.xvector.items():
            if name != "dense":
                x = layer(x)
        return x

    def embedding(self, statistics: Tensor) -> Tensor:
        """(batch, 1024), means then standard deviations of the frame features → (batch, 192)."""
        output: Tensor = self.xvector["dense"](statistics)
        return output

    def forward(self, filter_bank: Tensor) -> Tensor:
        """(batch, frames, 80) → (batch, 192)."""
        x = self.frame_features(filter_bank)
        return self.embedding(torch.cat([x.mean(-1), x.std(-1)], dim=-1))
