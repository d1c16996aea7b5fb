import { gradCam, gradient, integratedGradients, lrp, predict } from '../src/index.ts';
import { readNetwork } from '../src/node/index.ts';
import { longestWait } from './health.ts';
import { longCalls } from './longCalls.ts';
import { inputShaped } from './networks.ts';
import { longestStretch } from './stretch.ts';

const ROUNDS = 3;
const CLIENTS = 8;

/** The longest stretch without a turn of the event loop in each long function, and what a server's other requests wait. */
export async function responsivenessTables(wanted: readonly string[]): Promise<string> {
  return [await ofMathematics(wanted), await ofPasses()].join('\n');
}

/** Beside one pass of the same network. */
async function ofMathematics(wanted: readonly string[]): Promise<string> {
  const { calls, pass, dispose } = longCalls();
  const chosen = Object.entries(calls).filter(
    ([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  const rows: [string, number][] = [['one pass', await leastOf(pass)]];
  for (const [name, run] of chosen) rows.push([name, await leastOf(run)]);
  dispose();
  return tableOf('Long functions, of a network whose passes are quick', ['function', 'longest stretch, ms'], rows);
}

async function ofPasses(): Promise<string> {
  const network = await readNetwork('examples/models/efficientnet-lite0/model.json');
  const x = inputShaped([1, 224, 224, 3]);
  const pass = await leastOf(() => predict(network, x));
  const rows = [
    ['one pass', pass] as const,
    ['gradCam, 10 calls', await leastOf(() => repeated(() => gradCam(network, x)))] as const,
    ['gradient, 10 calls', await leastOf(() => repeated(() => gradient(network, x)))] as const,
    ['lrp, 10 calls', await leastOf(() => repeated(() => lrp(network, x)))] as const,
    ['integratedGradients', await leastOf(() => integratedGradients(network, x, { steps: 10 }))] as const,
    [
      `/health of a server with ${CLIENTS} clients of gradCam`,
      await longestWait(() => gradCam(network, x), CLIENTS),
    ] as const,
  ];
  network.dispose();
  return tableOf('EfficientNet-Lite0', ['work', 'longest stretch or wait, ms'], rows);
}

async function repeated(call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 10; i++) await call();
}

/** Of some rounds after a first one. */
async function leastOf(run: () => Promise<unknown>): Promise<number> {
  await run();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) least = Math.min(least, await longestStretch(run));
  return least;
}

function tableOf(
  title: string,
  [name, value]: readonly [string, string],
  rows: readonly (readonly [string, number])[],
): string {
  const lines = rows.map(([work, milliseconds]) => `| ${work} | ${milliseconds.toFixed(0)} |`);
  return [`### ${title}`, '', `| ${name} | ${value} |`, '|---|--:|', ...lines, ''].join('\n');
}
