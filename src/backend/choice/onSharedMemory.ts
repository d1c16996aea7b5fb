import { sharing } from '../kernels/simd/sharing.ts';

/**
 * Starts tfjs's wasm backend on a memory that threads can share, where it would start on one of its own: in Node always,
 * in pages where its own threads do not start. Its module, and no other, is declared otherwise when it is loaded; where the
 * engine refuses that, it is loaded as it is.
 */
export async function onSharedMemory<T>(start: () => Promise<T>): Promise<T> {
  const { instantiate, instantiateStreaming } = WebAssembly;
  let isUnderWay = true;
  const shared = async (source: BufferSource, imports?: WebAssembly.Imports): Promise<Instantiated | undefined> => {
    const bytes = bytesOf(source);
    return isUnderWay && isOfTfjs(bytes) ? instantiate(sharing(bytes), imports).catch(() => undefined) : undefined;
  };
  Object.assign(WebAssembly, {
    async instantiate(source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) {
      if (source instanceof WebAssembly.Module) return instantiate(source, imports);
      return (await shared(source, imports)) ?? instantiate(source, imports);
    },
    async instantiateStreaming(source: Response | PromiseLike<Response>, imports?: WebAssembly.Imports) {
      const response = await source;
      const bytes = await response.clone().arrayBuffer();
      return (await shared(bytes, imports)) ?? instantiateStreaming(response, imports);
    },
  });
  try {
    return await start();
  } finally {
    // Of two that start at once the later one may put back what the earlier one has put there.
    isUnderWay = false;
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
  }
}

type Instantiated = WebAssembly.WebAssemblyInstantiatedSource;

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** Whether a module has a function and a memory of tfjs's; that of its own threads imports the memory. */
function isOfTfjs(module: Uint8Array): boolean {
  const has = (bytes: Uint8Array): boolean => {
    for (let at = module.indexOf(bytes[0] as number); at >= 0; at = module.indexOf(bytes[0] as number, at + 1)) {
      if (bytes.every((byte, i) => module[at + i] === byte)) return true;
    }
    return false;
  };
  return has(EXPORTED_MEMORY) && has(FUNCTION);
}

const EXPORTED_MEMORY = new TextEncoder().encode('\x06memory\x02');
const FUNCTION = new TextEncoder().encode('\x17init_with_threads_count\x00');
