"""
What the trainer says about its training at a snapshot. Instrumented next to miner code: the judge believes it only where it speaks against
the model.

Measuring changes nothing: parameters and buffers are put back, gradients are dropped, and what is drawn at random here is drawn from
generators that every training step seeds anew.
"""

from __future__ import annotations

import contextlib
import math
from typing import Any, Iterator, Sequence, TypeVar

import torch
from torch import nn

from .training import ReferenceTraining, SubmittedTraining, inputs_and_targets, next_byte_loss

MAX_SAMPLES = 512

T = TypeVar("T")


def measure(model: nn.Module, run: ReferenceTraining | SubmittedTraining) -> dict[str, Any]:
    """
    `gradientNorms`: the norm before clipping of each optimiser step that the host made since the last measurement.
    `noise`: squared gradient norms for the gradient noise scale; only under the reference recipe.
    `activations`: how far the largest activation of each layer is above their root mean square, on the last batch.
    Numbers that are not finite are None.
    """
    norms = [_finite(float(norm)) for norm in _evenly(run.take_gradient_norms())]
    noise: list[dict[str, Any]] = []
    activations: dict[str, Any] = {"ratios": [], "nonFinite": 0}
    if run.last_windows is not None:
        # A model that cannot be run in eval mode is the predictor's to find out: nothing is told, which reads as the worst.
        with contextlib.suppress(Exception), _undisturbed(model):
            activations = _activations(model, run.last_windows)
            if isinstance(run, ReferenceTraining) and len(run.last_windows) >= 2:
                noise = _noise(model, run.last_windows)
    return {"gradientNorms": norms, "noise": noise, "activations": activations}


def _noise(model: nn.Module, windows: torch.Tensor) -> list[dict[str, Any]]:
    """
    Mean squared gradient norm of the batch's two halves (`small` windows each) and that of both together (`big` windows): what McCandlish
    et al. 2018 (arXiv:1812.06162), appendix A.1, estimates the gradient noise scale from. The whole gradient is the mean of the halves',
    since in `eval` mode windows do not touch each other. Empty where the model makes no gradient in that mode.
    """
    half = len(windows) // 2
    halves = [_gradient(model, part) for part in (windows[:half], windows[half : 2 * half])]
    if not all(halves):
        return []
    small = sum(map(_squared, halves)) / 2
    big = _squared([(a + b) / 2 for a, b in zip(*halves)])
    return [{"small": half, "big": 2 * half, "smallSquared": _finite(small), "bigSquared": _finite(big)}]


def _gradient(model: nn.Module, windows: torch.Tensor) -> list[torch.Tensor]:
    """The loss's gradient with respect to each parameter; empty where the loss has none."""
    model.zero_grad(set_to_none=True)
    # cuDNN's recurrent layers have no backward pass in eval mode; torch's own have.
    with torch.backends.cudnn.flags(enabled=False, deterministic=True, allow_tf32=False):
        loss = next_byte_loss(model, *inputs_and_targets(windows))
        if not loss.requires_grad:
            return []
        loss.backward()
    gradients = [
        torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.detach().clone() for parameter in model.parameters()
    ]
    model.zero_grad(set_to_none=True)
    return gradients


def _squared(tensors: Sequence[torch.Tensor]) -> float:
    return float(sum(tensor.double().square().sum() for tensor in tensors))


def _activations(model: nn.Module, windows: torch.Tensor) -> dict[str, Any]:
    """
    max |x| / RMS of what each leaf module returns (the largest of several calls; 0 where it is all zero), and how many values are NaN or
    infinite.
    """
    ratios: dict[nn.Module, float] = {}
    non_finite = 0

    def watch(module: nn.Module, _inputs: Any, output: Any) -> None:
        nonlocal non_finite
        for values in _float_tensors(output):
            bad = int((~values.isfinite()).sum())
            non_finite += bad
            ratio = math.inf if bad else _peak(values)
            ratios[module] = max(ratios.get(module, 0.0), ratio)

    leaves = [module for module in model.modules() if next(module.children(), None) is None]
    # Scripted modules take no hooks.
    watched = [leaf.register_forward_hook(watch) for leaf in leaves if not isinstance(leaf, torch.jit.ScriptModule)]
    try:
        with torch.no_grad():
            model(inputs_and_targets(windows)[0])
    finally:
        for handle in watched:
            handle.remove()
    return {"ratios": [_finite(ratio) for ratio in _evenly(list(ratios.values()))], "nonFinite": non_finite}


def _peak(values: torch.Tensor) -> float:
    values = values.detach().double()
    rms = float(values.square().mean().sqrt())
    return float(values.abs().max()) / rms if rms > 0 else 0.0


def _float_tensors(output: Any) -> list[torch.Tensor]:
    parts = output if isinstance(output, (tuple, list)) else [output]
    tensors = [part for part in parts if isinstance(part, torch.Tensor)]
    return [part for part in tensors if part.is_floating_point() and part.layout == torch.strided and part.numel() > 0]


@contextlib.contextmanager
def _undisturbed(model: nn.Module) -> Iterator[None]:
    """`eval` mode; afterwards every parameter, buffer and mode is again what it was, buffers that were replaced included."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(module, name, buffer) for module in model.modules() for name, buffer in module._buffers.items()]
    tensors = [*model.parameters(), *(buffer for _, _, buffer in buffers if buffer is not None)]
    copies = [tensor.detach().clone() for tensor in tensors]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
        for module, name, buffer in buffers:
            module._buffers[name] = buffer
        with torch.no_grad():
            for tensor, copy in zip(tensors, copies):
                tensor.copy_(copy)


def _evenly(samples: Sequence[T]) -> list[T]:
    """At most `MAX_SAMPLES` of them, at even distances, the first included."""
    count = min(len(samples), MAX_SAMPLES)
    return [samples[index * len(samples) // count] for index in range(count)]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
