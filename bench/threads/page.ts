// Times threads in an isolated page: what run.ts bundles, serves and opens.
import '@tensorflow/tfjs-backend-wasm';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { useBackend } from '../../src/backend/index.ts';
import { threadTimes } from './threadTimes.ts';

declare const task: { readonly models: readonly string[]; readonly counts: readonly number[] };
declare function report(text: string): void;

setWasmPaths('/');
const { models, counts } = task;
await useBackend('wasm', { threads: Math.max(...counts) });
const times = [];
for (const model of models) times.push(await threadTimes(await loadLayersModel(`/${model}/model.json`), counts));
report(JSON.stringify(times));
