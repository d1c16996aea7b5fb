import type { Random } from '../../src/numeric/random.ts';

const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

type Mutate = (file: Uint8Array, random: Random) => Uint8Array;

// What a file may say in place of a size: more than there is, no more than fits, one more, all bits.
const sizes = [2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 53n, 2n ** 64n - 1n];
const numbers = ['1e9', '4294967296', '-1', '0', '1e308', '0.5', '"x"', 'null', '[]', '{}', '[[1]]'];

const ofBytes: readonly Mutate[] = [
  (file, random) =>
    changed(file, 1 + random.integer(8), (copy) => (copy[random.integer(copy.length)] = random.integer(256))),
  (file, random) => file.slice(0, random.integer(file.length)),
  (file, random) => {
    const [start, end] = range(file, random);
    return spliced(file, random.integer(file.length), [0, file.subarray(start, end)]);
  },
  (file, random) => {
    const [start, end] = range(file, random);
    return spliced(file, start, [end - start, new Uint8Array()]);
  },
  // Sizes and addresses lie at multiples of eight, or of two after them.
  (file, random) =>
    changed(file, 1, (copy) => {
      const size = [...sizes, BigInt(file.length), BigInt(random.integer(file.length))][
        random.integer(sizes.length + 2)
      ];
      const at = Math.min(
        (random.uniform() < 0.5 ? 8 : 2) * random.integer(Math.ceil(file.length / 2)),
        copy.length - 8,
      );
      new DataView(copy.buffer).setBigUint64(at - (at % 2), size as bigint, true);
    }),
  (file, random) =>
    changed(file, 1, (copy) => {
      const [start, end] = range(file, random);
      copy.copyWithin(random.integer(copy.length), start, end);
    }),
  (file, random) =>
    changed(file, 1, (copy) => {
      const [start, end] = range(file, random);
      copy.fill(random.uniform() < 0.5 ? 0 : 255, start, end);
    }),
];

const ofText: readonly Mutate[] = [
  // A number or a text in place of another.
  (file, random) => replaced(file, random, { pattern: /-?\d+(\.\d+)?/g, by: () => choose(numbers, random) }),
  (file, random) => replaced(file, random, { pattern: /"[^"]*"/g, by: (all) => choose(all, random) }),
  (file, random) => replaced(file, random, { pattern: /"[^"]*"/g, by: () => choose(numbers, random) }),
  // A key that is no longer there, a value that is another's.
  (file, random) => replaced(file, random, { pattern: /"[^"]*"\s*:/g, by: (all) => choose(all, random) }),
  (file, random) => replaced(file, random, { pattern: /[{[][^{}[\]]*[}\]]/g, by: (all) => choose(all, random) }),
  (file, random) =>
    replaced(file, random, { pattern: /true|false|null/g, by: () => choose(['true', ...numbers], random) }),
  // What calls itself for each level would exhaust the stack.
  (file, random) => replaced(file, random, { pattern: /-?\d+(\.\d+)?|"[^"]*"(?!\s*:)/g, by: () => nested }),
];

/** A file with one or a few things wrong, as a damaged or a malicious one has. JSON mostly stays JSON. */
export function mutated(file: Uint8Array, random: Random): Uint8Array {
  const isText = file[0] === '{'.charCodeAt(0);
  return choose(isText && random.uniform() < 0.8 ? ofText : ofBytes, random)(file, random);
}

function changed(file: Uint8Array, times: number, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(file);
  for (let i = 0; i < times; i++) change(copy);
  return copy;
}

function range(file: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.integer(file.length);
  return [start, Math.min(start + 1 + random.integer(256), file.length)];
}

function spliced(file: Uint8Array, at: number, [removed, added]: readonly [number, Uint8Array]): Uint8Array {
  return Uint8Array.from([...file.subarray(0, at), ...added, ...file.subarray(at + removed)]);
}

interface Replacement {
  readonly pattern: RegExp;
  readonly by: (all: readonly string[]) => string;
}

function replaced(file: Uint8Array, random: Random, { pattern, by }: Replacement): Uint8Array {
  const text = new TextDecoder().decode(file);
  const all = text.match(pattern) ?? [];
  if (all.length === 0) return file;
  const which = random.integer(all.length);
  let seen = 0;
  return new TextEncoder().encode(text.replace(pattern, (found) => (seen++ === which ? by(all) : found)));
}

function choose<T>(values: readonly T[], random: Random): T {
  return values[random.integer(values.length)] as T;
}
