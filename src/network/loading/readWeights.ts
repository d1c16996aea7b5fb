import type { io } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/shape.ts';
import type { RunOptions } from '../types.ts';
import type { OpenSource } from './openSource.ts';

/** Weights as they are stored, one after the other. */
export interface StoredWeights {
  readonly specs: readonly io.WeightsManifestEntry[];
  readonly data: ArrayBuffer;
}

type Group = io.WeightsManifestConfig[number];
type Spec = io.WeightsManifestEntry;

const bytesPerValue: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/** Reads all weight files and checks their sizes against the weights they must hold. */
export async function readWeights(
  groups: readonly Group[],
  files: OpenSource,
  { signal, onProgress }: RunOptions = {},
): Promise<StoredWeights[]> {
  const sizes = groups.map(({ weights }) => sum(weights.map((spec) => bytesOf(spec, files.name))));
  const total = sum(sizes);
  let done = 0;
  const readOne = async (path: string): Promise<Uint8Array> => {
    const bytes = await files.read(path);
    signal?.throwIfAborted();
    done += bytes.length;
    onProgress?.({ stage: 'weights', done, total });
    return bytes;
  };
  return Promise.all(
    groups.map(async (group, i) => {
      const parts = await Promise.all(group.paths.map(readOne));
      assertSize(group, parts, sizes[i] as number);
      return { specs: group.weights, data: joined(parts) };
    }),
  );
}

function assertSize({ paths, weights }: Group, parts: readonly Uint8Array[], expected: number): void {
  const found = sum(parts.map(({ length }) => length));
  if (found === expected) return;
  const part = oddOne(parts, found < expected);
  const length = parts[part]?.length ?? 0;
  const file = paths[part] ?? 'a group without files';
  const group = parts.length > 1 ? `, one of ${parts.length} files with ${expected} bytes in all` : '';
  const cut = found < expected ? `; the data end in weight "${weightAt(weights, found)}"` : '';
  throw new Error(`${file}: expected ${length + expected - found} bytes, got ${length}${group}${cut}`);
}

/** All shards but the last have one size: the one that differs is at fault, else the last. */
function oddOne(parts: readonly Uint8Array[], short: boolean): number {
  const lengths = parts.slice(0, -1).map(({ length }) => length);
  const usual = short ? Math.max(...lengths) : Math.min(...lengths);
  const odd = lengths.findIndex((length) => length !== usual);
  return odd < 0 ? Math.max(parts.length - 1, 0) : odd;
}

function weightAt(specs: readonly Spec[], offset: number): string {
  let end = 0;
  return (
    specs.find((spec) => {
      end += bytesOf(spec);
      return end > offset;
    })?.name ?? ''
  );
}

function bytesOf({ name, shape, dtype, quantization }: Spec, json = ''): number {
  const stored = quantization?.dtype ?? dtype;
  const bytes = bytesPerValue[stored];
  if (bytes !== undefined && Array.isArray(shape)) return bytes * sizeOf(shape);
  throw new Error(
    `"${json}": weight "${name}" expected a shape and one of ${Object.keys(bytesPerValue).join(', ')}, got ${stored}`,
  );
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(sum(parts.map(({ length }) => length)));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all.buffer;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
