import { describe } from '../../numeric/check.ts';

/** A saved model whose files the caller reads. */
export interface ModelFiles {
  /** The content of the `model.json`, as text, bytes or parsed. */
  readonly json: string | Uint8Array | ArrayBuffer | object;
  /** How messages call the JSON; `model.json` by default. */
  readonly name?: string;
  /** Reads a weight file, by its path as the JSON gives it. */
  readonly read: (path: string) => Promise<Uint8Array | ArrayBuffer> | Uint8Array | ArrayBuffer;
}

/** The files of a saved model, wherever they are. */
export interface OpenSource {
  /** Of the JSON, for messages. */
  readonly name: string;
  /** Text, or the parsed content. */
  json(): Promise<string | object>;
  /** Reads a weight file named in the JSON. */
  read(path: string): Promise<Uint8Array>;
}

/** Makes an address or a pair of content and reader into files; nothing is read yet. */
export function openSource(source: string | URL | ModelFiles, signal?: AbortSignal): OpenSource {
  if (typeof source === 'string' || source instanceof URL) return fromUrl(absolute(source), signal);
  if (isModelFiles(source)) return fromFiles(source, signal);
  throw new TypeError(`"source" expected an address or {json, read}, got ${describe(source)}`);
}

function fromFiles({ json, read, name = 'model.json' }: ModelFiles, signal?: AbortSignal): OpenSource {
  return {
    name,
    json: async () => textOf(json),
    read: async (path) => {
      const content: unknown = await named(path, name, () => read(path), signal);
      if (content instanceof ArrayBuffer) return new Uint8Array(content);
      if (content instanceof Uint8Array) return content;
      throw new TypeError(`"read" expected to return the bytes of "${path}", got ${describe(content)}`);
    },
  };
}

function fromUrl(url: URL, signal?: AbortSignal): OpenSource {
  const name = withoutQuery(url);
  const request = { signal: signal ?? null };
  return {
    name,
    json: async () => (await fetched(url, request)).text(),
    read: (path) =>
      named(
        path,
        name,
        async () => {
          const response = await fetched(beside(url, path), request);
          // Development servers answer with their page when there is no such file.
          if (response.headers.get('content-type')?.includes('text/html'))
            throw new Error('the server sent an HTML page');
          return new Uint8Array(await response.arrayBuffer());
        },
        signal,
      ),
  };
}

/** Says which file failed, and who asked for it; an abort keeps its reason. */
async function named<T>(path: string, json: string, read: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await read();
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`weight file "${path}", named in "${json}", cannot be read: ${reason}`, { cause });
  }
}

async function fetched(url: URL, request: RequestInit): Promise<Response> {
  const response = await fetch(url, request).catch((cause: unknown) => {
    request.signal?.throwIfAborted();
    throw new Error(`"${withoutQuery(url)}" cannot be fetched: ${(cause as Error).message}`, { cause });
  });
  if (response.ok) return response;
  throw new Error(`"${withoutQuery(url)}" cannot be fetched: ${response.status} ${response.statusText}`.trimEnd());
}

// A signature or token in the query of the JSON holds for the files beside it.
function beside(json: URL, path: string): URL {
  const url = new URL(path, json);
  if (url.search === '' && url.origin === json.origin) url.search = json.search;
  return url;
}

function absolute(source: string | URL): URL {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  if (!URL.canParse(String(source), base)) {
    throw new TypeError(
      `"source" expected an absolute URL outside browsers, got "${source}"; readModel of vitrine/node opens files`,
    );
  }
  const url = new URL(source, base);
  if (url.protocol !== 'file:') return url;
  throw new TypeError(
    `"source" expected an address that can be fetched, got "${source}"; readModel of vitrine/node opens files`,
  );
}

function withoutQuery({ href }: URL): string {
  return href.replace(/[?#].*$/s, '');
}

function textOf(json: ModelFiles['json']): string | object {
  return json instanceof ArrayBuffer || ArrayBuffer.isView(json) ? new TextDecoder().decode(json) : json;
}

function isModelFiles(source: unknown): source is ModelFiles {
  const { json, read } = (source ?? {}) as Partial<Record<string, unknown>>;
  return (typeof json === 'string' || (typeof json === 'object' && json !== null)) && typeof read === 'function';
}
