import { VitrineError } from '../../../numeric/errors.ts';
import { sizeOf } from '../../../numeric/ndarray.ts';
import type { ByteReader } from '../byteReader.ts';
import type { StoredArray } from '../storedModel.ts';
import { readDataspace } from './dataspace.ts';
import { readDatatype } from './datatype.ts';
import { numbers } from './numbers.ts';
import { type Message, messageTypes } from './objectHeader.ts';

/** An array as the messages of its header describe it. Its bytes are a view until a tensor is made. */
interface DatasetOf {
  readonly path: string;
  readonly messages: readonly Message[];
  readonly attributes: ReadonlyMap<string, unknown>;
}

// As HDF5 writes an address where nothing was ever stored.
const nowhere = 2 ** 64;

/** Reads a dataset in one piece, contiguous or within its header (compact). */
export function readDataset(file: ByteReader, { path, messages, attributes }: DatasetOf): StoredArray {
  const at = (type: number, what: string): number => {
    const message = messages.find((candidate) => candidate.type === type);
    if (message) return message.at;
    throw new VitrineError('bad-file', `array "${path}" has no ${what}`);
  };
  const shape = readDataspace(file, at(messageTypes.dataspace, 'shape'));
  const { kind, size } = readDatatype(file, at(messageTypes.datatype, 'datatype'));
  const decode = numbers[attributes.get('dtype') === 'bfloat16' && size === 2 ? 'bfloat16' : kind];
  if (!decode)
    throw new VitrineError(
      'bad-file',
      `array "${path}" expected numbers (${Object.keys(numbers).join(', ')}), got ${kind}`,
    );
  const bytes = stored(file, at(messageTypes.layout, 'place'), path);
  if (bytes.length !== sizeOf(shape) * size) {
    throw new VitrineError(
      'bad-file',
      `array "${path}" expected ${sizeOf(shape) * size} bytes for [${shape.join(', ')}], got ${bytes.length}`,
    );
  }
  return { name: path, shape, tensor: () => decode(new Uint8Array(bytes).buffer, shape) };
}

function stored(file: ByteReader, at: number, path: string): Uint8Array {
  const [version, layout] = [file.uint8(at), file.uint8(at + 1)];
  if (version !== 3)
    throw new VitrineError('bad-file', `array "${path}" expected a data layout of version 3, got ${version}`);
  if (layout === 0) return file.bytes(at + 4, file.uint16(at + 2));
  if (layout === 1) return contiguous(file, file.uint64(at + 2), file.uint64(at + 10));
  throw new VitrineError(
    'bad-file',
    `array "${path}" is stored in chunks (compressed?), which are not read: write it in one piece`,
  );
}

function contiguous(file: ByteReader, address: number, size: number): Uint8Array {
  return address === nowhere ? new Uint8Array() : file.claim(address, size);
}
