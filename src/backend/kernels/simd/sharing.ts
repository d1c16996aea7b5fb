/**
 * A module for a memory that threads share, of one for a memory of its own, which it either has, with a limit, or imports
 * as "env" "memory": nothing else differs.
 */
export function sharing(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const memories = section(module, MEMORIES);
  if (memories) return withContents(module, memories, sharedAt(memories.contents, 1));
  const imports = section(module, IMPORTS);
  const at = imports?.contents.findIndex((_, i) => IMPORT.every((byte, k) => imports.contents[i + k] === byte)) ?? -1;
  if (!imports || at < 0) throw new Error('the module has no memory and imports no "env" "memory"');
  return withContents(module, imports, sharedAt(imports.contents, at + IMPORT.length));
}

/** How the import of a memory begins: its names, and that it is a memory. */
const IMPORT = [...new TextEncoder().encode('\x03env\x06memory\x02')];

/** How the limits of a memory begin: those of one without a most and with it, and of one that is shared, which has a most. */
const UNLIMITED = 0x00;
const LIMITED = 0x01;
const SHARED = 0x03;

/** The most pages of any memory. */
const PAGES = 65536;

/** A section in which the limits at a place are those of a memory that is shared. */
function sharedAt(contents: Uint8Array, at: number): number[] {
  const before = [...contents.subarray(0, at), SHARED];
  if (contents[at] === LIMITED) return [...before, ...contents.subarray(at + 1)];
  if (contents[at] !== UNLIMITED) throw new Error('the memory of the module is shared already');
  const { end } = leb128At(contents, at + 1);
  return [...before, ...contents.subarray(at + 1, end), ...leb128(PAGES), ...contents.subarray(end)];
}

/** A part of a module: its number, its length, its contents. */
interface Section {
  readonly at: number;
  readonly contents: Uint8Array;
  readonly end: number;
}

/** The numbers of the sections of imports and of memories. */
const IMPORTS = 2;
const MEMORIES = 5;

/** The bytes before the first section. */
const HEADER = 8;

function section(module: Uint8Array, number: number): Section | undefined {
  for (let at = HEADER; at < module.length; ) {
    const { value: length, end: start } = leb128At(module, at + 1);
    const end = start + length;
    if (module[at] === number) return { at, contents: module.subarray(start, end), end };
    at = end;
  }
  return undefined;
}

function withContents(module: Uint8Array, { at, end }: Section, contents: readonly number[]): Uint8Array<ArrayBuffer> {
  const head = [module[at] as number, ...leb128(contents.length), ...contents];
  const changed = new Uint8Array(at + head.length + module.length - end);
  changed.set(module.subarray(0, at));
  changed.set(head, at);
  changed.set(module.subarray(end), at + head.length);
  return changed;
}

/** A number at a place, seven bits a byte, the lowest first; all bytes but the last have the eighth bit. */
function leb128At(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  const byte = bytes[at] ?? 0;
  if (byte < 128) return { value: byte, end: at + 1 };
  const { value, end } = leb128At(bytes, at + 1);
  return { value: byte - 128 + 128 * value, end };
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...leb128(Math.floor(value / 128))];
}
