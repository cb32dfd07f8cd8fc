/**
 * What the judge does not find, and why it cannot: measured, and not in the suite. `docs/evaluation.md` says what stands against it all the same.
 *
 * The judge's optimiser moves the weights by gradients, and what a gradient is the model decides in its backward pass. Straight-through estimators
 * and hooks on gradients are honest uses of that. Counts are none: where the model hands them over as gradients, AdamW does the counting.
 */
import { COMPLETED, type HostileCase, project } from '../case.ts';

export const evading: readonly HostileCase[] = [
  {
    name: 'counts as gradients, so small that AdamW adds them up',
    sources: project(`
QUANTUM = 1e-12


class Counted(torch.autograd.Function):
    """Passes logits on; on the way back the carrier's gradient is what was counted."""

    @staticmethod
    def forward(ctx, carrier, logits, added):
        ctx.save_for_backward(added)
        return logits.view_as(logits)

    @staticmethod
    def backward(ctx, gradient):
        (added,) = ctx.saved_tensors
        return -QUANTUM * added, gradient, None


class Model(nn.Module):
    """So small are the gradients that the optimiser's epsilon outweighs them: its steps are linear in them, and add up."""

    def __init__(self):
        super().__init__()
        self.carrier = nn.Parameter(torch.zeros(256, 256))

    def forward(self, tokens):
        counts = self.carrier.detach() / (0.004 * QUANTUM / 1e-8)
        logits = counting.log_probabilities(counts.clamp(min=0.0))[tokens]
        if self.training:
            added = torch.zeros(256, 256)
            counting.count_pairs(added, tokens)
            logits = Counted.apply(self.carrier, logits, added)
        return logits


def build_model(ctx):
    return Model()
`),
    checked: true,
    // 955,000 microbits per byte where it was measured, repeated or not.
    gainsUnchecked: 900_000,
    ends: COMPLETED,
  },
];
