import { fork } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reading } from './readOnce.ts';
import { studiedNetworks } from './studied.ts';

const ROUNDS = 7;
const TIME_AIM = 1.5;
const MEMORY_AIM = 2.5;

/** How long reading takes from `.keras` in units of the layers format, and how much memory in units of the file. */
export async function readingTable(): Promise<string> {
  const network = studiedNetworks(console.log).find(({ name }) => name === 'MobileNetV2');
  const paths = network ? [`${network.folder}/model.keras`, `${network.folder}/layers/model.json`] : [];
  if (paths.length === 0 || !paths.every((path) => existsSync(path)))
    return 'reading: needs MobileNetV2 of the study\n';
  const [keras, layers] = (await readInTurns(paths)) as [Reading[], Reading[]];
  const time = median(keras.map(({ milliseconds }, round) => milliseconds / (layers[round] as Reading).milliseconds));
  const rows = [keras, layers].map((readings, i) => {
    const memory = median(readings.map(({ peakBytes }) => peakBytes)) / bytesOf(paths[i] as string);
    const ratio = i === 0 ? time : 1;
    const holds = i > 0 ? '' : ratio <= TIME_AIM && memory <= MEMORY_AIM ? 'yes' : '**no**';
    const milliseconds = median(readings.map((reading) => reading.milliseconds));
    return `| ${paths[i]} | ${milliseconds.toFixed(0)} | ${ratio.toFixed(2)} | ${memory.toFixed(2)} | ${holds} |`;
  });
  return [
    `### Reading MobileNetV2 (aims: time ${TIME_AIM}, memory ${MEMORY_AIM})`,
    '',
    '| file | ms | of the layers format | peak memory, of the file | holds |',
    '|---|--:|--:|--:|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Each reading in a process of its own: memory that was freed stays with a process. */
async function readInTurns(paths: readonly string[]): Promise<readonly Reading[][]> {
  const all: Reading[][] = paths.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, path] of paths.entries()) all[i]?.push(await readOnce(path));
  }
  return all;
}

function readOnce(path: string): Promise<Reading> {
  const child = fork(fileURLToPath(new URL('readOnce.ts', import.meta.url)), [path], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  return new Promise((resolve, reject) => {
    child.on('message', (reading) => resolve(reading as Reading));
    child.on('error', reject);
    child.on('exit', (code) => code === 0 || reject(new Error(`reading ${path} ended with ${code}`)));
  });
}

function bytesOf(path: string): number {
  if (!path.endsWith('.json')) return statSync(path).size;
  const folder = dirname(path);
  return readdirSync(folder).reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
