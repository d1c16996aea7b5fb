import { installKernels, type NdArray, random } from 'vitrine';
import { knnShapley, labelIssues } from 'vitrine/diagnosis';
import { contactSheet } from 'vitrine/render';
import { inSlices } from '../../../src/backend/inTurn.ts';
import { rocAuc } from '../../../src/numeric/correlation.ts';
import { type SoftmaxProblem, softmaxRegression } from '../../../src/numeric/linear/softmaxRegression.ts';
import { trainClassifier } from '../../fashion-mnist/classifier.ts';
import { clothes } from '../../fashion-mnist/images.ts';
import { indexedPng } from '../../pictures/indexedPng.ts';
import { aim } from '../aim.ts';
import { allClothes, chosen, type Embedded, embedded, meanOf, pictureOf, places, rowsOf } from './failures/clothes.ts';

type Print = (line: string) => void;

/** What the study hands over besides its tables: how well each score finds flipped labels, and the labels that are doubted most. */
export interface LabelFindings {
  readonly auc: Readonly<Record<string, number>>;
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

const flips = 0.1;
const folds = 5;
const penalty = 0.01;

/** How well flipped labels of clothes are found: by confident learning, by k-NN Shapley values, and by the plain loss. */
export async function studyLabels(print: Print): Promise<LabelFindings> {
  const all = await allClothes();
  const uninstall = installKernels({ replace: true });
  const model = await trainClassifier(chosen(all, places(0, 3000)), { epochs: 5, seed: 0 });
  const set = await embedded(model, chosen(all, places(3000, 4200)));
  const clean = await embedded(model, chosen(all, places(4200, 4600)));
  model.dispose();
  uninstall();
  const auc: Record<string, number[]> = {};
  for (let seed = 0; seed < 3; seed++) await studySeed({ set, clean, seed, auc }, print);
  const means = Object.fromEntries(Object.entries(auc).map(([name, values]) => [name, meanOf(values)]));
  print('\n1200 images, a softmax head on 64 features, AUC of finding the flipped labels; 3 seeds');
  for (const [name, value] of Object.entries(means)) print(`${name.padEnd(38)}${value.toFixed(3)}`);
  const [issues = 0, shapley = 0] = [means['1 − p of the label, out of sample'], means['k-NN Shapley, 10 neighbours']];
  aim(print, 'AUC of out-of-sample confidence ≥ 0.85', issues >= 0.85);
  aim(print, 'AUC of k-NN Shapley values ≥ 0.85', shapley >= 0.85);
  return { auc: means, sheets: { doubted: await doubted(set) } };
}

interface Setting {
  readonly set: Embedded;
  readonly clean: Embedded;
  readonly seed: number;
  readonly auc: Record<string, number[]>;
}

async function studySeed({ set, clean, seed, auc }: Setting, print: Print): Promise<void> {
  const { uniform, integer } = random(seed, 21);
  const flipped = Array.from(set.classes, () => uniform() < flips);
  const labels = Int32Array.from(set.classes, (label, i) => (flipped[i] ? (label + 1 + integer(9)) % 10 : label));
  const unseen = await crossFitted(set.embeddings, labels);
  const seen = await fitted(set.embeddings, labels, set.embeddings);
  const training = { features: set.embeddings, labels };
  const { values } = await knnShapley(
    training,
    { features: clean.embeddings, labels: Int32Array.from(clean.classes) },
    { neighbours: 10 },
  );
  const { selfConfidence, issues, noise } = labelIssues(unseen, labels);
  const inSample = labelIssues(seen, labels);
  const scores: Record<string, readonly number[]> = {
    '1 − p of the label, out of sample': Array.from(selfConfidence, (value) => 1 - value),
    'loss, in sample': Array.from(inSample.selfConfidence, (value) => -Math.log(value)),
    'k-NN Shapley, 10 neighbours': Array.from(values, (value) => -value),
    chance: Array.from(values, uniform),
  };
  for (const [name, list] of Object.entries(scores)) auc[name] = [...(auc[name] ?? []), rocAuc(list, flipped)];
  const right = issues.filter(({ example }) => flipped[example]).length;
  const total = flipped.filter(Boolean).length;
  print(
    `seed ${seed}: ${total} flipped; ${issues.length} issues, ${right} of them flipped (in sample ${inSample.issues.length}, ${inSample.issues.filter(({ example }) => flipped[example]).length}); estimated noise ${(100 * noise).toFixed(1)} %`,
  );
}

/** Probabilities of each example by a head that was fitted to the other folds. */
async function crossFitted(embeddings: NdArray, labels: Int32Array): Promise<NdArray> {
  const data = new Float32Array(labels.length * 10);
  for (let fold = 0; fold < folds; fold++) {
    const rows = places(0, labels.length);
    const [inside, outside] = [rows.filter((i) => i % folds !== fold), rows.filter((i) => i % folds === fold)];
    const own = Int32Array.from(inside, (i) => labels[i] as number);
    const { data: found } = await fitted(rowsOf(embeddings, inside), own, rowsOf(embeddings, outside));
    outside.forEach((row, i) => data.set(found.subarray(10 * i, 10 * i + 10), 10 * row));
  }
  return { shape: [labels.length, 10], data };
}

/** Probabilities of some examples by a head that was fitted to others. */
async function fitted(training: NdArray, labels: Int32Array, given: NdArray): Promise<NdArray> {
  const features = withOnes(training);
  const problem: SoftmaxProblem = { features, labels, classes: 10, penalty };
  const { weights } = await inSlices(softmaxRegression(problem, { tolerance: 1e-4 }), {});
  const { rows, columns, values } = withOnes(given);
  const probabilities = new Float32Array(rows * 10);
  for (let i = 0; i < rows; i++) {
    const logits = places(0, 10).map((k) =>
      places(0, columns).reduce(
        (sum, c) => sum + (values[i * columns + c] as number) * (weights[10 * c + k] as number),
        0,
      ),
    );
    const most = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - most));
    const sum = powers.reduce((total, one) => total + one, 0);
    probabilities.set(
      powers.map((one) => one / sum),
      10 * i,
    );
  }
  return { shape: [rows, 10], data: probabilities };
}

/** The features and a constant for the bias. */
function withOnes({ shape, data }: NdArray): { rows: number; columns: number; values: Float64Array } {
  const [rows, width] = shape as [number, number];
  const columns = width + 1;
  const values = Float64Array.from({ length: rows * columns }, (_, at) =>
    at % columns === width ? 1 : (data[Math.floor(at / columns) * width + (at % columns)] as number),
  );
  return { rows, columns, values };
}

/** The labels of the data set itself that are doubted most. */
async function doubted(set: Embedded): Promise<Uint8Array> {
  const labels = Int32Array.from(set.classes);
  const { issues } = labelIssues(await crossFitted(set.embeddings, labels), labels);
  const cells = issues.slice(0, 16).map(({ example, label, suggested }) => ({
    picture: pictureOf(set, example),
    title: `${clothes[label]}: ${clothes[suggested]}?`,
  }));
  return indexedPng(contactSheet(cells, { columns: 8, cellWidth: 112 }));
}
