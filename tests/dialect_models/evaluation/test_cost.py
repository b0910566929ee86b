"""Cost is that of the block, not of what went before."""

import sys

import numpy as np
import pytest

from dialect_models.evaluation.cost import measured


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels have no peak that can be set back")
def test_the_peak_is_that_of_the_block_alone() -> None:
    with measured() as large:
        np.ones(40_000_000)
    with measured() as small:
        np.ones(1000)
    assert large.peak_mb > small.peak_mb + 250
    assert small.peak_mb > 10


def test_processor_time_is_counted() -> None:
    with measured() as cost:
        total = sum(number * number for number in range(1_000_000))
    assert total
    assert 0.01 < cost.cpu < 30
