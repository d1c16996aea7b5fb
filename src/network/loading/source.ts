import type { io } from '@tensorflow/tfjs-core';
import { kind, type OptionChecks } from '../../numeric/options.ts';
import { runChecks } from '../runChecks.ts';
import type { RunOptions } from '../types.ts';

/** Files by their paths, each read when it is asked for. */
export type FileSet = ReadonlyMap<string, () => Promise<Uint8Array>>;

/** A saved model whose files the caller reads. */
export interface ModelFiles {
  /**
   * The content of the `model.json`, as text, bytes or parsed; or the bytes of a `.keras` or `.h5` file. It is copied at
   * once.
   */
  readonly json: string | Uint8Array | ArrayBuffer | object;
  /** How messages call the JSON; `model.json` by default. */
  readonly name?: string;
  /** Reads a weight file, by its path as the JSON gives it. Its bytes are not copied. */
  readonly read: (path: string) => Promise<Uint8Array | ArrayBuffer> | Uint8Array | ArrayBuffer;
  /** The content of the `metadata.json` with `labels` that Teachable Machine writes beside the JSON. */
  readonly metadata?: string | Uint8Array | object;
}

/**
 * Where a saved model is: an address; the bytes of a file; a `File` or `Blob`, or several of one model, as they are
 * dropped into a page; the content of the JSON with a function that reads what it names; or a handler of `tf.io`.
 */
export type ModelSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Iterable<Blob>
  | ModelFiles
  | io.IOHandler
  | io.IOHandlerSync;

/** How a model is fetched, watched and stopped. Progress counts the bytes of the file, then of weight files beside it. */
export interface LoadOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /**
   * What goes with each request, such as `{ headers, credentials }`, headers only to the server of the address; or a
   * function that takes the place of `fetch`.
   */
  readonly fetch?: RequestInit | ((address: URL, request: RequestInit) => Promise<Response>);
}

/** Checks of {@link LoadOptions}. */
export const loadChecks: OptionChecks<LoadOptions> = {
  signal: runChecks.signal,
  onProgress: runChecks.onProgress,
  fetch: (argument, value) => {
    if (typeof value !== 'function') requestOptions(argument, value);
  },
};

const requestOptions = kind('{ headers, credentials, … } or a function', (value) => {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && !('shape' in value);
});

/** A saved model whose first file was read. */
export interface OpenedSource {
  /** Of the file, for messages. */
  readonly name: string;
  /** Bytes or text, or JSON that is parsed. */
  readonly content: Uint8Array | string | object;
  /** The content of a `metadata.json` that lies beside. */
  readonly metadata?: Uint8Array | string | object | undefined;
  /** Reads a weight file that the content names. */
  read(path: string): Promise<Uint8Array>;
}
