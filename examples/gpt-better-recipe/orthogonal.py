"""Momentum steps whose singular values are all about one, so that every direction of a weight matrix learns equally fast."""

import torch


class OrthogonalMomentum(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised by Newton-Schulz iterations (as in Muon, Jordan et al. 2024). For matrices only."""

    def __init__(self, matrices, lr, momentum=0.9):
        super().__init__(matrices, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(weight)
                momentum = state["momentum"].mul_(group["momentum"]).add_(weight.grad)
                direction = orthogonalised(weight.grad + group["momentum"] * momentum)
                rows, columns = weight.shape
                weight.sub_(direction, alpha=group["lr"] * max(1.0, rows / columns) ** 0.5)


def orthogonalised(matrix, iterations=5):
    """The nearest matrix with orthonormal rows or columns, roughly: singular values end between about 0.7 and 1.2."""
    wide = matrix.t() if matrix.shape[0] > matrix.shape[1] else matrix
    x = wide / (wide.norm() + 1e-7)
    for _ in range(iterations):
        gram = x @ x.t()
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.t() if matrix.shape[0] > matrix.shape[1] else x
