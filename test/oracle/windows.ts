import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';

/** Numbers [batch, rows, columns, channels], or a kernel [rows, columns, in, out], last axis fastest. */
export interface Block {
  readonly shape: readonly [number, number, number, number];
  readonly data: Float64Array;
}

/** A block of zeros. */
export function zeros(shape: Block['shape']): Block {
  return { shape, data: new Float64Array(shape.reduce((a, b) => a * b)) };
}

/** Where the number at [a, b, c, d] lies. */
export function at({ shape }: Pick<Block, 'shape'>, [a, b, c, d]: readonly [number, number, number, number]): number {
  return ((a * shape[1] + b) * shape[2] + c) * shape[3] + d;
}

/** The length of an axis after a window has passed over it. */
export function outputLength(size: number, geometry: WindowGeometry, axis: 0 | 1): number {
  const { window, strides, padding, dilations } = geometry;
  if (padding === 'same') return Math.ceil(size / strides[axis]);
  return Math.ceil((size - (window[axis] - 1) * dilations[axis]) / strides[axis]);
}

/** A position of the window: output position `to` reads input position `from` through tap `tap`. */
export interface Reading {
  readonly to: readonly [number, number];
  readonly from: readonly [number, number];
  readonly tap: readonly [number, number];
}

/** All pairs of output and input position of a window on a plane, in row-major order of output, then tap. */
export function readings([rows, columns]: readonly [number, number], geometry: WindowGeometry): Reading[] {
  const vertical = alongAxis(rows, geometry, 0);
  const horizontal = alongAxis(columns, geometry, 1);
  const pairs = vertical.flatMap((v) =>
    horizontal.map((h): Reading => ({ to: [v.to, h.to], from: [v.from, h.from], tap: [v.tap, h.tap] })),
  );
  return pairs.sort((a, b) => a.to[0] - b.to[0] || a.to[1] - b.to[1] || a.tap[0] - b.tap[0] || a.tap[1] - b.tap[1]);
}

function alongAxis(size: number, geometry: WindowGeometry, axis: 0 | 1): { to: number; from: number; tap: number }[] {
  const window = geometry.window[axis];
  const stride = geometry.strides[axis];
  const dilation = geometry.dilations[axis];
  const outputs = outputLength(size, geometry, axis);
  const missing = geometry.padding === 'same' ? (outputs - 1) * stride + (window - 1) * dilation + 1 - size : 0;
  const before = Math.floor(Math.max(missing, 0) / 2);
  const found: { to: number; from: number; tap: number }[] = [];
  for (let to = 0; to < outputs; to++) {
    for (let tap = 0; tap < window; tap++) {
      const from = to * stride + tap * dilation - before;
      if (from >= 0 && from < size) found.push({ to, from, tap });
    }
  }
  return found;
}

/** The shape that a window makes of an input. */
export function outputShape(input: Block['shape'], geometry: WindowGeometry, channels: number): Block['shape'] {
  return [input[0], outputLength(input[1], geometry, 0), outputLength(input[2], geometry, 1), channels];
}
