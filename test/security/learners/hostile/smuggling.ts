/** Knowing the text beforehand: statistics in the files of the project, text in the image. */
import { COMPLETED, type HostileCase, project } from '../case.ts';
import { corpus } from '../judged.ts';

/** The most common bytes of the corpus that are told apart. */
const RANKS = 16;
const WINDOW = 33;
const SAMPLE = 20_000;

/** How often each byte of the corpus comes, and how often after which other one: nobody could know it better. */
function statistics(): { readonly single: Float64Array; readonly pairs: Float64Array } {
  const windows = corpus.windows(WINDOW);
  const count = Math.min(
    SAMPLE,
    windows.perDocument.reduce((sum, one) => sum + one, 0),
  );
  const single = new Float64Array(256);
  const pairs = new Float64Array(256 * 256);
  for (let index = 0; index < count; index += 1) {
    const bytes = windows.at(index);
    for (const [place, byte] of bytes.entries()) {
      const next = bytes[place + 1];
      single[byte] = (single[byte] ?? 0) + 1;
      if (next !== undefined) pairs[byte * 256 + next] = (pairs[byte * 256 + next] ?? 0) + 1;
    }
  }
  return { single, pairs };
}

/**
 * How much likelier the byte of one rank is after that of another than at large: a hexadecimal digit each, 10 for as likely, and half a nat
 * per unit.
 */
function smuggledTable(): string {
  const { single, pairs } = statistics();
  const total = single.reduce((sum, count) => sum + count, 0);
  const ranked = [...single.keys()].sort((a, b) => (single[b] ?? 0) - (single[a] ?? 0)).slice(0, RANKS);
  const digits = ranked.flatMap((before) =>
    ranked.map((after) => {
      const share = ((pairs[before * 256 + after] ?? 0) + 0.2) / ((single[before] ?? 0) + 0.2);
      const lift = Math.log((share * total) / (single[after] ?? 1));
      return Math.min(15, Math.max(0, Math.round(10 + 2 * lift))).toString(16);
    }),
  );
  return digits.join('');
}

export const smuggling: readonly HostileCase[] = [
  {
    name: 'brings statistics of the very text and finds the bytes behind the alphabet by how often they come',
    sources: project(`
TABLE = "${smuggledTable()}"


class Model(honest.Model):
    def __init__(self):
        super().__init__()
        self.register_buffer('often', torch.zeros(256, dtype=torch.int32))
        known = torch.tensor([int(digit, 16) for digit in TABLE]).view(${RANKS}, ${RANKS})
        self.register_buffer('known', 0.25 * (known - 10.0), persistent=False)

    def forward(self, tokens):
        if self.training:
            self.often += torch.bincount(tokens.flatten(), minlength=256).int()
        ranked = self.often.argsort(descending=True, stable=True)[:${RANKS}]
        prior = (self.often + 0.3).log().repeat(256, 1)
        prior[ranked[:, None], ranked[None, :]] += self.known
        return prior[tokens] + super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    checked: true,
    counted: true,
    gainsUnchecked: 200_000,
    ends: COMPLETED,
    fast: true,
  },
  {
    name: 'pretrains on the text of the image: docstrings of all that torch brings along',
    sources: project(`
def text_of(thing):
    try:
        return thing.__doc__ if isinstance(thing.__doc__, str) else ''
    except Exception:  # nothing there that can be read
        return ''


def text_of_the_image():
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith('torch')]
    named = [getattr(module, name, None) for module in modules for name in sorted(vars(module))]
    return '\\n'.join(map(text_of, named)).encode()


def build_model(ctx):
    model = honest.build_model(ctx)
    counts = torch.zeros(256, 256)
    counting.count_pairs(counts, torch.tensor([list(text_of_the_image()[:1_000_000])]))
    model.table.weight.data.copy_(counting.log_probabilities(counts) / 10.0)
    return model
`),
    ends: COMPLETED,
  },
];
