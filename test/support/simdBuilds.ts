import { plain, relaxed } from '../../src/backend/kernels/simd/simd.generated.ts';

/** The builds of the kernels that this engine takes; what is left out is printed. */
export const takenBuilds: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[] = [
  { name: 'plain', bytes: bytesOf(plain) },
  { name: 'relaxed', bytes: bytesOf(relaxed) },
].filter(({ name, bytes }) => {
  const isTaken = WebAssembly.validate(bytes);
  if (!isTaken) console.info(`LEFT OUT: the ${name} build of the kernels, which this engine does not take`);
  return isTaken;
});

/** Whether there is shared memory, which pages have that are isolated. */
export const canShare: boolean = typeof SharedArrayBuffer !== 'undefined';
if (!canShare) console.info('LEFT OUT: kernels on shared memory, since this page is not isolated');

export function ownMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1 });
}

export function sharedMemory(pages = 1): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
}

/** A module of its text in base 64. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
