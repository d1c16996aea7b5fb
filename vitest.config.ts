import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import type { LaunchOptions } from 'playwright-core';
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config';
import { findAccelerated, type Missing } from './test/support/accelerated.ts';

// These folders run on cpu and wasm; all others, which do not depend on the backend, run once.
const onBackends = [
  'test/{backend,optimization,network,scoring,readings,attribution,metrics,dissection,graph,distillation}/**/*.test.ts',
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
const everything = process.env['VITRINE_TESTS'] === 'everything';
const accelerated = everything ? onBackends : onGpus;
const setup = (name: string): string[] => [`./test/support/setup/${name}.ts`];
const source = fileURLToPath(new URL('./src/', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether cases that take minutes shall run on every backend. */
    everything: boolean;
  }
}

const { browser, dawn } = await findAccelerated();

const projects: TestProjectConfiguration[] = [
  {
    extends: true,
    test: { name: 'cpu', include: ['test/**/*.test.ts'], exclude: ['test/package/**'], setupFiles: setup('cpu') },
  },
  { extends: true, test: { name: 'wasm', include: onBackends, setupFiles: setup('wasm') } },
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
  ...available('chromium', browser, (options) => ['webgpu', 'webgl'].map((name) => inBrowser(name, options))),
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
    provide: { everything },
    projects,
  },
};

export default config;

// The advertisement that tfjs-core prints in Node.
function isNews(log: string): boolean {
  return !log.includes('looks like you are running TensorFlow.js in Node.js');
}

function inBrowser(backend: string, launchOptions: LaunchOptions): TestProjectConfiguration {
  return {
    extends: true,
    // A dependency found only while tests run would reload the page under them.
    optimizeDeps: { entries: ['src/!(node)/**/*.ts', 'test/{oracle,support}/**/*.ts', ...accelerated] },
    test: {
      name: `chromium-${backend}`,
      include: accelerated,
      setupFiles: setup(backend),
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
