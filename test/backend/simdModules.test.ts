import { describe, expect, test } from 'vitest';
import { bound } from '../../src/backend/kernels/simd/instances.ts';
import { sharing } from '../../src/backend/kernels/simd/sharing.ts';
import { plain, relaxed } from '../../src/backend/kernels/simd/simd.generated.ts';
import { bytesOf, canShare, ownMemory, sharedMemory, takenBuilds } from '../support/simdBuilds.ts';

describe.each(takenBuilds)('the $name build', ({ bytes }) => {
  test('imports a memory, exports functions and has nothing else', () => {
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind))).toEqual(new Set(['function']));
    // Types, imports, functions, exports, code: no state, no start, and no data, which would lie where tensors do.
    expect(sectionsOf(bytes)).toEqual([1, 2, 3, 7, 10]);
  });
});

describe('bound', () => {
  test('has the plain kernels where the engine does not take the relaxed ones', () => {
    const runner = bound(ownMemory(), { plain, relaxed: btoa('unknown') });
    expect(runner?.kernels('plain')).toBeDefined();
    expect(runner?.kernels('fastest')).toBe(runner?.kernels('plain'));
  });

  test('has two builds where the engine takes both', () => {
    const runner = bound(ownMemory(), { plain, relaxed: plain });
    expect(runner?.kernels('fastest')).not.toBe(runner?.kernels('plain'));
    expect(runner?.kernels('fastest')).toBe(runner?.kernels('fastest'));
  });

  test('is undefined where the engine takes neither', () => {
    expect(bound(ownMemory(), { plain: '', relaxed: '' })).toBeUndefined();
  });

  test('refuses a wrong count of numbers', () => {
    const kernels = bound(ownMemory(), { plain, relaxed })?.kernels('plain');
    expect(() => kernels?.reluGradient(0, 16, 32, 4)).toThrow('"reluGradient" expected 5 numbers, got 4');
  });
});

describe('sharing', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const types = [1, 4, 1, 0x60, 0, 0];
  const named = (name: string): number[] => [name.length, ...new TextEncoder().encode(name)];
  const importing = (...imports: readonly number[][]): Uint8Array<ArrayBuffer> => {
    const contents = [imports.length, ...imports.flat()];
    const length = contents.length < 128 ? [contents.length] : [128 + (contents.length % 128), contents.length >> 7];
    return Uint8Array.from([...header, ...types, 2, ...length, ...contents]);
  };

  // The length of the section takes a second byte from 107 letters on, and once shared from 104 on.
  const letters = [1, 103, 104, 106, 107, 120].map((count) => ({ count, pages: count % 2 ? [1] : [0x80, 1] }));
  test.runIf(canShare).each(letters)('beside a function with a name of $count letters', ({ count, pages }) => {
    const name = 'f'.repeat(count);
    const own = importing(
      [...named('env'), ...named(name), 0, 0],
      [...named('env'), ...named('memory'), 2, 0, ...pages],
    );
    expect(WebAssembly.validate(own)).toBe(true);
    const imports = { env: { memory: sharedMemory(128), [name]: () => undefined } };
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(own), imports)).toThrow();
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(sharing(own)), imports)).not.toThrow();
  });

  test('tells of a module that has no such memory', () => {
    const message = 'the module has no memory and imports no "env" "memory"';
    expect(() => sharing(Uint8Array.from([...header, ...types]))).toThrow(message);
    expect(() => sharing(importing())).toThrow(message);
    expect(() => sharing(sharing(bytesOf(plain)))).toThrow('the memory of the module is shared already');
  });
});

/** The numbers of a module's sections. Each is followed by its length, seven bits a byte. */
function sectionsOf(module: Uint8Array): readonly number[] {
  const sections: number[] = [];
  for (let at = 8; at < module.length; ) {
    sections.push(module[at++] as number);
    let length = 0;
    for (let shift = 0, byte = 128; byte >= 128; shift += 7) {
      byte = module[at++] as number;
      length += (byte % 128) * 2 ** shift;
    }
    at += length;
  }
  return sections;
}
