// onnxruntime-web as a peer: its wasm, on one thread, from the folder where it was installed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workerData } from 'node:worker_threads';
import { readFloats } from './exchange.ts';
import { serve } from './peer.ts';

/** The part of onnxruntime-web that is used here. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: { create(file: Uint8Array): Promise<Session> };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>;
  release(): Promise<void>;
}

const { installed } = workerData as { installed: string };
const entry = join(installed, 'node_modules/onnxruntime-web/dist/ort.wasm.min.mjs');
const runtime = (await import(pathToFileURL(entry).href)) as OnnxRuntime;
runtime.env.wasm.numThreads = 1;

serve(async (_, folder) => {
  const session = await runtime.InferenceSession.create(await readFile(join(folder, 'network.onnx')));
  const x = new runtime.Tensor('float32', inPlanes(await readFloats(join(folder, 'input.bin'))), [1, 3, 224, 224]);
  const run = async (): Promise<readonly number[]> => {
    const outputs = await session.run({ [session.inputNames[0] as string]: x });
    return [...(outputs[session.outputNames[0] as string]?.data ?? [])];
  };
  return {
    output: await run(),
    jobs: { 'onnxruntime-web': { forward: run } },
    dispose: () => void session.release(),
  };
});

/** Pixels of three channels as three planes. */
function inPlanes(pixels: Float32Array): Float32Array {
  const size = pixels.length / 3;
  return pixels.map((_, i) => pixels[(i % size) * 3 + Math.floor(i / size)] as number);
}
