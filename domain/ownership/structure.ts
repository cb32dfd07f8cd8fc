/**
 * What the tensors of a model look like across the sizes that a plan builds it at: which shapes there are, which dimensions grow, and which
 * tensors share them. Evidence on a hold and nothing more: a learner declares its tensors itself, so that it can pad, reshape and rename them.
 * Equal digests say that two models are built alike; different ones say nothing.
 */
import { digestOf, type Json } from '../events/canonical.ts';

/** A declared tensor, without its name. */
export interface TensorShape {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** The model as it was built at one point of the plan. */
export interface BuiltModel {
  /** Index of the point, as in `pointsOf` of the plan. */
  readonly point: number;
  readonly tensors: readonly TensorShape[];
}

/** Rounds of refinement; the colours of any but a contrived model settle within three. */
const ROUNDS = 8;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Lower-case hex SHA-256 of the structure. It depends neither on names, on the order of tensors or points, nor on the values of dimensions that
 * change from point to point: such a dimension is known by the tensors and places in which it occurs (colour refinement: Weisfeiler and Leman
 * 1968). A number that occurs at every point is no size, and stays a number; so at a single point nothing is abstracted.
 * Throws `RangeError` where a point is there twice, or none is.
 */
export function structureDigest(points: readonly BuiltModel[]): string {
  if (points.length === 0) throw new RangeError('a structure needs the tensors of at least one point');
  const ordered = [...points].sort((a, b) => a.point - b.point);
  for (const [index, { point }] of ordered.entries()) {
    if (ordered[index - 1]?.point === point)
      throw new RangeError(`point ${point} is there twice: give the tensors of one run of it`);
  }
  const fixed = fixedNumbers(ordered);
  return digestOf({
    structure: 1,
    points: ordered.map(({ point, tensors }) => ({ point, tensors: coloured(tensors, fixed) })),
  });
}

/** Dimensions that occur at every point. */
function fixedNumbers(points: readonly BuiltModel[]): ReadonlySet<number> {
  const [first, ...others] = points.map(({ tensors }) => new Set(tensors.flatMap(({ shape }) => shape)));
  return new Set([...(first ?? [])].filter((size) => others.every((sizes) => sizes.has(size))));
}

/** The tensors by their final colours, in an order of no meaning. */
function coloured(tensors: readonly TensorShape[], fixed: ReadonlySet<number>): readonly string[] {
  const colours = new Map<number, string>();
  const colourOf = (size: number): Json => (fixed.has(size) ? size : (colours.get(size) ?? 'changes'));
  const colourAll = () => tensors.map(({ dtype, shape }) => digestOf({ dtype, shape: shape.map(colourOf) }));
  let found = colourAll();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [size, places] of placesOf(tensors, found, fixed)) colours.set(size, digestOf(places));
    const next = colourAll();
    const settled = new Set(next).size === new Set(found).size;
    found = next;
    if (settled && round > 0) break;
  }
  return found.sort(byText);
}

/** For each dimension that changes: the colours of the tensors it occurs in, and where in their shapes. */
function placesOf(
  tensors: readonly TensorShape[],
  colours: readonly string[],
  fixed: ReadonlySet<number>,
): ReadonlyMap<number, readonly string[]> {
  const places = new Map<number, string[]>();
  for (const [index, { shape }] of tensors.entries()) {
    for (const [axis, size] of shape.entries()) {
      if (fixed.has(size)) continue;
      const known = places.get(size) ?? [];
      places.set(size, known);
      known.push(`${colours[index]} ${axis}`);
    }
  }
  for (const known of places.values()) known.sort(byText);
  return places;
}
