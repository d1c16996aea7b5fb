import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { at, type Block, outputShape, readings } from './windows.ts';

/** What the weights of one unit meet in one sample, and whether the unit is active then. */
export interface Sample {
  readonly x: readonly number[];
  readonly active: boolean;
}

/** The pattern of a unit from all its samples, as it is defined; zero where it never is active. */
export function patternFrom(samples: readonly Sample[], w: readonly number[]): number[] {
  const y = samples.map(({ x }) => dot(x, w));
  const active = samples.flatMap((sample, i) => (sample.active ? [{ x: sample.x, y: y[i] as number }] : []));
  if (active.length === 0) return w.map(() => 0);
  const meanY = mean(y);
  const covariance = w.map(
    (_, k) =>
      mean(active.map(({ x, y }) => (x[k] as number) * y)) - mean(active.map(({ x }) => x[k] as number)) * meanY,
  );
  const scale = dot(covariance, w);
  return covariance.map((value) => value / scale);
}

/** What each position of a window on a plane meets, [rows · columns · in] per position, zeros in the padding. */
export function windowsOf(input: Block, geometry: WindowGeometry): number[][] {
  const [batch, rows, columns, channels] = input.shape;
  const [, high, wide] = outputShape(input.shape, geometry, 1);
  const [tall, broad] = geometry.window;
  const windows = Array.from({ length: batch * high * wide }, () => new Array<number>(tall * broad * channels).fill(0));
  for (const { to, from, tap } of readings([rows, columns], geometry)) {
    for (let n = 0; n < batch; n++) {
      const window = windows[(n * high + to[0]) * wide + to[1]] as number[];
      for (let c = 0; c < channels; c++) {
        window[(tap[0] * broad + tap[1]) * channels + c] = input.data[at(input, [n, ...from, c])] as number;
      }
    }
  }
  return windows;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
