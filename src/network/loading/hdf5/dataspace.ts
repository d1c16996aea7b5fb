import { VitrineError } from '../../../numeric/errors.ts';
import type { ByteReader } from '../byteReader.ts';

/** Reads a dataspace message: the shape, `[]` of a single value; a dataspace that holds nothing has the shape `[0]`. */
export function readDataspace(file: ByteReader, at: number): number[] {
  const [version, rank, kind] = [file.uint8(at), file.uint8(at + 1), file.uint8(at + 3)];
  if (version !== 1 && version !== 2)
    throw new VitrineError('bad-file', `a dataspace expected version 1 or 2, got ${version}`);
  if (rank > 32) throw new VitrineError('bad-file', `a dataspace expected at most 32 axes, got ${rank}`);
  if (version === 2 && kind === 2) return [0];
  const first = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, axis) => file.uint64(first + 8 * axis));
}
