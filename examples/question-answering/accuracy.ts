import { type Model, predict } from 'vitrine';
import { answers, type Item, tokensOf } from './questions.ts';

interface Count {
  readonly right: number;
  readonly total: number;
}

/** How many questions are answered rightly, of all and of each kind by its first two words. */
export async function accuracy(
  model: Model,
  items: readonly Item[],
): Promise<Count & { readonly byKind: ReadonlyMap<string, Count> }> {
  const found: { kind: string; right: boolean }[] = [];
  for (const { picture, asked } of items) {
    for (const { question, answer } of asked) {
      const { values } = await predict(model, [picture, tokensOf(question)]);
      const said = values.data.indexOf(Math.max(...values.data));
      found.push({ kind: question.split(' ').slice(0, 2).join(' '), right: answers[said] === answer });
    }
  }
  const count = (part: typeof found): Count => ({
    right: part.filter(({ right }) => right).length,
    total: part.length,
  });
  const kinds = [...new Set(found.map(({ kind }) => kind))].sort();
  return {
    ...count(found),
    byKind: new Map(kinds.map((kind) => [kind, count(found.filter((one) => one.kind === kind))])),
  };
}
