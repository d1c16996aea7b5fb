import { describe } from './check.ts';

/**
 * Refuses plain data that is something else, or of another version: for what comes from a file.
 *
 * @throws {TypeError} if the schema is another; {RangeError} if the version is.
 */
export function assertSchema(
  argument: string,
  value: unknown,
  { schema, version }: { readonly schema: string; readonly version: number },
): void {
  const given = value as { readonly schema?: unknown; readonly version?: unknown } | null | undefined;
  if (typeof given !== 'object' || given?.schema !== schema) {
    const got = typeof given === 'object' && given !== null ? `schema ${describe(given.schema)}` : describe(given);
    throw new TypeError(`"${argument}" expected schema "${schema}", got ${got}`);
  }
  if (given.version !== version) {
    throw new RangeError(`"${argument}" expected version ${version}, got ${describe(given.version)}`);
  }
}
