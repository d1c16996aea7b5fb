/** 32-bit floats as unsigned integers in the same order; 0 and −0 are one. */
export function orderedKeys(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint32Array.from(bits, (word) => {
    if (word === SIGN) return SIGN;
    return word < SIGN ? word | SIGN : ~word;
  });
}

/** The float of a key. */
export function valueOfKey(key: number): number {
  const word = key >= SIGN ? key ^ SIGN : ~key;
  return new Float32Array(Uint32Array.of(word).buffer)[0] as number;
}

const SIGN = 0x80000000;
