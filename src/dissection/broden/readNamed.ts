import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Reads a file by its name. */
export type ReadFile = (name: string) => Promise<Uint8Array>;

/** Reads a file; if that fails, the message names it. */
export async function readNamed(read: ReadFile, name: string): Promise<Uint8Array> {
  const bytes: unknown = await naming(name, () => read(name));
  if (bytes instanceof Uint8Array) return bytes;
  throw new VitrineError('bad-argument', `"read" expected to give bytes, got ${describe(bytes)} for "${name}"`);
}

/** Does something with a file; if that fails, the message names it. */
export async function naming<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VitrineError('bad-file', `"${name}" cannot be read: ${reason}`, { cause });
  }
}
