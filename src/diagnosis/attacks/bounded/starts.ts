import { type NdArray, rowOf, sizeOf } from '../../../numeric/ndarray.ts';
import { type Random, random } from '../../../numeric/random.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import type { AttackBatch } from '../field/attackBatch.ts';
import type { Ball } from '../field/ball.ts';

/** Where attacks begin: spread over a ball around each example, or on its surface. */
export interface StartChoice {
  readonly from: 'ball' | 'surface';
  /** Of several starts of an example each has its own number. */
  readonly stream: number;
}

/**
 * Random places around examples, not yet brought within bounds. Each example has a source of its own: what another is drawn
 * does not change it.
 */
export function* startsOf(
  { x, examples, seed }: Pick<AttackBatch, 'x' | 'examples' | 'seed'>,
  ball: Ball,
  { from, stream }: StartChoice,
): Sliced<NdArray> {
  const size = sizeOf(x.shape.slice(1));
  const data = new Float32Array(x.data.length);
  for (const [row, example] of examples.entries()) {
    const source = random(seed, example, stream);
    const change = ball.norm === 'linf' ? cubic(size, ball, source, from) : round(size, ball, source, from);
    rowOf(x, row).forEach((value, i) => {
      data[row * size + i] = value + (change[i] as number);
    });
    yield DRAW * size;
  }
  return { shape: x.shape, data };
}

/** About how many operations it takes to draw a number. */
const DRAW = 30;

/** Uniform in the box; on the surface scaled so that one number at least is as far off as it may. */
function cubic(size: number, { epsilon, space }: Ball, { uniform }: Random, from: StartChoice['from']): Float64Array {
  const channels = space.low.length;
  const drawn = Float64Array.from({ length: size }, () => 2 * uniform() - 1);
  const most = from === 'ball' ? 1 : drawn.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  return drawn.map(
    (value, i) => (value / most) * (typeof epsilon === 'number' ? epsilon : (epsilon[i % channels] as number)),
  );
}

/** Of any direction alike; inside, a ball of twice the radius holds 2^size times as much. */
function round(size: number, { epsilon }: Ball, { normal, uniform }: Random, from: StartChoice['from']): Float64Array {
  const drawn = Float64Array.from({ length: size }, () => normal());
  const length = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0));
  const radius = (epsilon as number) * (from === 'ball' ? uniform() ** (1 / size) : 1);
  return drawn.map((value) => (value / length) * radius);
}
