import { gradCam, gradient, integratedGradients, lrp, predict } from '../src/index.ts';
import { readNetwork } from '../src/node/index.ts';
import { longestWait } from './health.ts';
import { longCalls } from './longCalls.ts';
import { inputShaped } from './networks.ts';
import { longestStretch, type Stretch } from './stretch.ts';

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
  const rows: [string, Stretch][] = [['one pass', await leastOf(pass)]];
  for (const [name, run] of chosen) rows.push([name, await leastOf(run)]);
  dispose();
  return tableOf('Long functions, of a network whose passes are quick', rows);
}

async function ofPasses(): Promise<string> {
  const network = await readNetwork('examples/models/efficientnet-lite0/model.json');
  const x = inputShaped([1, 224, 224, 3]);
  const pass = await leastOf(() => predict(network, x));
  const rows: [string, Stretch][] = [
    ['one pass', pass],
    ['gradCam, 10 calls', await leastOf(() => repeated(() => gradCam(network, x)))],
    ['gradient, 10 calls', await leastOf(() => repeated(() => gradient(network, x)))],
    ['lrp, 10 calls', await leastOf(() => repeated(() => lrp(network, x)))],
    ['integratedGradients', await leastOf(() => integratedGradients(network, x, { steps: 10 }))],
  ];
  const wait = await longestWait(() => gradCam(network, x), CLIENTS);
  network.dispose();
  return [
    tableOf('EfficientNet-Lite0', rows),
    `A server with ${CLIENTS} clients of gradCam lets \`/health\` wait for up to ${wait.toFixed(0)} ms.`,
    '',
  ].join('\n');
}

async function repeated(call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 10; i++) await call();
}

/** Of some rounds after a first one. */
async function leastOf(run: () => Promise<unknown>): Promise<Stretch> {
  await run();
  let [wall, cpu] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    const longest = await longestStretch(run);
    [wall, cpu] = [Math.min(wall, longest.wall), Math.min(cpu, longest.cpu)];
  }
  return { wall, cpu };
}

function tableOf(title: string, rows: readonly (readonly [string, Stretch])[]): string {
  const lines = rows.map(([work, { wall, cpu }]) => `| ${work} | ${wall.toFixed(0)} | ${cpu.toFixed(0)} |`);
  return [`### ${title}`, '', '| work | longest stretch, ms | CPU time, ms |', '|---|--:|--:|', ...lines, ''].join(
    '\n',
  );
}
