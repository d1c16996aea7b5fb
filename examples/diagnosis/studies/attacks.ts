import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { installKernels, type NdArray, type Network, predict, random, toInput } from 'vitrine';
import { type Adversarial, attacks, pixelBudget } from 'vitrine/diagnosis';
import { readPicture } from 'vitrine/node';
import { adversarialTriples } from 'vitrine/render';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { type Clothes, clothes, firstOf, readClothes } from '../../fashion-mnist/images.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { lite0, scale, side } from '../../visualization/network.ts';
import { aim } from '../aim.ts';

type Print = (line: string) => void;

/** What the study hands over besides its tables: accuracies by attack, and sheets of pictures as PNG. */
export interface AttackFindings {
  readonly plain: Accuracies;
  readonly masked: Accuracies;
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

type Accuracies = Readonly<Record<string, number>>;

const bounds = [0, 1] as const;
const epsilon = 16 / 255;

/**
 * What attacks within a budget leave of the accuracy of a small network, and of the same one with logits 1000 times as far
 * apart; and what little changes the class of a photo.
 */
export async function studyAttacks(print: Print): Promise<AttackFindings> {
  const { plain, masked, sheet } = await studyClothes(print);
  const photo = await studyPhoto(print);
  return { plain, masked, sheets: { clothes: sheet, ...photo } };
}

async function studyClothes(
  print: Print,
): Promise<Pick<AttackFindings, 'plain' | 'masked'> & { readonly sheet: Uint8Array }> {
  const uninstall = installKernels({ replace: true });
  const model = await trainClassifier(await readClothes('train'), { epochs: 5, seed: 0 });
  const test = firstOf(await readClothes('t10k'), 60);
  print('accuracy on 60 pictures of clothes, ε = 16/255\n');
  const plain = await accuraciesOf(model, test);
  const found = await attacks.pgd(model, test.images, { bounds, epsilon, label: [...test.classes] });
  const sheet = sheetOf(test.images, found);
  scaleLogits(model, 1000);
  const masked = await accuraciesOf(model, test);
  model.dispose();
  uninstall();
  print(
    `${''.padEnd(16)}${Object.keys(plain)
      .map((name) => name.padStart(10))
      .join('')}`,
  );
  for (const [name, row] of Object.entries({ plain, 'logits × 1000': masked }))
    print(
      `${name.padEnd(16)}${Object.values(row)
        .map((share) => share.toFixed(3).padStart(10))
        .join('')}`,
    );
  print('');
  aim(print, 'noise ≥ FGSM ≥ PGD ≥ APGD on the plain network', isFalling(plain, ['noise', 'FGSM', 'PGD', 'APGD']));
  const [entropy, ratio] = [masked['APGD'] as number, masked['APGD dlr'] as number];
  aim(print, 'the cross-entropy leaves more than 20 points of the masked one that dlr removes', entropy - ratio > 0.2);
  return { plain, masked, sheet };
}

/** What each attack leaves of the accuracy; of noise that is as large in every pixel, too. */
async function accuraciesOf(model: LayersModel, { images, classes }: Clothes): Promise<Accuracies> {
  const options = { bounds, epsilon, label: [...classes], batchSize: 60 } as const;
  const left = ({ success }: Adversarial): number => success.filter((is) => !is).length / success.length;
  return {
    clean: await accuracyOf(model, images, classes),
    noise: await accuracyOf(model, noisy(images), classes),
    FGSM: left(await attacks.fgsm(model, images, options)),
    PGD: left(await attacks.pgd(model, images, options)),
    APGD: left(await attacks.apgd(model, images, { ...options, steps: 50 })),
    'PGD dlr': left(await attacks.pgd(model, images, { ...options, loss: 'dlr' })),
    'APGD dlr': left(await attacks.apgd(model, images, { ...options, steps: 50, loss: 'dlr' })),
    'APGD-T': left(await attacks.apgd(model, images, { ...options, steps: 50, loss: 'dlr', targets: 9 })),
  };
}

async function accuracyOf(model: LayersModel, images: NdArray, classes: Uint8Array): Promise<number> {
  const { values } = await predict(model, images, { batchSize: 60 });
  const units = values.shape[1] as number;
  const right = classes.filter((label, row) => {
    const scores = values.data.subarray(row * units, (row + 1) * units);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return right.length / classes.length;
}

/** The whole budget in every pixel, up or down by chance. */
function noisy({ shape, data }: NdArray): NdArray {
  const { uniform } = random(0);
  const moved = data.map((value) => value + (uniform() < 0.5 ? -epsilon : epsilon));
  return { shape, data: moved.map((value) => Math.min(Math.max(value, 0), 1)) };
}

function scaleLogits(model: LayersModel, factor: number): void {
  const layer = model.getLayer('classes');
  tf.tidy(() => layer.setWeights(layer.getWeights().map((weight) => tf.mul(weight, factor))));
}

/** The first three pictures that were right and are no longer. */
function sheetOf(images: NdArray, found: Adversarial): Uint8Array {
  const chosen = found.success.flatMap((is, row) => (is && !found.initial[row] ? [row] : [])).slice(0, 3);
  return indexedPng(adversarialTriples(images, found, { range: [0, 1], chosen, labels: [...clothes], cellWidth: 112 }));
}

/** The cat, by each attack and with more and more shades. */
async function studyPhoto(print: Print): Promise<Readonly<Record<string, Uint8Array>>> {
  const { network, labels, dispose } = await lite0();
  const x = toInput(await readPicture('examples/images/chelsea.png'), { size: side, ...scale });
  print('\nEfficientNet-Lite0, the photo of a cat: class afterwards, and how probable the class before still is\n');
  print(`${'ε in shades of 255'.padEnd(20)}${['FGSM', 'PGD', 'APGD'].map((name) => name.padEnd(40)).join('')}`);
  for (const shades of [0.1, 0.2, 0.5, 1, 4]) {
    const cells = [];
    for (const found of await byEach(network, x, shades)) cells.push(told(found, labels).padEnd(40));
    print(`${String(shades).padEnd(20)}${cells.join('')}`);
  }
  const options = { ...scale, epsilon: pixelBudget(1, scale) };
  const away = await attacks.pgd(network, x, options);
  const target = labels.indexOf('espresso');
  const towards = await attacks.pgd(network, x, { ...options, epsilon: pixelBudget(2, scale), criterion: { target } });
  print(`\ntowards espresso, 2 shades: ${told(towards, labels)}`);
  aim(print, 'a photo is taken for another class within one shade of 255', away.success[0] as boolean);
  dispose();
  const png = (found: Adversarial): Uint8Array =>
    indexedPng(adversarialTriples(x, found, { ...scale, labels, cellWidth: 160 }));
  return { cat: png(away), espresso: png(towards) };
}

async function byEach(network: Network, x: NdArray, shades: number): Promise<readonly Adversarial[]> {
  const options = { ...scale, epsilon: pixelBudget(shades, scale) };
  return [
    await attacks.fgsm(network, x, options),
    await attacks.pgd(network, x, options),
    await attacks.apgd(network, x, { ...options, steps: 40 }),
  ];
}

function told({ classes, confidence, success, rounded }: Adversarial, labels: readonly string[]): string {
  const name = labels[classes.after[0] as number] as string;
  const likely = (confidence.after[0] as number).toFixed(3);
  return `${success[0] ? name : 'fails'} ${likely}${success[0] && !rounded[0] ? ', undone by rounding' : ''}`;
}

function isFalling(accuracies: Accuracies, names: readonly string[]): boolean {
  const values = names.map((name) => accuracies[name] as number);
  return values.every((value, i) => i === 0 || value <= (values[i - 1] as number));
}
