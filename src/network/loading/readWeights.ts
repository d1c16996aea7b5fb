import * as tf from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import type { RunOptions } from '../types.ts';
import { refuseLfsPointer } from './fileKind.ts';
import type { WeightGroups } from './modelJson.ts';
import type { OpenedSource } from './source.ts';
import type { StoredArray } from './storedModel.ts';

type Group = WeightGroups[number];
type Spec = tf.io.WeightsManifestEntry;

const bytesPerValue: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/**
 * Reads all weight files, checks their sizes against the weights they must hold, and gives the weights by name, without
 * those of the optimizer.
 */
export async function readWeights(
  groups: readonly Group[],
  source: OpenedSource,
  { signal, onProgress }: RunOptions = {},
): Promise<Map<string, StoredArray>> {
  const sizes = groups.map(({ weights }) => sum(weights.map((spec) => bytesOf(spec, source.name))));
  const total = sum(sizes);
  let done = 0;
  const readOne = async (path: string): Promise<Uint8Array> => {
    const bytes = await readFile(path, source, signal);
    done += bytes.length;
    onProgress?.({ stage: 'weights', done, total });
    return bytes;
  };
  const files = await Promise.all(groups.map(({ paths }) => Promise.all(paths.map(readOne))));
  const arrays = groups.flatMap((group, i) => {
    const parts = files[i] as Uint8Array[];
    if (parts.length === 0 && sizes[i] !== 0) {
      throw new VitrineError('bad-file', `"${source.name}" names no weight files for ${sizes[i]} bytes of weights`);
    }
    assertSize(group, parts, sizes[i] as number);
    return arraysOf(group, parts);
  });
  return byName(arrays, source.name);
}

/** Says which file failed, and who asked for it; an abort keeps its reason. */
async function readFile(path: string, source: OpenedSource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    signal?.throwIfAborted();
    const bytes = await source.read(path);
    refuseLfsPointer(bytes);
    return bytes;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VitrineError(
      'bad-file',
      `weight file ${describe(path)}, named in "${source.name}", cannot be read: ${reason}`,
      { cause },
    );
  } finally {
    signal?.throwIfAborted();
  }
}

function arraysOf({ weights }: Group, parts: readonly Uint8Array[]): StoredArray[] {
  let offset = 0;
  return weights.flatMap((spec) => {
    const [start, size] = [offset, bytesOf(spec)];
    offset += size;
    const tensor = (): tf.Tensor => tf.io.decodeWeights(cut(parts, start, size), [spec])[spec.name] as tf.Tensor;
    return spec.group === 'optimizer' ? [] : [{ name: spec.name, shape: spec.shape, tensor }];
  });
}

/** A copy of some bytes of files that continue one another. */
function cut(parts: readonly Uint8Array[], start: number, size: number): ArrayBuffer {
  const bytes = new Uint8Array(size);
  let offset = -start;
  for (const part of parts) {
    const [first, last] = [Math.max(0, -offset), Math.min(part.length, size - offset)];
    if (first < last) bytes.set(part.subarray(first, last), offset + first);
    offset += part.length;
  }
  return bytes.buffer;
}

function byName(arrays: readonly StoredArray[], json: string): Map<string, StoredArray> {
  const found = new Map<string, StoredArray>();
  for (const array of arrays) {
    if (found.has(array.name)) throw new VitrineError('bad-file', `"${json}": weight "${array.name}" is stored twice`);
    found.set(array.name, array);
  }
  return found;
}

function assertSize({ paths, weights }: Group, parts: readonly Uint8Array[], expected: number): void {
  const found = sum(parts.map(({ length }) => length));
  if (found === expected) return;
  const part = oddOne(parts, found < expected);
  const length = parts[part]?.length ?? 0;
  const file = paths[part] as string;
  const group = parts.length > 1 ? `, one of ${parts.length} files with ${expected} bytes in all` : '';
  const end = found < expected ? `; the data end in weight "${weightAt(weights, found)}"` : '';
  throw new VitrineError(
    'bad-file',
    `${file}: expected ${length + expected - found} bytes, got ${length}${group}${end}`,
  );
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
  const isShape = Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (bytes !== undefined && isShape) return bytes * sizeOf(shape);
  throw new VitrineError(
    'bad-file',
    `"${json}": weight "${name}" expected a shape and one of ${Object.keys(bytesPerValue).join(', ')}, got ${stored}`,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
