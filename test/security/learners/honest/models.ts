/** Honest architectures under the judge's recipe: what people build is judged, whatever it looks like. */
import { fixture, type HonestCase, type Sources } from '../case.ts';

/** A project whose model is `model`, an expression over what `file` has (and over `ctx`). */
function built(file: string, model: string): Sources {
  const name = /^\w+/.exec(model)?.[0] ?? '';
  return {
    [`${file}.py`]: fixture(`honest/${file}.py`),
    'model.py': `from ${file} import ${name}\n\n\ndef build_model(ctx):\n    return ${model}\n`,
  };
}

type Row = readonly [name: string, model: string, flags?: Pick<HonestCase, 'fast' | 'pastReview'>];

const rows = (file: string, table: readonly Row[]): readonly HonestCase[] =>
  table.map(([name, model, flags]) => ({ name, sources: built(file, model), ...flags }));

const FAST = { fast: true } as const;

export const normalised = rows('normalised', [
  ['layer normalisation', 'layer_norm()'],
  ['root-mean-square normalisation', 'rms_norm()'],
  ['batch normalisation with running statistics', 'batch_norm()', FAST],
  ['batch normalisation with cumulative statistics', 'batch_norm_without_momentum()'],
  ['group normalisation', 'group_norm()'],
  ['a moving average of activations', 'running_scale()'],
  ['spectral normalisation, whose power iteration moves a buffer', 'SpectralLayer()', FAST],
  ['spectral normalisation as a parametrisation', 'ParametrisedSpectralLayer()'],
  ['weight normalisation', 'WeightNormLayer()'],
  ['orthogonal weights', 'OrthogonalLayer()'],
]);

export const recurrent = rows('recurrent', [
  ['Elman network', 'elman()'],
  ['gated recurrent unit', 'gru()', FAST],
  ['long short-term memory', 'lstm()'],
  ['two layers of it with dropout between', 'two_layer_lstm_with_dropout()'],
  ['a cell in a loop, with a learnt first state', 'StepByStep()'],
  ['linear recurrence', 'LinearRecurrence()'],
  ['dilated causal convolutions', 'CausalConvolution()'],
]);

export const attending = rows('attending', [
  ['transformer with learnt positions', 'Transformer(ctx)'],
  ['transformer with a mask that is part of the state', 'Transformer(ctx, persistent=True)', FAST],
  [
    'transformer with rotary positions that are part of the state',
    'Transformer(ctx, persistent=True, rotary=True)',
  ],
  ['transformer with rotary positions that are not', 'Transformer(ctx, rotary=True)'],
  ['transformer with tied embeddings', 'Transformer(ctx, tied=True)', FAST],
  ['transformer with dropout', 'Transformer(ctx, dropout=0.1)', FAST],
  ['grouped-query attention', 'Transformer(ctx, heads_of_keys=2)'],
  ["a transformer whose depth is the context's", 'Transformer(ctx, layers=min(3, ctx.max_layers))'],
  ["torch's own encoder", 'FromTorch(ctx)'],
  ['a learnt mixing matrix with token shift', 'ShiftedMixing(ctx)'],
]);

export const structured = rows('structured', [
  ['lists and dicts of parameters and modules', 'Lists()'],
  ['one layer under two names, used four times', 'SharedLayer()'],
  ['mixture of experts, some of them idle', 'Experts()', FAST],
  ['lazy modules', 'Lazy()'],
  ['gradient checkpointing', 'Checkpointed()'],
  ['an autograd function of its own', 'Binary()'],
  ['a few frozen random features', 'Frozen()'],
  ['control flow that depends on the input', 'Branching()'],
  ['stochastic depth and functional dropout', 'StochasticDepth()', FAST],
  ['a generator in forward', 'Generator()'],
  ['reshapes and einsums', 'Rearranging()'],
  ['a moving average of a small part of itself', 'Averaged()'],
]);

export const plain = rows('plain', [
  ['a plain network', 'Plain()'],
  ['one that ignores the sizes of the context, and is small', 'Plain(8)'],
  ['logits beside an auxiliary loss', 'WithLoss()'],
  ['logits in a list', 'Listed()'],
  ['logits in a dict with attributes', 'DictLike()'],
  ['logits of the last position only', 'LastOnly()', FAST],
  ['double precision', 'Plain().double()'],
  ['bfloat16', 'Plain().bfloat16()'],
  ['a mask of bytes that have come', 'MasksBytes()'],
  ['counters, half precision and empty tensors in buffers', 'Quantised()'],
]);
