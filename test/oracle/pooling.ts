import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { at, type Block, outputShape, type Reading, readings, zeros } from './windows.ts';

/** The largest number under each window. */
export function maxPool(input: Block, geometry: WindowGeometry): Block {
  return pooled(input, geometry, (values) => Math.max(...values));
}

/** The mean of the numbers under each window; padding does not count. */
export function averagePool(input: Block, geometry: WindowGeometry): Block {
  return pooled(input, geometry, (values) => values.reduce((a, b) => a + b) / values.length);
}

/** The cotangent at the first maximum under each window in row-major order. */
export function maxPoolGradient(cotangent: Block, input: Block, geometry: WindowGeometry): Block {
  return scattered(cotangent, input, geometry, (values) => {
    const first = values.indexOf(Math.max(...values));
    return values.map((_, i) => (i === first ? 1 : 0));
  });
}

/** The cotangent in equal parts at the positions under each window. */
export function averagePoolGradient(cotangent: Block, input: Block, geometry: WindowGeometry): Block {
  return scattered(cotangent, input, geometry, (values) => values.map(() => 1 / values.length));
}

function pooled(input: Block, geometry: WindowGeometry, reduce: (values: number[]) => number): Block {
  const output = zeros(outputShape(input.shape, geometry, input.shape[3]));
  eachWindow(input, geometry, (to, places) => {
    output.data[at(output, to)] = reduce(places.map((i) => input.data[i] as number));
  });
  return output;
}

function scattered(
  cotangent: Block,
  input: Block,
  geometry: WindowGeometry,
  shares: (values: number[]) => number[],
): Block {
  const gradient = zeros(input.shape);
  eachWindow(input, geometry, (to, places) => {
    const arriving = cotangent.data[at(cotangent, to)] as number;
    shares(places.map((i) => input.data[i] as number)).forEach((share, k) => {
      const i = places[k] as number;
      gradient.data[i] = (gradient.data[i] as number) + share * arriving;
    });
  });
  return gradient;
}

function eachWindow(
  input: Block,
  geometry: WindowGeometry,
  visit: (to: Block['shape'], places: number[]) => void,
): void {
  const [batch, rows, columns, channels] = input.shape;
  const windows = new Map<string, Reading[]>();
  for (const reading of readings([rows, columns], geometry)) {
    const key = reading.to.join();
    windows.set(key, [...(windows.get(key) ?? []), reading]);
  }
  for (const window of windows.values()) {
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < channels; c++) {
        visit(
          [n, ...(window[0] as Reading).to, c],
          window.map(({ from }) => at(input, [n, ...from, c])),
        );
      }
    }
  }
}
