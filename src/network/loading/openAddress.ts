import { io } from '@tensorflow/tfjs-core';
import { collected } from '../../numeric/bytes/collected.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { openHandler } from './openHandler.ts';
import type { LoadOptions, OpenedSource } from './source.ts';

const fetched = ['http:', 'https:', 'blob:', 'data:'];

/** Fetches the file at an address. Addresses such as `indexeddb://name` are for the handlers of `tf.io`. */
export async function openAddress(source: string | URL, options: LoadOptions): Promise<OpenedSource> {
  const url = absolute(source);
  if (!fetched.includes(url.protocol)) return openHandler(handlerOf(source), String(source));
  return {
    name: withoutQuery(url),
    content: await download(url, options, { own: true, receive: (response) => counted(response, options) }),
    read: (path) => {
      const file = beside(url, path);
      return download(file, options, { own: file.origin === url.origin, receive: wholeOf });
    },
  };
}

function absolute(source: string | URL): URL {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  if (URL.canParse(String(source), base)) return new URL(source, base);
  throw new VitrineError(
    'bad-argument',
    `"source" expected an absolute URL outside browsers, got "${source}"; readModel of vitrine/node opens files`,
  );
}

function handlerOf(source: string | URL): io.IOHandler {
  const [handler] = String(source).startsWith('file:') ? [] : io.getLoadHandlers(String(source));
  if (handler) return handler;
  throw new VitrineError(
    'bad-argument',
    `"source" expected an address that can be fetched or that tf.io knows here, got "${source}"; readModel of vitrine/node opens files`,
  );
}

interface Download {
  /** Whether the server is that of the first file: what is secret does not go to others that a file names. */
  readonly own: boolean;
  readonly receive: (response: Response) => Promise<Uint8Array>;
}

async function download(url: URL, options: LoadOptions, { own, receive }: Download): Promise<Uint8Array> {
  const { signal } = options;
  try {
    const response: Partial<Response> | undefined = await request(url, options, own);
    if (!isResponse(response))
      throw new VitrineError('bad-argument', `"fetch" expected to return a Response, got ${describe(response)}`);
    if (!response.ok) throw new VitrineError('bad-file', `${response.status} ${response.statusText}`.trimEnd());
    return await receive(response);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new VitrineError('bad-file', `"${withoutQuery(url)}" cannot be fetched: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function request(url: URL, { fetch: given = {}, signal }: LoadOptions, own: boolean): Promise<Response> {
  const stop = signal ? { signal } : {};
  if (typeof given === 'function') return given(url, stop);
  if (typeof given !== 'object' || given === null) {
    throw new VitrineError(
      'bad-argument',
      `"fetch" expected the options of a request or a function, got ${describe(given)}`,
    );
  }
  const { headers, ...others } = given;
  return fetch(url, { ...others, ...(own && headers !== undefined && { headers }), ...stop });
}

function isResponse(value: Partial<Response> | undefined): value is Response {
  return typeof value?.arrayBuffer === 'function';
}

/** The content, with progress while it comes where its size is known. */
async function counted(response: Response, { onProgress }: LoadOptions): Promise<Uint8Array> {
  const total = Number(response.headers.get('content-length'));
  let done = 0;
  const bytes = await contentOf(response, (part) => {
    done += part.length;
    if (done < total) onProgress?.({ stage: 'file', done, total });
  });
  onProgress?.({ stage: 'file', done: bytes.length, total: bytes.length });
  return bytes;
}

// A function given as `fetch` may answer with less than browsers do.
async function contentOf(response: Response, visit?: (part: Uint8Array) => void): Promise<Uint8Array> {
  return response.body ? collected(response.body, visit) : new Uint8Array(await response.arrayBuffer());
}

async function wholeOf(response: Response): Promise<Uint8Array> {
  // Development servers answer with their page when there is no such file.
  if (response.headers.get('content-type')?.includes('text/html'))
    throw new VitrineError('bad-file', 'the server sent an HTML page');
  return contentOf(response);
}

// A signature or token in the query of the JSON holds for the files beside it.
function beside(json: URL, path: string): URL {
  const url = new URL(path, json);
  if (url.search === '' && url.origin === json.origin) url.search = json.search;
  return url;
}

function withoutQuery({ href }: URL): string {
  return href.replace(/[?#].*$/s, '');
}
