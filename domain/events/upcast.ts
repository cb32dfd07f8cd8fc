/** Old versions are brought to the present one on read, a version at a time; a stored byte is never rewritten. */

type Data = { readonly [key: string]: unknown };

/** For each type, by the version it starts from: the step to the next version. */
export type Upcasters = { readonly [type: string]: { readonly [fromVersion: number]: (data: Data) => Data } };

/** No event has had a second version yet. */
export const upcasters: Upcasters = {};

/** Applies the chain of steps from `from` to `to`. Throws where a step is missing. */
export function upcast(type: string, from: number, to: number, data: Data, chain: Upcasters): Data {
  let current = data;
  for (let version = from; version < to; version += 1) {
    const step = chain[type]?.[version];
    if (step === undefined) throw new RangeError(`no upcaster of ${type} from version ${version}`);
    current = step(current);
  }
  return current;
}
