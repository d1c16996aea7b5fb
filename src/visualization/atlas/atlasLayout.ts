import { inSlices } from '../../backend/inTurn.ts';
import { assertArray, assertFiniteArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { leadingComponent } from '../../numeric/linear/leadingComponent.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { tsne } from '../../numeric/tsne.ts';
import type { AtlasSettings } from './types.ts';

/** The most points that are compared with each other. */
const MOST_POINTS = 3000;
const STEPS = 1000;

type LayoutPlan = Pick<AtlasSettings, 'layout' | 'perplexity' | 'signal' | 'onProgress'> & { readonly seed: number };

/** Activations in a plane, `[m, 2]`. */
export async function atlasLayout(activations: NdArray, { layout = 'tsne', ...plan }: LayoutPlan): Promise<NdArray> {
  if (typeof layout === 'function') return checkedLayout(await layout(copyOf(activations)), activations);
  if (layout === 'pca') return inSlices(principalPlane(activations), { signal: plan.signal });
  return neighborPlane(activations, plan);
}

async function neighborPlane(
  { shape, data }: NdArray,
  { perplexity = 50, seed, signal, onProgress }: Omit<LayoutPlan, 'layout'>,
): Promise<NdArray> {
  const [count] = shape as [number];
  if (count > MOST_POINTS) {
    throw new VitrineError(
      'too-large',
      `"images" expected at most ${MOST_POINTS} for 'tsne', got ${count}; give fewer, or 'pca' or a function as "layout"`,
    );
  }
  const { places } = await inSlices(
    tsne({
      points: data,
      count,
      // Fewer points have fewer neighbours; a third leaves room between clusters.
      perplexity: Math.min(perplexity, (count - 1) / 3),
      steps: STEPS,
      random: random(seed),
      onStep: (step) => onProgress?.({ stage: 'layout', done: step + 1, total: STEPS }),
    }),
    { signal },
  );
  return { shape: [count, 2], data: Float32Array.from(places) };
}

/** The two axes along which activations vary most. */
function* principalPlane(activations: NdArray): Sliced<NdArray> {
  const [count, units] = activations.shape as [number, number];
  const first = yield* leadingComponent(activations, { center: true });
  const rest = activations.data.map(
    (value, i) => value - (first.projection[Math.floor(i / units)] as number) * (first.direction[i % units] as number),
  );
  const second = yield* leadingComponent({ shape: activations.shape, data: rest }, { center: true });
  return {
    shape: [count, 2],
    data: Float32Array.from({ length: 2 * count }, (_, i) =>
      i % 2 === 0 ? (first.projection[i / 2] as number) : (second.projection[(i - 1) / 2] as number),
    ),
  };
}

function copyOf({ shape, data }: NdArray): NdArray {
  return { shape: [...shape], data: data.slice() };
}

function checkedLayout(found: unknown, { shape: [count] }: NdArray): NdArray {
  if (typeof found !== 'object' || found === null) {
    throw new VitrineError(
      'bad-argument',
      `"layout" expected a function that returns {shape, data}, got ${describe(found)}`,
    );
  }
  const layout = found as NdArray;
  assertArray('layout', layout, [2]);
  assertFiniteArray('layout', layout);
  if (layout.shape[0] !== count || layout.shape[1] !== 2) {
    throw new VitrineError('bad-shape', `"layout" expected shape [${count}, 2], got [${layout.shape.join(', ')}]`);
  }
  return { shape: [...layout.shape], data: Float32Array.from(layout.data) };
}

/** The places of images in a square of side 1: what lies outside of the middle 98 % of an axis, with a tenth more, is brought to its edge. */
export function squared({ shape, data }: NdArray): NdArray {
  const ranges = [0, 1].map((axis) => {
    const sorted = data.filter((_, i) => i % 2 === axis).sort();
    const [low, high] = [percentile(sorted, 0.01), percentile(sorted, 0.99)];
    const margin = 0.1 * (high - low);
    return [low - margin, high + margin] as const;
  });
  return {
    shape,
    data: data.map((value, i) => {
      const [low, high] = ranges[i % 2] as readonly [number, number];
      return high === low ? 0.5 : Math.min(1, Math.max(0, (value - low) / (high - low)));
    }),
  };
}

/** By linear interpolation among sorted numbers. */
function percentile(sorted: Float32Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (place - Math.floor(place)) * (above - below);
}
