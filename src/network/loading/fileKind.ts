import { VitrineError } from '../../numeric/errors.ts';
import { isHdf5 } from './hdf5/readHdf5.ts';
import { isZip } from './zip.ts';

/** What a file that holds a model can be, by its content. */
export type FileKind = 'zip' | 'hdf5' | 'json';

interface Stranger {
  readonly what: string;
  /** By the first bytes, as Latin-1, and by the name of the file. */
  readonly is: (head: string, name: string) => boolean;
}

export const savedModelAdvice: string =
  'a SavedModel, which is converted first: tensorflowjs_converter --input_format=tf_saved_model ' +
  '--output_format=tfjs_graph_model FOLDER web_model';

const lfsPointer =
  'a pointer of Git LFS in place of the file: fetch the file with git lfs pull, or by the address of its content';

const strangers: readonly Stranger[] = [
  { what: 'an empty file', is: (head) => head === '' },
  { what: 'an HTML page: is the address right?', is: (head) => /^\s*</.test(head) },
  { what: lfsPointer, is: isLfsPointer },
  { what: savedModelAdvice, is: (head, name) => /saved_model\.pb$/.test(name) || head.startsWith('\x08\x01\x12') },
  { what: 'a TensorFlow Lite model, which cannot be differentiated', is: (head) => head.slice(4, 8) === 'TFL3' },
  { what: 'a graph of TensorFlow 1', is: (_, name) => name.endsWith('.pb') },
  { what: 'an ONNX model', is: (_, name) => name.endsWith('.onnx') },
  { what: 'a pickle of PyTorch', is: (head) => head.startsWith('\x80\x02') },
  { what: 'an archive of gzip: unpack it', is: (head) => head.startsWith('\x1f\x8b') },
  { what: 'an archive of tar: unpack it', is: (head) => head.slice(257, 262) === 'ustar' },
];

const expected = 'a model.json, a .keras file or an .h5 file of a whole model';

/** Tells what a file is by its content, and refuses by name what holds no model that can be read. */
export function fileKind(file: Uint8Array, name: string): FileKind {
  if (isZip(file)) return 'zip';
  if (isHdf5(file)) return 'hdf5';
  const head = headOf(file);
  const stranger = strangers.find(({ is }) => is(head, name));
  if (stranger) throw new VitrineError('bad-file', `"${name}" expected ${expected}, got ${stranger.what}`);
  if (/^(\xef\xbb\xbf)?\s*[[{]/.test(head)) return 'json';
  throw new VitrineError(
    'bad-file',
    `"${name}" expected ${expected}, got a file that begins ${JSON.stringify(head.slice(0, 16))}`,
  );
}

/** Weight files may begin with any bytes; but with these they are none. */
export function refuseLfsPointer(file: Uint8Array): void {
  if (isLfsPointer(headOf(file))) throw new VitrineError('bad-file', `it is ${lfsPointer}`);
}

function isLfsPointer(head: string): boolean {
  return head.startsWith('version https://git-lfs');
}

function headOf(file: Uint8Array): string {
  return String.fromCharCode(...file.subarray(0, 512));
}
