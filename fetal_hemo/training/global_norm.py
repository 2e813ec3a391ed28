"""Batch normalisation whose batch is that of all processes (torch's own needs a GPU)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from fetal_hemo.training.world import processes, sum_over_processes


class GlobalBatchNorm(_BatchNorm):
    """Batch normalisation of `(batch, channels, ...)` over the rows of every process.

    The gradient goes through mean and variance (Ioffe 2015), as it does in one process.
    """

    def _check_input_dim(self, input: Tensor) -> None:
        """Any number of dimensions will do."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        values = input.float() if input.dtype == torch.bfloat16 else input
        axes = [axis for axis in range(input.dim()) if axis != 1]
        shape = [1, -1] + [1] * (input.dim() - 2)
        here = values.new_full((1,), values.numel() // values.shape[1])
        count = sum_over_processes(here)
        mean = sum_over_processes(values.sum(axes)) / count
        centred = values - mean.view(shape)
        variance = sum_over_processes(centred.square().sum(axes)) / count
        self._follow(mean.detach(), variance.detach(), float(count))
        scale = torch.rsqrt(variance + self.eps) * self.weight
        return (centred * scale.view(shape) + self.bias.view(shape)).to(input.dtype)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor, count: float) -> None:
        """Move the running statistics, with the unbiased variance as torch does."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        share = 0.0 if self.momentum is None else self.momentum
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance * (count / max(count - 1, 1)), share)


def with_global_norm(module: nn.Module) -> nn.Module:
    """The module, whose batch normalisations become global if there are several processes."""
    if processes() > 1:
        for part in module.modules():
            if isinstance(part, _BatchNorm):
                part.__class__ = GlobalBatchNorm  # same parameters under the same names
    return module
