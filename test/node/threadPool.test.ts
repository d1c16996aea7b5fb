import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test, vi } from 'vitest';
import { onSharedMemory } from '../../src/backend/choice/onSharedMemory.ts';
import { type Instances, instancesOn, type Kernel } from '../../src/backend/kernels/simd/instances.ts';
import * as simd from '../../src/backend/kernels/simd/simd.generated.ts';
import { runJob } from '../../src/backend/kernels/simd/threads/job.ts';
import { newPause } from '../../src/backend/kernels/simd/threads/pause.ts';
import { type Pool, startPool } from '../../src/backend/kernels/simd/threads/pool.ts';
import { type Board, NUMBERS, program, WORD, WORDS } from '../../src/backend/kernels/simd/threads/program.ts';
import { type StartThread, threadStarter } from '../../src/backend/kernels/simd/threads/startThread.ts';
import { sharedMemory } from '../support/simdBuilds.ts';

const start = threadStarter() as StartThread;

/** Numbers on a shared memory, where a kernel halves the first of two lists and clamps it. */
const length = 1 << 17;

function placed(): { memory: WebAssembly.Memory; numbers: Float32Array } {
  const memory = sharedMemory(64);
  const numbers = new Float32Array(memory.buffer);
  for (let i = 0; i < 2 * length; i++) numbers[i] = Math.sin(i);
  return { memory, numbers };
}

/** The gradient of a ReLU: cotangent, output, result, count, ceiling. */
const given = [0, 4 * length, 8 * length, length, Number.NaN];

function expectComputed(numbers: Float32Array): void {
  const expected = numbers.subarray(0, length).map((value, i) => ((numbers[length + i] as number) > 0 ? value : 0));
  const found = numbers.slice(2 * length, 3 * length).map((value) => value + 0);
  expect(Buffer.from(found.buffer).equals(Buffer.from(expected.map((value) => value + 0).buffer))).toBe(true);
}

describe('runJob()', () => {
  const boardOn = (memory: WebAssembly.Memory, instances: Instances): Board => ({
    memory,
    modules: [instances('plain')?.module],
    threads: 2,
    words: new Int32Array(new SharedArrayBuffer(4 * WORDS)),
    numbers: new Float64Array(new SharedArrayBuffer(8 * NUMBERS)),
  });

  test('shares the parts with a thread, and waits for it', async () => {
    const { memory, numbers } = placed();
    const instances = instancesOn(memory, simd);
    const board = boardOn(memory, instances);
    const thread = await start(program, [board, 1]);
    const kernels = instances('plain')?.kernels ?? [];
    const place = kernels.findIndex(([name]) => name === 'reluGradient');
    const [, kernel] = kernels[place] as readonly [string, Kernel];
    let own = 0;
    // Does not begin before the thread has done a part.
    const waiting: Kernel = (...all) => {
      Atomics.wait(board.words, WORD.done, 0);
      own++;
      kernel(...all);
    };
    const job = { build: 0, kernel: place, numbers: given, parts: 5 };
    expect(runJob(waiting, job, board, 1000)).toBeTypeOf('number');
    expect(own).toBeLessThan(5);
    expectComputed(numbers);
    thread.terminate();
  });

  test('works on a memory that has grown since the thread began', async () => {
    const memory = sharedMemory(1);
    const instances = instancesOn(memory, simd);
    const board = boardOn(memory, instances);
    const thread = await start(program, [board, 1]);
    const kernels = instances('plain')?.kernels ?? [];
    const place = kernels.findIndex(([name]) => name === 'maxPoolGradient');
    const waiting: Kernel = () => void Atomics.wait(board.words, WORD.done, 0);
    for (let i = 0; i < 20; i++) {
      const at = memory.buffer.byteLength;
      memory.grow(64);
      // 64 × 64 pixels of one channel, all 0, pooled by two: cotangent, input, output, result, and sizes.
      const places = [0, 1, 2, 3].map((k) => at + k * (1 << 16));
      new Float32Array(memory.buffer, at, 1024).fill(1);
      const numbers = [...places, 1, 64, 64, 1, 32, 32, 2, 2, 2, 2, 0, 0];
      expect(runJob(waiting, { build: 0, kernel: place, numbers, parts: 2 }, board, 1000)).toBeTypeOf('number');
      // The thread has done the second half, or all.
      const sum = new Float32Array(memory.buffer, places[3], 4096).reduce((total, value) => total + value, 0);
      expect([512, 1024]).toContain(sum);
    }
    thread.terminate();
  });

  test('tells how long a thread was waited for', async () => {
    const { memory } = placed();
    const instances = instancesOn(memory, simd);
    const board = boardOn(memory, instances);
    const sleeping = program.replace('kernel(...', `Atomics.wait(words, ${WORD.done}, 0, 50); kernel(...`);
    expect(sleeping).not.toBe(program);
    const thread = await start(sleeping, [board, 1]);
    // Until the thread has begun the other part.
    const waiting: Kernel = () => {
      while (Atomics.load(board.words, WORD.left) !== 0);
    };
    const place = instances('plain')?.kernels.findIndex(([name]) => name === 'reluGradient') ?? 0;
    const job = { build: 0, kernel: place, numbers: given, parts: 2 };
    waiting();
    expect(runJob(waiting, job, board, 1000)).toBeLessThan(-20);
    thread.terminate();
  });

  test('tells of a part that failed, here and in a thread', async () => {
    const { memory } = placed();
    const board = boardOn(memory, instancesOn(memory, simd));
    const failing: Kernel = () => {
      throw new Error('out of bounds');
    };
    expect(runJob(failing, { build: 0, kernel: 0, numbers: [], parts: 2 }, board, 1)).toBe('failed');
    const thread = await start(program, [board, 1]);
    const waiting: Kernel = () => void Atomics.wait(board.words, WORD.done, 0);
    // No kernel has this number.
    expect(runJob(waiting, { build: 0, kernel: 999, numbers: [], parts: 3 }, board, 1000)).toBe('failed');
    thread.terminate();
  });
});

describe('newPause()', () => {
  test('pauses that follow each other soon get longer, up to a second', () => {
    let now = 0;
    const pause = newPause(() => now);
    const lengthOf = (): number => {
      pause.note(-3);
      const start = now;
      while (pause.isOn()) now++;
      return now - start;
    };
    expect(pause.isOn()).toBe(false);
    expect(Array.from({ length: 9 }, lengthOf)).toEqual([10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    now += 499;
    expect(lengthOf()).toBe(1000);
    now += 500;
    expect(lengthOf()).toBe(10);
  });

  test('none as long as threads save more than they cost', () => {
    const pause = newPause(() => 0);
    const isPaused = (saved: number): boolean => {
      pause.note(saved);
      return pause.isOn();
    };
    // Of 30 ms that were saved 20 count, and 2 may be owed.
    expect([10, 10, 10, -15, -5, -2, -1].map(isPaused)).toEqual([false, false, false, false, false, false, true]);
  });
});

describe('startPool()', () => {
  const poolWith = async (text: string, patience: number): Promise<{ pool: Pool; call: () => void }> => {
    const { memory, numbers } = placed();
    const pool = await startPool(memory, simd, 3, start, { program: text, patience });
    const call = (): void => {
      numbers.fill(9, 2 * length, 3 * length);
      pool.kernels('plain', 3 * length)?.reluGradient(...given);
      expectComputed(numbers);
    };
    return { pool, call };
  };

  test('computes with all threads, again and again', async () => {
    const { pool, call } = await poolWith(program, 1000);
    for (let i = 0; i < 50; i++) call();
    expect(pool.threadCount()).toBe(3);
    pool.end();
    call();
    expect({ threads: pool.threadCount(), parts: pool.parts }).toEqual({ threads: 1, parts: 1 });
  });

  test('does not need threads that never take anything', async () => {
    const { pool, call } = await poolWith(program.replace('left > 0', 'left > 1e9'), 1000);
    call();
    expect(pool.threadCount()).toBe(3);
    pool.end();
  });

  test('goes on alone where a thread dies in the middle of a part', async () => {
    const dying = program.replace('if (bit) compute', 'if (bit) process.exit');
    expect(dying).not.toBe(program);
    const { pool, call } = await poolWith(dying, 5);
    // Until one of them was quick enough to take a part.
    while (pool.threadCount() > 1) call();
    call();
    expect(pool.parts).toBe(1);
  });

  test('gives a small job to one thread', async () => {
    const { pool } = await poolWith(program, 1000);
    const alone = pool.kernels('plain', 100);
    expect(pool.kernels('plain')).toBe(alone);
    expect(pool.kernels('plain', 1 << 20)).not.toBe(alone);
    pool.end();
  });

  test('says why a thread does not start, and leaves none', async () => {
    const { memory } = placed();
    const settings = { program: 'throw new Error("no thread today")', patience: 1 };
    await expect(startPool(memory, simd, 3, start, settings)).rejects.toThrow('no thread today');
    await expect(startPool(memory, simd, 2, start, { ...settings, program: '' })).rejects.toThrow('a thread has ended');
  });
});

describe('onSharedMemory()', () => {
  const { resolve } = createRequire(import.meta.url);
  const tfjs = readFileSync(resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'));
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  // It exports a memory of its own, of 1 to 2 pages, as "memory".
  const other = Uint8Array.from([...header, 5, 4, 1, 1, 1, 2, 7, 10, 1, 6, ...Buffer.from('memory'), 2, 0]);

  const importsOf = (bytes: Uint8Array<ArrayBuffer>): WebAssembly.Imports => {
    const imports: Record<string, Record<string, () => undefined>> = {};
    for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(bytes))) {
      imports[module] = { ...imports[module], [name]: () => undefined };
    }
    return imports;
  };
  const isShared = ({ exports }: WebAssembly.Instance): boolean =>
    (exports['memory'] as WebAssembly.Memory).buffer instanceof SharedArrayBuffer;

  const ways: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Promise<boolean>>> = {
    bytes: async (bytes) => isShared((await WebAssembly.instantiate(bytes, importsOf(bytes))).instance),
    buffer: async (bytes) => {
      const { buffer } = Uint8Array.from(bytes);
      return isShared((await WebAssembly.instantiate(buffer, importsOf(bytes))).instance);
    },
    response: async (bytes) => {
      const response = new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
      return isShared((await WebAssembly.instantiateStreaming(response, importsOf(bytes))).instance);
    },
  };

  test.each(Object.entries(ways))("shares the memory of tfjs's module, and of no other: of %s", async (_, loaded) => {
    const bytes = Uint8Array.from(tfjs);
    await onSharedMemory(async () => {
      expect(await loaded(bytes)).toBe(true);
      expect(await loaded(other)).toBe(false);
    });
    expect(await loaded(bytes)).toBe(false);
  });

  test('leaves a module that is compiled as it is', async () => {
    const module = new WebAssembly.Module(other);
    await onSharedMemory(async () => {
      expect(isShared(await WebAssembly.instantiate(module))).toBe(false);
    });
  });

  test('loads the module as it is where the engine refuses shared memory, and puts all back when the start fails', async () => {
    const { instantiate } = WebAssembly;
    const refusing = vi.spyOn(WebAssembly, 'instantiate').mockImplementation((async (
      source: Uint8Array<ArrayBuffer>,
    ) => {
      if (!tfjs.equals(source)) throw new Error('no shared memory');
      return instantiate(source, importsOf(source));
    }) as never);
    const refused = WebAssembly.instantiate;
    const start = async (): Promise<never> => {
      expect(await ways['bytes']?.(Uint8Array.from(tfjs))).toBe(false);
      throw new Error('no start');
    };
    await expect(onSharedMemory(start)).rejects.toThrow('no start');
    expect(WebAssembly.instantiate).toBe(refused);
    refusing.mockRestore();
  });
});
