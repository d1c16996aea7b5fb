// vitrine beside PyTorch, Captum, zennit and onnxruntime-web: the same networks, weights and jobs, in short turns one after
// the other, so that what disturbs the machine disturbs all. `npm run bench:peers -- --python peers/bin/python`.
import '@tensorflow/tfjs-backend-wasm';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from '../../scripts/run.ts';
import { useBackend } from '../../src/index.ts';
import { build, python, rounds, words } from '../arguments.ts';
import { type NetworkName, namesOfNetworks, networks } from '../networks.ts';
import { writeNetwork } from './exchange.ts';
import { type Peer, processPeer, threadPeer } from './peer.ts';

/** How long a turn is, in seconds; a job that takes longer is run once. */
const TURN = 0.5;
const RATE_TURN = 2;
/** Jobs of many passes, of which fewer rounds tell as much. */
const SLOW = ['occlusion', 'integrated gradients'];
const JOBS = ['forward', 'gradient map', 'LRP ε⁺', ...SLOW];
/** By whose time on one thread the others are divided, whichever layout is faster. */
const UNIT = ['PyTorch, NCHW', 'PyTorch, channels_last'];
/** Where npm puts onnxruntime-web. */
const installed = 'out/peers';

if (!python) {
  console.error(`"--python" expected the Python of an environment with PyTorch, Captum and zennit:
  python3 -m venv peers && peers/bin/pip install -r bench/peers/requirements.txt
  npm run bench:peers -- --python peers/bin/python`);
  process.exit(1);
}
await useBackend('wasm');
const script = 'bench/peers/torch_peer.py';
const module = new URL('./vitrine.ts', import.meta.url);
const [vitrine, vitrineToo, vitrineInTwo] = [
  threadPeer(module),
  threadPeer(module),
  threadPeer(module, { threads: 2 }),
];
const [torch, torchToo] = [processPeer(python, ['-B', script]), processPeer(python, ['-B', script])];
// As on the many machines that have no AVX-512.
const avx2 = processPeer(python, ['-B', script, 'AVX2'], { ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2' });
// onnxruntime reads what PyTorch wrote.
const peers: readonly Peer[] = [vitrine, vitrineInTwo, torch, avx2, ...(await onnxRuntime())];
/** What makes two of them. */
const others: readonly Peer[] = [vitrineToo, torchToo];
console.log(`${build} SIMD, Node ${process.version}, ${cpus()[0]?.model}, one thread unless said`);
console.log(`least milliseconds of ${rounds} turns, in brackets their median, × the faster of ${UNIT.join(' and ')}\n`);
for (const name of namesOfNetworks) {
  if (words.length === 0 || words.includes(name)) await compare(name);
}
await Promise.all([...peers, ...others].map((peer) => peer.close()));

async function onnxRuntime(): Promise<readonly Peer[]> {
  try {
    await mkdir(installed, { recursive: true });
    await outputOf('npm', ['install', '--prefix', installed, '--no-audit', '--no-fund', 'onnxruntime-web@1.30.0']);
    return [threadPeer(new URL('./onnxruntime.ts', import.meta.url), { installed })];
  } catch (error) {
    console.error(`onnxruntime-web is left out: ${(error as Error).message}`);
    return [];
  }
}

/** Prints the tables of a network. */
async function compare(name: NetworkName): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'peers-'));
  const model = await networks[name]();
  await writeNetwork(model, folder);
  model.dispose();
  const turns = await opened(peers, name, folder);
  const times = await measured(turns);
  console.log(`### ${name}\n`);
  console.log(timeTable(times));
  await opened(others, name, folder);
  console.log(rateTable(await rates(times)));
  await rm(folder, { recursive: true });
}

/** One contestant's work at one job. */
interface Turn {
  readonly peer: Peer;
  readonly contestant: string;
  readonly job: string;
}

/** What peers can do with a network, once their outputs agree. */
async function opened(all: readonly Peer[], name: NetworkName, folder: string): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  let expected: readonly number[] | undefined;
  for (const peer of all) {
    const { output, jobs } = await peer.open(name, folder);
    expected ??= output;
    const furthest = Math.max(...expected.map((value, i) => Math.abs(value - (output[i] ?? Number.NaN))));
    if (!(furthest <= 1e-4)) throw new Error(`${Object.keys(jobs)[0]} computes other outputs, by ${furthest}`);
    for (const [contestant, names] of Object.entries(jobs)) {
      turns.push(...names.map((job) => ({ peer, contestant, job })));
    }
  }
  return turns;
}

/** All milliseconds, by contestant and job. */
type Times = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

async function measured(turns: readonly Turn[]): Promise<Times> {
  const times = new Map<string, Map<string, number[]>>();
  // The turns of a job follow each other; those of the round before the first are warm-up.
  const inOrder = JOBS.flatMap((job) => turns.filter((turn) => turn.job === job));
  for (let round = 0; round <= rounds; round++) {
    for (const { peer, contestant, job } of inOrder) {
      if (SLOW.includes(job) && round > Math.ceil(rounds / 3)) continue;
      const taken = await peer.times(contestant, job, round === 0 ? 0 : TURN);
      const jobs = times.get(contestant) ?? new Map<string, number[]>();
      times.set(contestant, jobs);
      if (round > 0) jobs.set(job, [...(jobs.get(job) ?? []), ...taken]);
    }
  }
  return times;
}

function timeTable(times: Times): string {
  const unit = (job: string): number => Math.min(...UNIT.flatMap((name) => times.get(name)?.get(job) ?? []));
  const cell = (job: string, taken: readonly number[] | undefined): string =>
    taken ? `${least(taken).toFixed(1)} (${median(taken).toFixed(1)}) ${(least(taken) / unit(job)).toFixed(2)} ×` : '';
  const rows = [...times].map(([name, jobs]) => [name, ...JOBS.map((job) => cell(job, jobs.get(job)))]);
  return markdown(['ms', ...JOBS], rows);
}

/** Runs of a job in a second, by what runs it. */
type Rates = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What two threads do in a second: two workers of vitrine, and PyTorch's two threads or two processes. */
async function rates(times: Times): Promise<Rates> {
  const layout = UNIT.toSorted((a, b) => least(times.get(a)?.get('forward')) - least(times.get(b)?.get('forward')))[0];
  const all: readonly (readonly [string, readonly Peer[], string])[] = [
    ['vitrine, one worker', [vitrine], 'vitrine, default'],
    ['vitrine, one worker of two threads', [vitrineInTwo], 'vitrine, default, 2 threads'],
    ['vitrine, two workers', [vitrine, vitrineToo], 'vitrine, default'],
    [`${layout}, one process of two threads`, [torch], `${layout}, 2 threads`],
    [`${layout}, two processes of one thread`, [torch, torchToo], `${layout}`],
  ];
  const teams = all.filter(([, , contestant]) => times.has(contestant));
  const best = new Map(teams.map(([name]) => [name, new Map<string, number>()]));
  for (let round = 0; round <= Math.ceil(rounds / 3); round++) {
    for (const job of ['forward', 'gradient map']) {
      for (const [name, team, contestant] of teams) {
        const taken = await Promise.all(team.map((peer) => peer.times(contestant, job, round === 0 ? 0 : RATE_TURN)));
        const rate = taken.reduce((total, each) => total + 1000 / mean(each), 0);
        if (round > 0) best.get(name)?.set(job, Math.max(rate, best.get(name)?.get(job) ?? 0));
      }
    }
  }
  return best;
}

function rateTable(all: Rates): string {
  const rows = [...all].map(([name, jobs]) => [name, ...[...jobs.values()].map((rate) => rate.toFixed(1))]);
  return markdown(['images a second', 'forward', 'gradient map'], rows);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const dashes = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [head, dashes, ...rows].map(line).concat('').join('\n');
}

function least(values: readonly number[] = []): number {
  return Math.min(...values);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
