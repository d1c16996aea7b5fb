import { mkdir, writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-wasm';
import { compile, contactSheet, encodePng, type Picture, predict, report, useBackend } from 'vitrine';
import { readModel } from 'vitrine/node';
import type { ReportSection, SheetCell } from 'vitrine/render';
import { accuracy } from './accuracy.ts';
import { type Explanation, explanation } from './explanation.ts';
import { imageMap, inputPicture, wordStrip } from './pictures.ts';
import { answers, item, tokensOf } from './questions.ts';

// `npm run example:question`: questions about held-out scenes, and why they were answered so.
const perKind = 2;
const held = 2;

await useBackend('wasm');
const model = await readModel('examples/question-answering/model/model.json');
const network = compile(model);
const items = Array.from({ length: 200 }, (_, i) => item(held, i, 2));
const { right, total } = await accuracy(network, items);
console.log(`${right} of ${total} answers about held-out scenes are right (${((100 * right) / total).toFixed(1)}%)\n`);

const explanations: Explanation[] = [];
for (const { picture, question } of chosen()) {
  const x = [picture, tokensOf(question)] as const;
  const { values } = await predict(network, x);
  const said = values.data.indexOf(Math.max(...values.data));
  const found = await explanation(network, x, question);
  explanations.push({ ...found, answer: answers[said] as string, probability: values.data[said] as number });
}
network.dispose();
model.dispose();

for (const { question, answer, words, shares } of explanations) {
  const [ofPicture, ofWords] = shares.map((share) => `${(100 * share).toFixed(0)}%`);
  console.log(`${question}? ${answer}.  picture ${ofPicture}, words ${ofWords}`);
  console.log(`  ${words.map(({ word, gradients }) => `${word} ${gradients.toFixed(2)}`).join('  ')}`);
}
await mkdir('out', { recursive: true });
await writeFile('out/question-answering.png', encodePng(sheet()));
await writeFile('out/question-answering.html', page());
console.log('\nwritten: out/question-answering.png, out/question-answering.html');

/** The first questions of each kind, each about another scene. */
function chosen(): readonly { picture: (typeof items)[number]['picture']; question: string }[] {
  const asked = items.map(({ picture, asked: pairs }) => ({ picture, question: pairs[0]?.question ?? '' }));
  const kindOf = (question: string): string => question.split(' ').slice(0, 2).join(' ');
  const kinds = [...new Set(asked.map(({ question }) => kindOf(question)))].sort();
  return kinds.flatMap((kind) => asked.filter(({ question }) => kindOf(question) === kind).slice(0, perKind));
}

function sheet(): Picture {
  const cells = explanations.flatMap((one): SheetCell[] => [
    {
      picture: inputPicture(one),
      title: `${one.question}?`,
      subtitle: `${one.answer} (${(100 * one.probability).toFixed(1)}%)`,
    },
    { picture: imageMap(one, 'gradients'), title: 'Integrated gradients', subtitle: sharesOf(one) },
    { picture: imageMap(one, 'occlusion'), title: 'Occlusion' },
    { picture: imageMap(one, 'cam'), title: 'Grad-CAM' },
    { picture: wordStrip(one, 'gradients'), title: 'Words: integrated gradients' },
    { picture: wordStrip(one, 'occlusion'), title: 'Words: occlusion' },
  ]);
  return contactSheet(cells, {
    columns: 6,
    cellWidth: 190,
    title: 'What was seen, what was asked, and why the answer',
  });
}

function page(): string {
  const sections = explanations.map(
    (one): ReportSection => ({
      title: `${one.question}? ${one.answer}.`,
      text: `Probability ${one.probability.toFixed(3)}. Of all magnitudes of integrated gradients, ${sharesOf(one)}. They add up to ${one.gain.toFixed(2)}, what the logit has gained over a grey picture without a question, up to ${one.delta.toFixed(3)}.`,
      pictures: [
        { picture: inputPicture(one), caption: 'Picture' },
        { picture: imageMap(one, 'gradients'), caption: 'Integrated gradients' },
        { picture: imageMap(one, 'occlusion'), caption: 'Occlusion' },
        { picture: imageMap(one, 'cam'), caption: 'Grad-CAM' },
      ],
      table: {
        columns: ['word', 'integrated gradients', 'occlusion'],
        rows: one.words.map(({ word, gradients, occlusion }) => [word, gradients, occlusion]),
      },
    }),
  );
  return report(sections, { title: 'Questions about pictures' });
}

function sharesOf({ shares }: Explanation): string {
  const [ofPicture, ofWords] = shares.map((share) => `${(100 * share).toFixed(0)}%`);
  return `picture ${ofPicture}, words ${ofWords}`;
}
