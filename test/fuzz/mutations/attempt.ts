import { countingArrays } from '../../support/countingArrays.ts';

/** What is read, and what it may take. */
export interface Attempt {
  /** Reads what was changed and uses what comes of it. */
  readonly read: () => unknown;
  /** Bytes that it may ask for. */
  readonly most: number;
  /** One of them must stand in the message, where there are any. */
  readonly names?: readonly string[];
}

const longest = 10_000;

const raw =
  /Cannot (read|set) propert|is not (a function|iterable|a constructor|defined)|Maximum call stack|Invalid (array|typed|string) |allocation failed|Cannot convert|Cannot destructure|Cannot mix|of (undefined|null)$/;

/**
 * What is wrong with how changed bytes are read, or nothing: they are read to something that can be used, or refused by
 * an error that says what is wrong, in bounded time and memory.
 */
export async function attempt({ read, most, names = [] }: Attempt): Promise<string | undefined> {
  const start = performance.now();
  const { result: message, total } = await countingArrays(async () => messageOf(read));
  if (performance.now() - start > longest) return `it takes ${performance.now() - start} ms: ${message}`;
  if (total > most) return `it asks for ${total} bytes, expected at most ${most}: ${message}`;
  if (message === undefined) return undefined;
  if (raw.test(message)) return `raw: ${message.slice(0, 1000)}`;
  return names.length === 0 || names.some((name) => message.includes(name))
    ? undefined
    : `names no file: ${message.slice(0, 1000)}`;
}

/** What an error says, or nothing without one. */
async function messageOf(read: () => unknown): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : `no Error: ${String(error)}`;
  }
}
