import type { LayersModel } from '@tensorflow/tfjs-layers';
import { useBackend } from '../../src/backend/index.ts';
import { compile, gradient, type NdArray, predict } from '../../src/index.ts';

/** What a pass takes at least, in milliseconds, in each number of threads. */
export interface ThreadTimes {
  readonly pass: string;
  readonly milliseconds: readonly number[];
}

const ROUNDS = 8;
const REPETITIONS = 6;

/** Times the passes of a network in several numbers of threads, in turn; runs in Node and in pages. */
export async function threadTimes(model: LayersModel, counts: readonly number[]): Promise<readonly ThreadTimes[]> {
  const network = compile(model);
  const x = inputOf(model);
  const passes: Readonly<Record<string, () => Promise<unknown>>> = {
    forward: () => predict(network, x),
    'gradient map': () => gradient(network, x),
  };
  const least = Object.keys(passes).map((pass) => ({ pass, milliseconds: counts.map(() => Number.POSITIVE_INFINITY) }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, threads] of counts.entries()) {
      const { features, warnings } = await useBackend('wasm', { threads });
      if (features.threadCount !== threads) throw new Error(warnings.join('\n'));
      for (const { pass, milliseconds } of least) {
        const time = await leastTime(passes[pass] as () => Promise<unknown>);
        milliseconds[i] = Math.min(time, milliseconds[i] as number);
      }
    }
  }
  network.dispose();
  return least;
}

async function leastTime(run: () => Promise<unknown>): Promise<number> {
  await run();
  let least = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const start = performance.now();
    await run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function inputOf(model: LayersModel): NdArray {
  const shape = [1, ...(model.inputs[0]?.shape.slice(1) ?? [])].map((size) => size ?? 1);
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(i * i)) };
}

/** A table in Markdown. */
export function threadTable(title: string, counts: readonly number[], times: readonly ThreadTimes[]): string {
  const heads = ['pass', ...counts.map((count) => `${count} thread${count === 1 ? '' : 's'}, ms`), '×'];
  const rows = times.map(({ pass, milliseconds }) => {
    const [first = 0, last = 0] = [milliseconds[0], milliseconds.at(-1)];
    return [pass, ...milliseconds.map((time) => time.toFixed(1)), (first / last).toFixed(2)];
  });
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `### ${title}\n\n${lines.join('\n')}\n`;
}
