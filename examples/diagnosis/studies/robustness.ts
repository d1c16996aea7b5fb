import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { installKernels, toInput } from 'vitrine';
import { attacks, pixelBudget, type Robustness, robustness, robustnessCurve } from 'vitrine/diagnosis';
import { readPicture } from 'vitrine/node';
import { adversarialTriples } from 'vitrine/render';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, clothes, firstOf, readClothes } from '../../fashion-mnist/images.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { joined } from '../../scenes/rows.ts';
import { lite0 } from '../../visualization/network.ts';
import { aim } from '../aim.ts';

type Print = (line: string) => void;

/** What a study hands over besides its table. */
export interface RobustnessFindings {
  readonly plain: Robustness;
  readonly masked: Robustness;
  readonly photos: Robustness;
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

const bounds = [0, 1] as const;
const epsilon = 16 / 255;
const photos = ['chelsea', 'coffee', 'rocket'] as const;

/**
 * The quick ensemble and attacks that see scores only, on a classifier of clothes, on the same one with masked gradients, and
 * on EfficientNet-Lite0 with photos.
 */
export async function studyRobustness(print: Print): Promise<RobustnessFindings> {
  const uninstall = installKernels({ replace: true });
  const model = await trainClassifier(await readClothes('train'), { epochs: 5, seed: 0 });
  const test = firstOf(await readClothes('t10k'), 60);
  const { plain, masked } = await studyMasking(model, test, print);
  await studyLengths(model, test, print);
  const pixels = await studyPixels(model, test, print);
  model.dispose();
  uninstall();
  return { plain, masked, photos: await studyPhotos(print), sheets: { pixels } };
}

/** E6 and E17: a network whose logits are 1000 times as far apart has no gradient of the cross-entropy. */
async function studyMasking(
  model: LayersModel,
  { images, classes }: Clothes,
  print: Print,
): Promise<Pick<RobustnessFindings, 'plain' | 'masked'>> {
  print('60 pictures of clothes, ε = 16/255\n');
  print('                        clean  crossEntropy   dlr  square  warnings');
  const options = { bounds, epsilon, label: [...classes], batchSize: 60 } as const;
  const ensemble = async (name: string): Promise<Robustness> => {
    const found = await robustness(model, images, options);
    print(rowOf(name, found));
    return found;
  };
  const square = async (): Promise<number> => {
    const { success } = await attacks.square(model, images, { ...options, evaluations: 500, rescale: true });
    return 1 - shareOf(success);
  };
  const plain = await ensemble('plain');
  const started = performance.now();
  const standard = await robustness(model, images, { ...options, attacks: 'standard' });
  print(`plain, standard: ${standard.rounds.map(toldRound).join(', ')}  (${secondsSince(started)})`);
  aim(print, 'the standard ensemble breaks no fewer than the quick one', standard.accuracy <= plain.accuracy);
  const alone = await square();
  scaleLogits(model, 1000);
  const masked = await ensemble('logits × 1000');
  const maskedAlone = await square();
  print(`\nSquare (500) alone: plain ${alone.toFixed(3)}, logits × 1000 ${maskedAlone.toFixed(3)}`);
  const afterEntropy = masked.rounds[0]?.accuracy as number;
  aim(print, 'Square breaks the masked network, which attacks of the cross-entropy leave', maskedAlone < afterEntropy);
  const afterRatio = masked.rounds[1]?.accuracy as number;
  aim(print, 'the cross-entropy leaves more than 20 points there that dlr removes', afterRatio < afterEntropy - 0.2);
  aim(print, 'the warning of zero gradients fires on the masked network alone', hasZeros(masked) && !hasZeros(plain));
  const squares = [
    { attack: 'apgd', steps: 50 },
    { attack: 'square', evaluations: 500, rescale: true },
  ] as const;
  const found = await robustness(model, images, { ...options, attacks: squares });
  print(rowOf('  without dlr', found));
  aim(print, 'without dlr, Square tells that gradients are masked', kindsOf(found).includes('gradientMasking'));
  scaleLogits(model, 1 / 1000);
  return { plain, masked };
}

async function studyLengths(model: LayersModel, { images, classes }: Clothes, print: Print): Promise<void> {
  const epsilons = [1, 2, 4, 8, 16, 32].map((shades) => shades / 255);
  const list = [
    { attack: 'apgd', steps: 50 },
    { attack: 'apgd', steps: 50, loss: 'dlr' },
  ] as const;
  const options = { bounds, label: [...classes], batchSize: 60, attacks: list, epsilons };
  const { clean, accuracy } = await robustnessCurve(model, images, options);
  print(`\nε in shades of 255      0 ${[1, 2, 4, 8, 16, 32].map((shades) => String(shades).padStart(6)).join('')}`);
  print(`robust accuracy     ${[clean, ...accuracy].map((value) => value.toFixed(3)).join(' ')}`);
}

/** E6: every pixel set to black and to white, and what an evolution finds. */
async function studyPixels(model: LayersModel, { images, classes }: Clothes, print: Print): Promise<Uint8Array> {
  const options = { bounds, label: [...classes] } as const;
  const exhaustive = await attacks.onePixel(model, images, { ...options, search: 'exhaustive' });
  const right = exhaustive.initial.flatMap((isWrong, row) => (isWrong ? [] : [row])).slice(0, 20);
  const broken = (success: readonly boolean[]): number => right.filter((row) => success[row]).length;
  print(`\none pixel, black or white, all 1568: ${broken(exhaustive.success)} of 20 pictures (reference: 2 of 20)`);
  for (const pixels of [1, 3]) {
    const { success, queries } = await attacks.onePixel(model, images, { ...options, pixels });
    const mean = right.reduce((sum, row) => sum + (queries[row] as number), 0) / right.length;
    print(`evolution of ${pixels}: ${broken(success)} of 20, ${mean.toFixed(0)} queries on average`);
  }
  const chosen = right.filter((row) => exhaustive.success[row]).slice(0, 3);
  const look = { range: [0, 1], chosen, labels: [...clothes], cellWidth: 112 } as const;
  return indexedPng(adversarialTriples(images, exhaustive, look));
}

/** The quick ensemble on photos, whose labels are what the network says of them, and Square by itself. */
async function studyPhotos(print: Print): Promise<Robustness> {
  const { network, labels, dispose } = await lite0();
  const preparation = { mean: 127, std: 128 } as const;
  const pictures = await Promise.all(photos.map((name) => readPicture(`examples/images/${name}.png`)));
  const x = joined(pictures.map((picture) => toInput(picture, preparation)));
  const named = (classes: Int32Array): readonly string[] => Array.from(classes, (index) => labels[index] as string);
  print('\nEfficientNet-Lite0, 3 photos, labels as predicted');
  let quick: Robustness | undefined;
  for (const shades of [1 / 64, 1 / 16, 1 / 4, 4]) {
    const started = performance.now();
    quick = await robustness(network, x, { ...preparation, epsilon: pixelBudget(shades, preparation) });
    print(`${rowOf(`quick, ε = ${shades}/255`, quick)}  (${secondsSince(started)})`);
    print(`    ${told(named(quick.classes.after), quick.brokenBy)}`);
  }
  for (const shades of [1, 4]) {
    const started = performance.now();
    const settings = { ...preparation, epsilon: pixelBudget(shades, preparation), evaluations: 1000, rescale: true };
    const { success, queries, classes } = await attacks.square(network, x, settings);
    const counts = [...queries].map((count, i) => `${count} queries${success[i] ? '' : ', in vain'}`);
    print(`Square alone, ε = ${shades}/255: ${told(named(classes.after), counts)}  (${secondsSince(started)})`);
  }
  dispose();
  return quick as Robustness;
}

function told(classes: readonly string[], notes: readonly (string | null)[]): string {
  return photos.map((name, i) => `${name}: ${classes[i]} (${notes[i] ?? 'not broken'})`).join('; ');
}

function secondsSince(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function rowOf(name: string, { clean, rounds, warnings }: Robustness): string {
  const cells = rounds.map(({ accuracy }, i) => accuracy.toFixed(3).padStart([14, 6, 8][i] ?? 8));
  return `${name.padEnd(22)}  ${clean.toFixed(3)}${cells.join('')}  ${warnings.map(({ kind }) => kind).join(', ')}`;
}

function toldRound({ attack, accuracy }: Robustness['rounds'][number]): string {
  return `${attack} ${accuracy.toFixed(3)}`;
}

function kindsOf({ warnings }: Robustness): readonly string[] {
  return warnings.map(({ kind }) => kind);
}

function hasZeros(found: Robustness): boolean {
  return kindsOf(found).includes('zeroGradients');
}

function scaleLogits(model: LayersModel, factor: number): void {
  const classes = model.getLayer('classes');
  tf.tidy(() => classes.setWeights(classes.getWeights().map((weight) => tf.mul(weight, factor))));
}

function shareOf(listed: readonly boolean[]): number {
  return listed.filter(Boolean).length / listed.length;
}
