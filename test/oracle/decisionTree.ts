/** An image as a linear model. */
export interface PlainImage {
  readonly x: readonly number[];
  readonly g: readonly number[];
  readonly y: number;
}

/** A node of a plain tree: the images in it, weights and bias. */
export interface PlainNode {
  readonly images: readonly number[];
  readonly w: readonly number[];
  readonly b: number;
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function cosineOf(a: readonly number[], b: readonly number[]): number {
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** The node of some images with all filters. */
function plainNode(images: readonly number[], all: readonly PlainImage[]): PlainNode {
  const own = images.map((i) => all[i] as PlainImage);
  const sum = (own[0] as PlainImage).g.map((_, d) => own.reduce((total, { g }) => total + (g[d] as number), 0));
  const w = sum.map((value) => value / Math.sqrt(product(sum, sum)));
  return { images, w, b: own.reduce((total, { x, y }) => total + y - product(w, x), 0) / own.length };
}

/** log E by its definition: positives by membership, negatives by arg-max cosine. */
export function plainLogLikelihood(
  layer: readonly PlainNode[],
  { positives, negatives, beta }: { positives: readonly PlainImage[]; negatives: readonly PlainImage[]; beta: number },
): number {
  const gamma = positives.length / positives.reduce((sum, { y }) => sum + y, 0);
  const said = positives.map(({ x }, i) => {
    const { w, b } = layer.find(({ images }) => images.includes(i)) as PlainNode;
    return product(w, x) + b;
  });
  const aside = negatives.map(({ x, g }) => {
    const cosines = layer.map(({ w }) => cosineOf(g, w));
    const { w, b } = layer[cosines.indexOf(Math.max(...cosines))] as PlainNode;
    return product(w, x) + b;
  });
  const logSum = (values: readonly number[]): number =>
    Math.log(values.reduce((sum, value) => sum + Math.exp(gamma * value), 0));
  const [p, q] = [logSum([...said, ...aside]), logSum([...positives, ...negatives].map(({ y }) => y))];
  const logs = said.map((h, i) => gamma * h - p - gamma * (positives[i] as PlainImage).y + q);
  return logs.reduce((sum, value) => sum + value, 0) - beta * layer.length;
}

/** Greedy growth by trying every pair and computing log E anew. */
export function plainGrowth(
  setting: { positives: readonly PlainImage[]; negatives: readonly PlainImage[]; beta: number },
  leaves: readonly PlainNode[],
  perImage: boolean,
): { readonly images: readonly number[]; readonly gain: number; readonly logLikelihood: number }[] {
  const merges: { images: readonly number[]; gain: number; logLikelihood: number }[] = [];
  let layer = [...leaves];
  for (;;) {
    const before = plainLogLikelihood(layer, setting);
    let best: { layer: PlainNode[]; images: readonly number[]; gain: number } | undefined;
    let most = 0;
    layer.forEach((a, i) => {
      layer.slice(0, i).forEach((b) => {
        const images = [...b.images, ...a.images].sort((one, other) => one - other);
        const merged = plainNode(images, setting.positives);
        const next = [...layer.filter((node) => node !== a && node !== b), merged];
        const gain = plainLogLikelihood(next, setting) - before;
        const value = perImage ? gain / images.length : gain;
        if (gain > 1e-12 && value > most) [best, most] = [{ layer: next, images, gain }, value];
      });
    });
    if (!best) return merges;
    layer = best.layer;
    merges.push({ images: best.images, gain: best.gain, logLikelihood: before + best.gain });
  }
}
