import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import type { LaunchOptions } from 'playwright-core';
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config';
import { findAccelerated, type Missing } from './test/support/accelerated.ts';
import { relaxedSimd } from './test/support/relaxedSimd.ts';
import type { KernelChoice } from './test/support/setup/modulesOf.ts';

// These folders run on cpu and wasm; all others, which do not depend on the backend, run once.
const onBackends = [
  'test/{backend,optimization,network,scoring,readings,attribution,metrics,dissection,graph,distillation,visualization,diagnosis}/**/*.test.ts',
  'test/fuzz/models/againstCpu.test.ts',
];
// On a GPU in software a pass takes seconds: there, of attribution, metrics and the reading of models, what represents
// each family.
const onGpus = [
  'test/{backend,optimization}/**/*.test.ts',
  'test/network/*.test.ts',
  'test/network/loading/**/*.test.ts',
  'test/network/graphModel/resnet.test.ts',
  'test/attribution/{badInput,closedForms,controls,efficientnet,goldens,progressive,properties}.test.ts',
  'test/attribution/perturbation/{gridMasks,learntMasks,lime}.test.ts',
  'test/metrics/goldens.test.ts',
  'test/dissection/dissect.test.ts',
  'test/fuzz/models/againstCpu.test.ts',
];
// What the kernels compute, each by itself and in what is made of them: run on each build of them, and without any.
const ofKernels = [
  'test/backend/{affineSampling,convolutionKernels,convolutionNumbers,convolveKernels,convolutionParts,depthwise*,convInputGradient,elementwise,filterGradient,installKernels,matrixProducts,maxPoolGradient,simd*,swish}.test.ts',
  'test/attribution/{closedForms,goldens}.test.ts',
  'test/network/operations/replacedKernels.test.ts',
];
const everything = process.env['VITRINE_TESTS'] === 'everything';
const accelerated = everything ? onBackends : onGpus;
const setup = (name: string): string[] => [`./test/support/setup/${name}.ts`];
const source = fileURLToPath(new URL('./src/', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether cases that take minutes shall run on every backend. */
    everything: boolean;
    /** The kernels that tests on wasm run with. */
    kernels: KernelChoice;
  }
}

// `npm run test:kernels -- relaxed`.
const asked = (process.env['VITRINE_KERNELS'] ?? 'fastest') as KernelChoice;

const { browser, dawn } = await findAccelerated();

const projects: TestProjectConfiguration[] = [
  {
    extends: true,
    test: { name: 'cpu', include: ['test/**/*.test.ts'], exclude: ['test/package/**'], setupFiles: setup('cpu') },
  },
  onWasm('wasm', onBackends, asked),
  // The build that this Node does not choose.
  relaxedSimd.unasked ? onWasm('wasm-plain', ofKernels, 'plain') : onWasm('wasm-relaxed', ofKernels, 'relaxed'),
  onWasm('wasm-tfjs', ofKernels, 'none'),
  ...available('dawn', dawn, ({ env }) => [
    { extends: true, test: { name: 'dawn', include: accelerated, setupFiles: setup('dawn'), env } },
  ]),
  {
    extends: true,
    test: {
      name: 'package',
      include: ['test/package/**/*.test.ts'],
      globalSetup: './test/support/setup/installation.ts',
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  },
  ...available('chromium', browser, (options) => [
    inBrowser('webgpu', accelerated, options),
    inBrowser('webgl', accelerated, options),
    inBrowser('wasm', ofKernels, options),
  ]),
];

const config: ViteUserConfig = {
  resolve: {
    alias: [
      { find: /^vitrine$/, replacement: `${source}index.ts` },
      { find: /^vitrine\/(.*)$/, replacement: `${source}$1/index.ts` },
    ],
  },
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onConsoleLog: isNews,
    // `npm run test:everything`: also what takes minutes on a software GPU.
    provide: { everything, kernels: 'fastest' },
    projects,
  },
};

export default config;

// The advertisement that tfjs-core prints in Node.
function isNews(log: string): boolean {
  return !log.includes('looks like you are running TensorFlow.js in Node.js');
}

function onWasm(name: string, include: string[], kernels: KernelChoice): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      include,
      setupFiles: setup('wasm'),
      provide: { kernels },
      execArgv: kernels === 'relaxed' ? relaxedSimd.flags : [],
    },
  };
}

function inBrowser(backend: string, include: string[], launchOptions: LaunchOptions): TestProjectConfiguration {
  return {
    extends: true,
    // A dependency found only while tests run would reload the page under them. Of AssemblyScript, which Vite cannot read,
    // the search for them would end.
    optimizeDeps: {
      entries: ['src/!(node)/**/*.ts', '!src/**/assembly/**', 'test/{oracle,support}/**/*.ts', ...include],
    },
    test: {
      name: `chromium-${backend}`,
      include,
      setupFiles: setup(backend === 'wasm' ? 'wasmInBrowser' : backend),
      // All browsers of these years take it.
      provide: { kernels: 'relaxed' },
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

function available<T extends object>(
  name: string,
  part: T | Missing,
  projectsOf: (part: T) => TestProjectConfiguration[],
): TestProjectConfiguration[] {
  if (!('missing' in part)) return projectsOf(part);
  const message = `tests on ${name} cannot run: ${part.missing}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(`LEFT OUT: ${message}`);
  return [];
}
