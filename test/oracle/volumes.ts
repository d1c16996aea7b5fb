// Convolutions and poolings of volumes [n, depth, rows, columns, channels] in plain loops.

/** Numbers in the last axis fastest. */
export interface Volume {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A window along depth, rows and columns. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'same' | 'valid';
  readonly dilations?: readonly number[];
}

interface Reading {
  readonly to: number;
  readonly from: number;
  readonly tap: number;
}

/** A convolution with a kernel [depth, rows, columns, in, out]. */
export function conv(x: Volume, kernel: Volume, window: Window): Volume {
  const output = zeros(slid(x.shape, window, kernel.shape[4] as number));
  eachProduct(x.shape, kernel.shape, window, (from, tap, to) => add(output, to, number(x, from) * number(kernel, tap)));
  return output;
}

/** Its gradient with respect to its input. */
export function convInputGradient(cotangent: Volume, kernel: Volume, window: Window, shape: readonly number[]): Volume {
  const gradient = zeros(shape);
  eachProduct(shape, kernel.shape, window, (from, tap, to) =>
    add(gradient, from, number(cotangent, to) * number(kernel, tap)),
  );
  return gradient;
}

/** Its gradient with respect to its kernel. */
export function convKernelGradient(x: Volume, cotangent: Volume, window: Window, shape: readonly number[]): Volume {
  const gradient = zeros(shape);
  eachProduct(x.shape, shape, window, (from, tap, to) => add(gradient, tap, number(x, from) * number(cotangent, to)));
  return gradient;
}

/** What a pooling makes of each window, and how its cotangent is shared among the places in row-major order. */
export interface Pooling {
  readonly reduce: (values: readonly number[]) => number;
  readonly shares: (values: readonly number[]) => readonly number[];
}

export const maxPool: Pooling = {
  reduce: (values) => Math.max(...values),
  shares: (values) => values.map((_, i) => (i === values.indexOf(Math.max(...values)) ? 1 : 0)),
};

/** Padding does not count. */
export const averagePool: Pooling = {
  reduce: (values) => values.reduce((a, b) => a + b) / values.length,
  shares: (values) => values.map(() => 1 / values.length),
};

/** A pooling, and its gradient for a cotangent. */
export function pooled(
  x: Volume,
  window: Window,
  { reduce, shares }: Pooling,
  cotangent?: Volume,
): { readonly output: Volume; readonly gradient: Volume } {
  const [output, gradient] = [zeros(slid(x.shape, window, x.shape[4] as number)), zeros(x.shape)];
  const places = new Map<number, number[][]>();
  for (const { from, to } of readings(x.shape, window)) {
    for (let n = 0; n < (x.shape[0] as number); n++) {
      for (let c = 0; c < (x.shape[4] as number); c++) {
        const at = index(output, [n, ...to, c]);
        places.set(at, [...(places.get(at) ?? []), [n, ...from, c]]);
      }
    }
  }
  for (const [at, read] of places) {
    const values = read.map((place) => number(x, place));
    output.data[at] = reduce(values);
    shares(values).forEach((share, i) =>
      add(gradient, read[i] as number[], share * (cotangent ? (cotangent.data[at] as number) : 0)),
    );
  }
  return { output, gradient };
}

/** The shape that a window makes of a volume. */
export function slid([batch = 1, ...lengths]: readonly number[], window: Window, units: number): number[] {
  return [batch, ...[0, 1, 2].map((axis) => lengthAlong(lengths[axis] as number, window, axis)), units];
}

function eachProduct(
  shape: readonly number[],
  kernelShape: readonly number[],
  window: Window,
  visit: (from: number[], tap: number[], to: number[]) => void,
): void {
  const [inputs, units] = kernelShape.slice(3) as [number, number];
  for (const { from, tap, to } of readings(shape, window)) {
    for (let n = 0; n < (shape[0] as number); n++) {
      for (let c = 0; c < inputs; c++) {
        for (let k = 0; k < units; k++) visit([n, ...from, c], [...tap, c, k], [n, ...to, k]);
      }
    }
  }
}

interface Readings {
  readonly to: number[];
  readonly from: number[];
  readonly tap: number[];
}

/** In row-major order of the places that are read. */
function readings([, ...lengths]: readonly number[], window: Window): Readings[] {
  const [depths, rows, columns] = [0, 1, 2].map((axis) => along(lengths[axis] as number, window, axis)) as [
    Reading[],
    Reading[],
    Reading[],
  ];
  return depths.flatMap((d) =>
    rows.flatMap((r) =>
      columns.map((c) => ({
        to: [d.to, r.to, c.to],
        from: [d.from, r.from, c.from],
        tap: [d.tap, r.tap, c.tap],
      })),
    ),
  );
}

function along(length: number, window: Window, axis: number): Reading[] {
  const { size, strides, dilations = [1, 1, 1], padding } = window;
  const [count, stride, rate] = [size[axis] as number, strides[axis] as number, dilations[axis] as number];
  const outputs = lengthAlong(length, window, axis);
  const missing = padding === 'same' ? (outputs - 1) * stride + (count - 1) * rate + 1 - length : 0;
  const before = Math.floor(Math.max(missing, 0) / 2);
  const all = Array.from({ length: outputs * count }, (_, i) => {
    const [to, tap] = [Math.floor(i / count), i % count];
    return { to, tap, from: to * stride + tap * rate - before };
  });
  return all.filter(({ from }) => from >= 0 && from < length);
}

function lengthAlong(length: number, { size, strides, dilations = [1, 1, 1], padding }: Window, axis: number): number {
  const lost = padding === 'same' ? 0 : ((size[axis] as number) - 1) * (dilations[axis] as number);
  return Math.ceil((length - lost) / (strides[axis] as number));
}

/** A volume, or a kernel, of zeros. */
export function zeros(shape: readonly number[]): Volume {
  return { shape, data: new Float64Array(shape.reduce((a, b) => a * b)) };
}

function index({ shape }: Volume, place: readonly number[]): number {
  return place.reduce((at, position, axis) => at * (shape[axis] as number) + position, 0);
}

function number(volume: Volume, place: readonly number[]): number {
  return volume.data[index(volume, place)] as number;
}

function add(volume: Volume, place: readonly number[], value: number): void {
  const at = index(volume, place);
  volume.data[at] = (volume.data[at] as number) + value;
}
