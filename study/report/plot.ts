/** The study in one picture: what the small scale said against what came, and how often each figure decided right. */
import type { FigureName } from '../figures.ts';
import type { Findings, Foresight } from '../findings.ts';
import { dot, label, line, linear, picture } from './svg.ts';

const [WIDTH, HEIGHT] = [1_000, 460];
const INK = '#888';
const FAINT = '#ddd';
const BLUE = '#1f5fa8';
const RED = '#b5382a';

/** Whole and half bits within a range that has some room around `values`. */
function ticksOf(values: readonly number[]): { range: [number, number]; ticks: number[] } {
  const [least, most] = [Math.floor(Math.min(...values) * 2) / 2, Math.ceil(Math.max(...values) * 2) / 2];
  const ticks = Array.from({ length: (most - least) * 2 + 1 }, (_, index) => least + index / 2);
  return { range: [least, most], ticks };
}

interface Place {
  readonly left: number;
  readonly top: number;
}

/** Moves what would lie over something above it downwards, from the top. */
function apart<T extends Place>(places: readonly T[]): T[] {
  const [width, height] = [150, 10];
  const placed: T[] = [];
  for (const place of places.toSorted((a, b) => a.top - b.top)) {
    let top = place.top;
    for (const other of placed) {
      if (Math.abs(other.left - place.left) < width && Math.abs(other.top - top) < height)
        top = other.top + height;
    }
    placed.push({ ...place, top });
  }
  return placed;
}

/** Last small loss across, large loss upwards. What lies on a rising line was ranked right. */
function scatter({ samples, figures, truth }: Findings): string[] {
  const small = figures.get('final') ?? [];
  const [across, upwards] = [ticksOf(small), ticksOf(truth)];
  const x = linear(across.range, [60, 470]);
  const y = linear(upwards.range, [400, 40]);
  const dots = samples.map(({ name }, index) => {
    const [before = 0, after = 0] = [small[index], truth[index]];
    return {
      name,
      left: x(before),
      top: y(after),
      title: `${name}: ${before.toFixed(3)} to ${after.toFixed(3)}`,
    };
  });
  return [
    label(60, 22, 'Loss after the small runs, and after 16 times as long (bits per byte)', 'start', 13),
    ...across.ticks.flatMap((tick) => [
      line(x(tick), 40, x(tick), 400, FAINT),
      label(x(tick), 416, tick.toFixed(1), 'middle'),
    ]),
    ...upwards.ticks.flatMap((tick) => [
      line(60, y(tick), 470, y(tick), FAINT),
      label(54, y(tick) + 4, tick.toFixed(1), 'end'),
    ]),
    label(265, 440, 'small: last checkpoint', 'middle'),
    ...dots.map(({ left, top, title }) => dot(left, top, BLUE, title)),
    ...apart(dots).map(({ left, top, name }) =>
      left > 380 ? label(left - 7, top + 3, name, 'end', 9) : label(left + 7, top + 3, name, 'start', 9),
    ),
  ];
}

function bars(foresight: ReadonlyMap<FigureName, Foresight>): string[] {
  const x = linear([0.4, 1], [640, 960]);
  const ticks = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
  const rows = [...foresight].flatMap(([name, { accuracy, accuracyInterval }], index) => {
    const y = 56 + index * 30;
    return [
      label(628, y + 4, name, 'end'),
      line(x(Math.max(0.4, accuracyInterval.low)), y, x(accuracyInterval.high), y, INK),
      dot(x(Math.max(0.4, accuracy.share)), y, RED, `${name}: ${(100 * accuracy.share).toFixed(1)} %`),
    ];
  });
  return [
    label(540, 22, 'Couples decided right, with 95 % intervals', 'start', 13),
    ...ticks.flatMap((tick) => [
      line(x(tick), 40, x(tick), 400, FAINT),
      label(x(tick), 416, `${Math.round(100 * tick)} %`, 'middle'),
    ]),
    line(x(0.5), 40, x(0.5), 400, INK, true),
    label(x(0.5), 440, 'a coin', 'middle'),
    ...rows,
  ];
}

export function plotOf(findings: Findings): string {
  return picture(WIDTH, HEIGHT, 'How well small runs foresee large ones', [
    ...scatter(findings),
    ...bars(findings.foresight),
  ]);
}
