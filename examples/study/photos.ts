import { compile, contactSheet, example, type Picture, predict, toInput } from 'vitrine';
import { readModel, readPicture } from 'vitrine/node';
import type { SheetCell } from 'vitrine/render';
import { joined } from '../scenes/rows.ts';
import { type Measured, measured, type Sample } from './measure.ts';
import { methodsOf } from './methods.ts';
import { drawn } from './picture.ts';
import { greys } from './sample.ts';

/** The study of the photos: a row per method, and their maps of the first photo. */
export interface PhotoStudy {
  readonly rows: readonly Measured[];
  readonly count: number;
  readonly picture: Picture;
}

const names = ['chelsea', 'coffee', 'rocket'] as const;
const side = 224;

/** The methods that the table of the photos has; all of them would take hours. */
const main = [
  'centerMap',
  'edgeMap',
  'randomMap',
  'gradient',
  'gradientTimesInput',
  'guidedBackprop',
  'fullGrad',
  'smoothGrad',
  'integratedGradients',
  'xrai',
  'lrp, ε+ flat',
  'lrp, ε γ box',
  'excitationBackprop, contrastive',
  'deepLift',
  'gradCam',
  'gradCamPlusPlus',
  'layerCam',
  'ablationCam',
  'occlusion',
  'rise',
  'kernelShap',
  'extremalPerturbation',
];

/** Insertion and deletion of the main methods on EfficientNet-Lite0 with three photos. */
export async function photoStudy(log: (text: string) => void): Promise<PhotoStudy> {
  const model = await readModel('examples/models/efficientnet-lite0/model.json');
  const network = compile(model);
  const photos = await Promise.all(names.map((name) => readPicture(`examples/images/${name}.png`)));
  const x = joined(photos.map((photo) => toInput(photo, { mean: 127, std: 128 })));
  const { values } = await predict(network, x, { scale: 'logit' });
  const classCount = values.data.length / photos.length;
  const target = photos.map((_, i) => highest(values.data.subarray(i * classCount, (i + 1) * classCount)));
  const sample: Sample = { x, target };
  const settings = {
    background: greys(side, [-0.99, -0.5, 0, 0.5, 1]),
    range: [-127 / 128, 1],
    window: 32,
    segments: 50,
  } as const;
  const rows: Measured[] = [];
  for (const method of methodsOf(settings).filter(({ name }) => main.includes(name))) {
    const row = await measured(network, method, sample, { perStep: 224 * 8, tolerance: 15, randomized: 0 });
    rows.push(row);
    log(`${row.name.padEnd(32)} ${row.insertion.toFixed(3)}  ${row.deletion.toFixed(3)}`);
  }
  network.dispose();
  model.dispose();
  return { rows, count: photos.length, picture: sheet(photos[0] as Picture, rows) };
}

function sheet(photo: Picture, rows: readonly Measured[]): Picture {
  const cells = rows.map(({ name, maps }): SheetCell => ({ title: name, picture: drawn(example(maps, 0)) }));
  return contactSheet([{ picture: photo, title: 'Photo' }, ...cells], { columns: 6, cellWidth: 150 });
}

function highest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((best, value, index, all) => (value > (all[best] as number) ? index : best), 0);
}
