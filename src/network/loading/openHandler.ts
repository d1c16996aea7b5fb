import { io } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenedSource } from './source.ts';

type Handler = io.IOHandler | io.IOHandlerSync;

/** Whether a value is a handler of `tf.io` that loads. */
export function isHandler(source: unknown): source is Handler {
  return typeof (source as Partial<Handler> | null)?.load === 'function';
}

/** Lets a handler load its artifacts, which become the content of a `model.json` with one weight file. */
export async function openHandler(handler: Handler, name: string): Promise<OpenedSource> {
  const artifacts: io.ModelArtifacts | undefined = await handler.load?.();
  if (typeof artifacts?.modelTopology !== 'object' || artifacts.modelTopology instanceof ArrayBuffer) {
    throw new VitrineError(
      'bad-argument',
      `"${name}" expected artifacts with a modelTopology of JSON, got ${describe(artifacts)}`,
    );
  }
  const { weightSpecs, weightData, getWeightStream, ...json } = artifacts;
  const manifest = weightSpecs && { weightsManifest: [{ paths: ['weightData'], weights: weightSpecs }] };
  const read = async (): Promise<Uint8Array> =>
    new Uint8Array(getWeightStream && !weightData ? await streamed(getWeightStream()) : whole(weightData));
  return { name, content: { ...json, ...manifest }, read };
}

function whole(data: io.WeightData = new ArrayBuffer(0)): ArrayBuffer {
  return Array.isArray(data) ? io.CompositeArrayBuffer.join(data) : data;
}

function streamed(stream: ReadableStream<ArrayBuffer>): Promise<ArrayBuffer> {
  const bytes = new TransformStream<ArrayBuffer, Uint8Array>({
    transform: (part, controller) => controller.enqueue(new Uint8Array(part)),
  });
  return new Response(stream.pipeThrough(bytes)).arrayBuffer();
}
