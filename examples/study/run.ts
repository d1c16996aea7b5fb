import '@tensorflow/tfjs-backend-wasm';
import { mkdir } from 'node:fs/promises';
import { compile, useBackend } from 'vitrine';
import { claimsOf } from './claims.ts';
import { classifier, classifierAccuracy } from './classifier.ts';
import { type Measured, measured } from './measure.ts';
import { methodsOf, type StudyMethod } from './methods.ts';
import { photoStudy } from './photos.ts';
import { scenePicture } from './picture.ts';
import { greys, sceneSample, sceneSide } from './sample.ts';
import { claimTable, methodTable, writePicture, writeSection } from './write.ts';

// `npm run study:attribution [-- photos | scenes [methods …]]`: tables and pictures of docs/study-attribution.md, or a part.
const page = 'docs/study-attribution.md';
const [part = '50', ...only] = process.argv.slice(2);
const started = performance.now();
await useBackend('wasm');
if (part !== 'photos') await studyScenes(Number(part));
if (only.length === 0) await studyPhotos();
log('done');

async function studyScenes(count: number): Promise<void> {
  await mkdir('.cache', { recursive: true });
  const model = await classifier(log);
  const accuracy = 100 * (await classifierAccuracy(model));
  log(`classifier: ${accuracy.toFixed(1)}% of the answers about held-out scenes are right`);
  const network = compile(model);
  const sample = await sceneSample(network, count);
  const settings = {
    background: greys(sceneSide, [-0.8, -0.4, 0, 0.4, 0.8]),
    range: [-1, 1],
    window: 12,
    segments: 40,
  } as const;
  const rows: Measured[] = [];
  for (const method of chosen(methodsOf(settings))) {
    const randomized = method.passes === 'few' ? 10 : 3;
    const row = await measured(network, method, sample, { perStep: 96, tolerance: 2, randomized });
    rows.push(row);
    log(line(row));
  }
  network.dispose();
  model.dispose();
  if (only.length > 0) return;
  await writePicture('study-scenes', scenePicture(sample, rows));
  await writeSection(page, 'scenes', methodTable(rows));
  await writeSection(page, 'claims', claimTable(claimsOf(rows)));
}

async function studyPhotos(): Promise<void> {
  const photos = await photoStudy(log);
  await writePicture('study-photos', photos.picture);
  await writeSection(page, 'photos', methodTable(photos.rows));
}

function chosen(methods: readonly StudyMethod[]): readonly StudyMethod[] {
  return only.length === 0 ? methods : methods.filter(({ name }) => only.some((wanted) => name.startsWith(wanted)));
}

function line({
  name,
  pointing = Number.NaN,
  insertion,
  deletion,
  randomization = [],
  milliseconds,
}: Measured): string {
  const numbers = [pointing, insertion, deletion].map((value) => value.toFixed(3));
  const similar = randomization.map((value) => value.toFixed(2)).join(' ');
  return `${name.padEnd(32)} ${numbers.join('  ')}  [${similar}]  ${milliseconds.toFixed(1)} ms`;
}

function log(text: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}`);
}
