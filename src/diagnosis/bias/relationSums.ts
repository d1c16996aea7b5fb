import { dot, norm } from '../../numeric/linear/vectors.ts';
import { type RunningMoments, runningMoments } from '../../numeric/running.ts';
import { GRAIN, type Sliced } from '../../numeric/sliced.ts';

/** What is kept of the evidence of images that come one after the other. */
export interface RelationSums {
  readonly count: number;
  /** The cosines of each two attributes in the same image, and from one image to the next, `[k × k]`. */
  readonly cosines: RunningMoments;
  readonly chance: RunningMoments;
  /** $\sum |\omega_i \omega_j|$ at each place, `[k × k × places]`. */
  readonly shared: Float64Array;
  /** @param evidence of each attribute, `[places × channels]`. */
  add(evidence: readonly Float32Array[]): Sliced<void>;
  /** Compares the last image with the first, so that each has had a next one. */
  close(): Sliced<void>;
}

/**
 * Sums of the relations of `attributes` at a layer of so many places and channels.
 *
 * @param share which part of the numbers of each attribute's evidence is kept, the greatest; all of them where it is 1.
 */
export function relationSums(
  attributes: number,
  { places, channels, share }: { readonly places: number; readonly channels: number; readonly share: number },
): RelationSums {
  const cosines = runningMoments(attributes ** 2);
  const chance = runningMoments(attributes ** 2);
  const shared = new Float64Array(attributes ** 2 * places);
  let [first, last]: (readonly Float64Array[] | undefined)[] = [undefined, undefined];
  let count = 0;
  return {
    get count() {
      return count;
    },
    cosines,
    chance,
    shared,
    *add(evidence) {
      const own = evidence.map((values) => unit(values, share));
      yield own.length * places * channels * (share < 1 ? 20 : 2);
      cosines.add(yield* productsOf(own, own));
      yield* addShared(shared, own, { places, channels });
      if (last) chance.add(yield* productsOf(last, own));
      first ??= own;
      last = own;
      count++;
    },
    *close() {
      if (first && last && count > 1) chance.add(yield* productsOf(last, first));
    },
  };
}

/** Evidence of length 1, but for the smaller numbers where only a share is kept; what is all zero stays so. */
function unit(values: Float32Array, share: number): Float64Array {
  const kept = share < 1 ? greatest(values, share) : Float64Array.from(values);
  const length = norm(kept);
  return length === 0 ? kept : kept.map((value) => value / length);
}

function greatest(values: Float32Array, share: number): Float64Array {
  const sizes = Float32Array.from(values, Math.abs).sort();
  const least = sizes[sizes.length - Math.max(1, Math.round(share * sizes.length))] as number;
  return Float64Array.from(values, (value) => (Math.abs(value) >= least ? value : 0));
}

function* productsOf(a: readonly Float64Array[], b: readonly Float64Array[]): Sliced<Float64Array> {
  const products = new Float64Array(a.length * b.length);
  let done = 0;
  for (const [i, one] of a.entries())
    for (const [j, other] of b.entries()) {
      products[i * b.length + j] = dot(one, other);
      done += one.length;
      if (done < GRAIN) continue;
      yield done;
      done = 0;
    }
  return products;
}

function* addShared(
  sums: Float64Array,
  own: readonly Float64Array[],
  { places, channels }: { readonly places: number; readonly channels: number },
): Sliced<void> {
  for (let i = 0; i < own.length; i++)
    for (let j = i; j < own.length; j++) {
      const [one, other] = [own[i] as Float64Array, own[j] as Float64Array];
      for (let place = 0; place < places; place++) {
        let sum = 0;
        for (let at = place * channels; at < (place + 1) * channels; at++)
          sum += Math.abs((one[at] as number) * (other[at] as number));
        sums[(i * own.length + j) * places + place]! += sum;
        if (i !== j) sums[(j * own.length + i) * places + place]! += sum;
      }
      yield 2 * places * channels;
    }
}
