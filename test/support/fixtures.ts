import { parse } from 'npyjs';
import type { NdArray } from '../../src/numeric/ndarray.ts';

// The address in a variable: Vite would rewrite new URL(…, import.meta.url) as an asset.
const here = import.meta.url;
const folder = new URL('../fixtures/', here);

/** Reads a file under `test/fixtures/`, from disk in Node and from the test server in a browser. */
export async function readFixture(path: string): Promise<Uint8Array> {
  const url = new URL(path, folder);
  return url.protocol === 'file:' ? fromDisk(url) : fromServer(url);
}

/** Reads a `.npy` file of float32 numbers under `test/fixtures/`. */
export async function readNpy(path: string): Promise<NdArray> {
  return npyOf(await readFixture(path), path);
}

/** The float32 numbers of a `.npy` file; `name` is for messages. */
export function npyOf(bytes: Uint8Array, name: string): NdArray {
  const { shape, data } = numbersOf(bytes, name);
  if (!(data instanceof Float32Array)) throw new Error(`"${name}" holds integers, expected f4`);
  return { shape, data };
}

/** Reads a `.npy` file of float32 or int32 numbers under `test/fixtures/`. */
export async function readNumbers(path: string): Promise<NdArray<Float32Array | Int32Array>> {
  return numbersOf(await readFixture(path), path);
}

/** Reads and parses a JSON file under `test/fixtures/`. */
export async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await readFixture(path))) as T;
}

function numbersOf(bytes: Uint8Array, name: string): NdArray<Float32Array | Int32Array> {
  const { data, shape, dtype } = parse(bytes.slice().buffer);
  if (data instanceof Float32Array || data instanceof Int32Array) return { shape, data };
  throw new Error(`"${name}" holds ${dtype}, expected f4 or i4`);
}

async function fromDisk(url: URL): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises');
  return new Uint8Array(await readFile(url));
}

async function fromServer(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  // The server answers an unknown address with its page.
  if (!response.ok || response.headers.get('content-type')?.includes('html')) {
    throw new Error(`no fixture at ${url.pathname}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
