/** What the program prints in every environment, as JSON. */
export interface Outcome {
  classes: number;
  gradient: number;
  map: number[];
  png: number;
}

/** The names the program imports, by entry point. */
const imports: Record<string, string> = {
  vitrine: '{ gradient }',
  'vitrine/attribution': '{ gradCam }',
  'vitrine/backend': '{ useBackend }',
  'vitrine/image': '{ encodePng }',
  'vitrine/network': '{ compile, predict }',
  'vitrine/render': '{ heatmap }',
};

/** A program that explains a small network; an async function without imports, in JavaScript and in TypeScript. */
export const program = `async function explain() {
  await tf.setBackend('cpu');
  const model = tfl.sequential({ layers: [
    tfl.layers.conv2d({ name: 'conv', inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu' }),
    tfl.layers.globalAveragePooling2d({}),
    tfl.layers.dense({ units: 3, activation: 'softmax' }),
  ] });
  const wave = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i));
  model.setWeights(model.getWeights().map((w) => tf.tensor(wave(w.size), w.shape)));
  const x = { shape: [1, 8, 8, 3], data: wave(192) };
  const network = compile(model);
  const { values: scores } = await predict(network, x);
  const { values } = await gradient(network, x, { target: 1 });
  const cam = await gradCam(model, x, { layer: 'conv', target: 1 });
  network.dispose();
  const picture = encodePng(heatmap(values));
  return {
    classes: scores.data.length,
    gradient: values.data.reduce((sum, value) => sum + Math.abs(value), 0),
    map: [...cam.values.shape],
    png: picture.length,
  };
}`;

/** The program as JavaScript. */
const javascript = program.replaceAll(': number)', ')');

/** The program as an ES module that hands its outcome to \`report\`. */
export function esModule(report: string, body: string = javascript): string {
  const lines = [
    "import * as tf from '@tensorflow/tfjs-core';",
    "import '@tensorflow/tfjs-backend-cpu';",
    "import * as tfl from '@tensorflow/tfjs-layers';",
    ...Object.entries(imports).map(([entry, names]) => `import ${names} from '${entry}';`),
  ];
  return `${lines.join('\n')}\n${body}\n${report}(JSON.stringify(await explain()));\n`;
}

/** The program as a CommonJS module. */
export function commonJs(): string {
  const lines = [
    "const tf = require('@tensorflow/tfjs-core');",
    "require('@tensorflow/tfjs-backend-cpu');",
    "const tfl = require('@tensorflow/tfjs-layers');",
    ...Object.entries(imports).map(([entry, names]) => `const ${names} = require('${entry}');`),
  ];
  return `${lines.join('\n')}\n${javascript}\nexplain().then((outcome) => console.log(JSON.stringify(outcome)));\n`;
}
