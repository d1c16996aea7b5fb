/** A function that calls `i8x16.relaxed_swizzle`, and nothing else. */
const module = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[0x0a, 15, 1, 13, 0, 0x41, 1, 0xfd, 0x0f, 0x41, 2, 0xfd, 0x0f, 0xfd, 0x80, 2, 0x0b],
]);

const unasked = WebAssembly.validate(module);

/** Whether this Node takes relaxed SIMD unasked, as all do since 22, and by what flags it does otherwise. */
export const relaxedSimd: { readonly unasked: boolean; readonly flags: string[] } = {
  unasked,
  flags: unasked ? [] : ['--experimental-wasm-relaxed-simd'],
};
